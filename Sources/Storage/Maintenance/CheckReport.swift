import Core

/// What `db check` found.
public struct CheckReport: Sendable {
    /// Every broken invariant, in words; at most `problemLimit`, `problemCount` says how many there were.
    public private(set) var problems: [String] = []
    public private(set) var problemCount = 0
    /// What was looked at, by name, in order.
    public private(set) var counts: [(name: String, count: Int)] = []

    public static let problemLimit = 100
    public var isSound: Bool { problemCount == 0 }

    mutating func note(_ problem: @autoclosure () -> String, unless isRight: Bool) {
        guard !isRight else { return }
        problemCount += 1
        if problems.count < CheckReport.problemLimit { problems.append(problem()) }
    }

    mutating func count(_ name: String, _ amount: Int) { counts.append((name, amount)) }

    /// A fault becomes a problem, so that one damaged block does not hide the rest.
    mutating func attempt(_ what: String, _ body: (inout CheckReport) throws(DependencyFault) -> Void) {
        do throws(DependencyFault) { try body(&self) } catch { note("\(what): \(error)", unless: false) }
    }
}
