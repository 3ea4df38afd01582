/// How far a visit's association with orbits has come.
public struct SolarVisit: Sendable, Equatable {
    public let visit: VisitID
    /// Whether alerts of it may still come; a late one opens it again.
    public var isOpen: Bool
    /// When its newest alert was committed.
    public var lastAlertAt: MJD
    /// Committed alerts of it (each once, whatever its revisions) …
    public var alerts: Int
    /// … and those of them that nobody could look orbits up for.
    public var unknown: Int

    public init(visit: VisitID, isOpen: Bool, lastAlertAt: MJD, alerts: Int, unknown: Int) {
        self.visit = visit
        self.isOpen = isOpen
        self.lastAlertAt = lastAlertAt
        self.alerts = alerts
        self.unknown = unknown
    }
}

/// That an orbit is predicted near a detection of a visit: of all such claims on an orbit in a visit the nearest detection's
/// holds, of equally near ones that with the lowest id.
public struct SolarClaim: Sendable, Hashable {
    public let ssObjectId: SSObjectID
    public let visit: VisitID
    public let diaSourceId: DiaSourceID
    public let separationArcsec: Double
    public let midpoint: MJD

    /// A detection and its nearest orbit further apart are not the same, whatever others there are.
    public static let mostArcsec: Double = 1

    public init(
        ssObjectId: SSObjectID, visit: VisitID, diaSourceId: DiaSourceID, separationArcsec: Double, midpoint: MJD
    ) {
        self.ssObjectId = ssObjectId
        self.visit = visit
        self.diaSourceId = diaSourceId
        self.separationArcsec = separationArcsec
        self.midpoint = midpoint
    }

    /// Whether this claim comes before another on the same orbit in the same visit, whatever the order of arrival.
    public func precedes(_ other: SolarClaim) -> Bool {
        (separationArcsec, diaSourceId) < (other.separationArcsec, other.diaSourceId)
    }
}
