import Core

/// What stands published about the alerts that a batch revises or withdraws: which kind the next record is, and what it
/// supersedes. Offsets are counted as the commit gives them, which holds because a commit that another one overtook is stale.
struct PublicationLedger {
    /// What a record about an alert says of the ones before it.
    struct Choice: Equatable {
        let kind: PublicationKind
        /// `topic/offset` of the record that no longer holds.
        var supersedes: String?
        /// Nil for the first word about an alert.
        var reason: String?
    }

    private var last: [PublicationKey: LastPublication]
    private var next: [String: Int64] = [:]
    private let watched: Set<DiaSourceID>

    /// Of a batch whose alerts are all new: nothing stands.
    init() { (last, watched) = ([:], []) }

    init(watching alerts: Set<DiaSourceID>, last: [PublicationKey: LastPublication], topics: [TopicExtent]) {
        watched = alerts
        self.last = last
        for topic in topics { next[topic.topic] = topic.next }
    }

    var isWatching: Bool { !watched.isEmpty }

    /// The record that was written last about an alert.
    func standing(_ id: DiaSourceID, in topic: String) -> LastPublication? {
        last[PublicationKey(topic: topic, diaSourceId: id)]
    }

    /// The record about an alert that passes.
    func passing(_ id: DiaSourceID, in topic: String, revision: Int32) -> Choice {
        guard let standing = last[PublicationKey(topic: topic, diaSourceId: id)] else {
            return Choice(
                kind: .new, reason: revision == 0 ? nil : "revision \(revision) passes, no earlier one was published")
        }
        let place = "\(topic)/\(standing.offset)"
        guard standing.kind != .retraction else {
            return Choice(kind: .new, supersedes: place, reason: "revision \(revision) passes again")
        }
        return Choice(kind: .update, supersedes: place, reason: "revision \(revision) passes too")
    }

    /// The record about an alert that no longer passes; nil when nothing stands published.
    func retracting(_ id: DiaSourceID, in topic: String, because reason: String) -> (Choice, LastPublication)? {
        guard let standing = last[PublicationKey(topic: topic, diaSourceId: id)], standing.kind != .retraction else {
            return nil
        }
        let choice = Choice(kind: .retraction, supersedes: "\(topic)/\(standing.offset)", reason: reason)
        return (choice, standing)
    }

    /// Takes note of the next record of a topic.
    mutating func note(_ write: PublicationWrite) {
        guard isWatching else { return }
        let offset = next[write.topic] ?? 0
        next[write.topic] = offset + 1
        guard watched.contains(write.diaSourceId) else { return }
        last[PublicationKey(topic: write.topic, diaSourceId: write.diaSourceId)] = LastPublication(
            offset: offset, kind: write.kind, filterVersion: write.schemaVersion, revision: write.revision)
    }
}

/// A detection of which a later packet says that it was none.
struct Withdrawal {
    let diaSourceId: DiaSourceID
    let diaObjectId: DiaObjectID
    let ssObjectId: SSObjectID
    let midpoint: MJD
    let round: Int32
    /// The alert whose packet says so.
    let batchRow: Int

    /// The detections that a planned batch withdraws, in order of the alerts that say so. To be asked before histories are
    /// completed: children are found in their packets.
    static func all(in plan: CommitPlan) -> [Withdrawal] {
        let table = plan.batch.detections.table
        let withdrawn = table.column("timeWithdrawnMjdTai")
        let solar = table.column("ssObjectId")
        var found: [Withdrawal] = []
        for point in plan.points where point.place == .detection && withdrawn.number(Int(point.row)) != nil {
            guard let row = parent(of: Int(point.row), in: plan.batch.detections) else { continue }
            found.append(
                Withdrawal(
                    diaSourceId: DiaSourceID(rawValue: point.point.key.first), diaObjectId: point.diaObjectId,
                    ssObjectId: SSObjectID(rawValue: solar.int64(Int(point.row)) ?? 0), midpoint: point.point.midpoint,
                    round: point.round, batchRow: row))
        }
        return found
    }

    /// Children lie in order of their parents.
    private static func parent(of child: Int, in children: ChildTable) -> Int? {
        var (low, high) = (0, children.parentCount)
        while low < high {
            let middle = (low + high) / 2
            if children.rows(of: middle).upperBound <= child { low = middle + 1 } else { high = middle }
        }
        return low < children.parentCount && children.rows(of: low).contains(child) ? low : nil
    }
}
