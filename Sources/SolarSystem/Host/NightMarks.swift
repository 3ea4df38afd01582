import Core

/// Up to which commit the alerts of each past night were harvested, and its bodies published: what is committed later makes the
/// night due again.
///
/// As text, a line a night: `NIGHT HARVESTED PUBLISHED`, two commits. A line with a night only, as it was written before there
/// were commits, says that the nights up to it were done once.
public struct NightMarks: Sendable, Equatable {
    private struct Mark: Equatable {
        var harvested = NightMarks.none
        var published = NightMarks.none
    }

    private static let none = CommitSeq(rawValue: 0)
    private var marks: [Night: Mark] = [:]
    private var doneOnce: Night?

    /// - Parameters:
    ///   - text: lines that are none of ours are passed over: a mark that is lost costs one more harvest, which changes nothing.
    ///   - newest: the newest commit of the database; marks beyond it were made for another.
    public init(_ text: String, newest: CommitSeq) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map { Int64($0) }
            guard let first = words.first, let first, let dayObs = Int32(exactly: first) else { continue }
            if words.count == 1 {
                doneOnce = Night(dayObs: dayObs)
                continue
            }
            func commit(_ place: Int) -> CommitSeq {
                let value = place < words.count ? words[place] ?? 0 : 0
                return CommitSeq(rawValue: value <= newest.rawValue ? value : 0)
            }
            marks[Night(dayObs: dayObs)] = Mark(harvested: commit(1), published: commit(2))
        }
    }

    public var text: String {
        var text = doneOnce.map { "\($0)\n" } ?? ""
        for (night, mark) in marks.sorted(by: { $0.key < $1.key }) {
            text += "\(night) \(mark.harvested) \(mark.published)\n"
        }
        return text
    }

    /// Whether a night has alerts that were not harvested.
    /// - Parameters:
    ///   - commit: of its newest alerts.
    ///   - recent: earlier nights that were done before there were commits here stay done.
    public func isHarvestDue(_ night: Night, newest commit: CommitSeq, recent: Night) -> Bool {
        if let mark = marks[night] { return commit > mark.harvested }
        return night >= recent || doneOnce.map { night > $0 } ?? true
    }

    /// What was committed up to here is in what was published of a night; 0 when nothing was.
    public func published(_ night: Night) -> CommitSeq { marks[night]?.published ?? NightMarks.none }

    public mutating func noteHarvest(_ night: Night, upTo commit: CommitSeq) {
        marks[night, default: Mark()].harvested = commit
    }

    public mutating func notePublication(_ night: Night, upTo commit: CommitSeq) {
        marks[night, default: Mark()].published = commit
    }
}
