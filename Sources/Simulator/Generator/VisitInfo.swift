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
    /// The body that it is, whether or not anyone knows it; none for what is no body.
    public let ssObjectID: SSObjectID
    public let label: TransientClass
    public let visit: VisitID
    /// Whether this is the first alert of its object.
    public let isFirst: Bool
    /// Of a body.
    public var population: BodyPopulation?
    /// The body that the packet names, rightly or not.
    public var packetBody = SSObjectID(rawValue: 0)
    /// Whether the body is in the exported orbits, so that the detection can be predicted.
    public var hasPublishedOrbit = false
}

/// What a visit is made of.
public struct VisitTruth: Sendable {
    public let visit: VisitID
    /// Its alerts, in the order of their packets.
    public let alerts: [AlertTruth]
    /// Bodies of the exported orbits that stand on a detector, bright or faint.
    public let predictions: [BodyPopulation: Int]

    /// Sky under the detectors.
    public static let areaArcsec2: Double =
        Double(FocalPlane.detectorCount) * FocalPlane.detectorSideArcsec * FocalPlane.detectorSideArcsec
}
