import Core

/// Stops a partition when more than 1 % of a visit would become dead letters for one reason: that is no bad record but a
/// wrong schema or a broken producer, and the operator should look before the stream goes by.
struct DeadLetterGuard {
    static let maxFraction = 0.01
    /// Below so many, a percentage says nothing.
    static let minCount = 20

    private var visit = VisitID(rawValue: 0)
    private var received = 0
    private var counts = [Int](repeating: 0, count: RecordFault.Reason.allCases.count)

    /// Counts a decoded alert; a newer visit starts anew. Detectors send one by one, so alerts of the visit before still
    /// come in between: they do not.
    mutating func received(visit newVisit: VisitID) {
        if newVisit > visit {
            visit = newVisit
            received = 0
            counts = counts.map { _ in 0 }
        }
        received += 1
    }

    /// Counts a dead letter; true when the limit is passed.
    mutating func deadLetter(_ reason: RecordFault.Reason) -> Bool {
        received += 1
        guard let index = RecordFault.Reason.allCases.firstIndex(of: reason) else { return false }
        counts[index] += 1
        return counts[index] >= DeadLetterGuard.minCount
            && Double(counts[index]) > DeadLetterGuard.maxFraction * Double(received)
    }
}
