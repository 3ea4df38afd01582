import Core

/// A visit that the generator has made.
public struct VisitInfo: Sendable {
    public let visit: SimulatedVisit
    /// Index in the plan.
    public let index: Int
    /// Packets of this visit, those sent twice counted twice.
    public let alertCount: Int
    /// Packets of all visits before it: the offset of its first.
    public let firstOffset: Int64
}

/// What a simulated alert really is.
public struct AlertTruth: Sendable, Equatable {
    public let diaSourceID: DiaSourceID
    /// None for Solar System objects.
    public let diaObjectID: DiaObjectID
    /// None for anything else.
    public let ssObjectID: SSObjectID
    public let label: TransientClass
    public let visit: VisitID
    /// Whether this is the first alert of its object.
    public let isFirst: Bool
}
