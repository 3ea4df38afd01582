/// What a filter said of an alert. Raw values are stored in alert blocks: never renumber them.
public enum FilterVerdict: UInt8, Sendable, CaseIterable {
    /// The filter did not see the alert: paused, quarantined, or not deployed yet.
    case notRun = 0
    case passed = 1
    case rejected = 2
    /// The evaluation could not finish: an integer overflowed, or the alert cost more than the filter's budget.
    case failed = 3
    /// The verdict depends on something that is unknown (a catalogue out of reach): asked again when it is back.
    case undetermined = 4

    public var name: String {
        switch self {
        case .notRun: "not run"
        case .passed: "passed"
        case .rejected: "rejected"
        case .failed: "failed"
        case .undetermined: "undetermined"
        }
    }

    public init?(name: String) {
        guard let verdict = FilterVerdict.allCases.first(where: { $0.name == name }) else { return nil }
        self = verdict
    }
}
