import Core

/// One exposure: where, when and in which filter.
public struct SimulatedVisit: Sendable {
    public let id: VisitID
    public let band: Band
    /// Effective middle of the exposure.
    public let midpoint: MJD
    /// Index into the plan's fields.
    public let field: Int
    /// Centre of the pointing, ICRS degrees.
    public let centreRaDeg: Double
    public let centreDecDeg: Double
    /// How many alerts it is meant to bring; `alertCount` of `VisitInfo` says how many came.
    public let alertTarget: Int

    public var night: Night { Night(visit: id) }
    /// When prompt processing made its records.
    public var processed: MJD { MJD(midpoint.days + 150.0 / 86_400) }
    public static let exposureSeconds = 30.0
}
