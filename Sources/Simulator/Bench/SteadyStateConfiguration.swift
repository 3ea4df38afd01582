import Core

/// What the generator of the benchmarks makes.
public struct SteadyStateConfiguration: Sendable {
    public var seed: UInt64 = 1
    public var schema = AlertSchemaVersion.v11_1
    /// Objects that each field has, all of which alert in each of its visits.
    public var alertsPerVisit = 2000
    /// Fields, visited in turn: 3 to 55. Objects in all: fields × alertsPerVisit.
    public var fields = 10
    public var hasCutouts = false
    /// Of the packets of known objects, how many lack the object's last detection and its forced point.
    public var lastDetectionLackFraction = 0.5
    /// day_obs of the night.
    public var night = Night(dayObs: 2026_03_12)

    public init() {}

    /// Visits of each field: after these a year's history would be used up.
    public static let rounds = 20
    public var visitCount: Int { fields * SteadyStateConfiguration.rounds }
    public var objectCount: Int { fields * alertsPerVisit }
}
