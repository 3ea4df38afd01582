/// The aggregates of queries. NULL rows are left out by all; of no rows COUNT is 0 and everything else NULL.
public enum AggregateFunction: String, Sendable, CaseIterable {
    case count = "COUNT"
    case min = "MIN"
    case max = "MAX"
    case avg = "AVG"
    /// Of integers an integer: one that does not fit fails the record.
    case sum = "SUM"
    /// The middle value, or the mean of the two middle ones.
    case median = "MEDIAN"
    /// Of the sample (n − 1); NULL for fewer than two.
    case stddev = "STDDEV"
    /// WEIGHTED_MEAN(x, error): weights 1/error²; rows without a positive error are left out.
    case weightedMean = "WEIGHTED_MEAN"
    /// SLOPE(x, t): least squares of x over t, in x's unit per t's; NULL when all t are equal.
    case slope = "SLOPE"
    /// The first in time (midpointMjdTai) that is not NULL.
    case firstValue = "FIRST_VALUE"
    case lastValue = "LAST_VALUE"

    public var argumentCount: Int { self == .weightedMean || self == .slope ? 2 : 1 }

    /// Whether it needs numbers, rather than just an order or presence.
    public var needsNumbers: Bool {
        switch self {
        case .count, .min, .max, .firstValue, .lastValue: false
        default: true
        }
    }

    public init?(name: String) {
        switch name.uppercased() {
        case "STDDEV_SAMP": self = .stddev
        case let key:
            guard let function = AggregateFunction(rawValue: key) else { return nil }
            self = function
        }
    }
}
