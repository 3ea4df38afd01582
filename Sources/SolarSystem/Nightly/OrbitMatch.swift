import Core
import Sky

/// The detections that are to be matched: columns of equal length.
public struct SourceColumns: Sendable {
    public var raDegrees: [Double]
    public var decDegrees: [Double]
    /// Each detection's own midpoint.
    public var midpointMjdTai: [Double]
    /// Detections of one visit are looked for together. Empty: those within ten seconds.
    public var visit: [Int64]
    /// Error of each detection's place along one axis, arcsec; empty: `usualErrorArcsec`.
    public var errorArcsec: [Double]

    public init(
        raDegrees: [Double], decDegrees: [Double], midpointMjdTai: [Double], visit: [Int64] = [],
        errorArcsec: [Double] = []
    ) {
        let count = raDegrees.count
        precondition(decDegrees.count == count && midpointMjdTai.count == count, "columns of one length")
        precondition(visit.isEmpty || visit.count == count, "columns of one length")
        precondition(errorArcsec.isEmpty || errorArcsec.count == count, "columns of one length")
        self.raDegrees = raDegrees
        self.decDegrees = decDegrees
        self.midpointMjdTai = midpointMjdTai
        self.visit = visit
        self.errorArcsec = errorArcsec
    }

    public var count: Int { raDegrees.count }

    /// Of a detection whose error is not given.
    public static let usualErrorArcsec = 0.05

    /// Empties the columns, keeping their memory.
    public mutating func removeAll() {
        raDegrees.removeAll(keepingCapacity: true)
        decDegrees.removeAll(keepingCapacity: true)
        midpointMjdTai.removeAll(keepingCapacity: true)
        visit.removeAll(keepingCapacity: true)
        errorArcsec.removeAll(keepingCapacity: true)
    }
}

/// One orbit that is predicted near one detection at the detection's own time.
public struct OrbitMatch: Sendable {
    /// Row of the detection.
    public let source: Int
    /// Row of the orbit in its source.
    public let orbit: Int
    public let separationArcsec: Double
    /// Detected minus predicted: along right ascension (with cos dec) and declination, arcsec.
    public let offsetEastArcsec: Double
    public let offsetNorthArcsec: Double
    public let sighting: Sighting
    /// 1 σ of the prediction; nil without a covariance.
    public let error: SkyError?
    /// The offset in σ of prediction and detection together; NaN without a covariance.
    public let mahalanobis: Double
    /// 1 for the orbit nearest to this detection.
    public internal(set) var orbitRank = 0
}

/// What a matcher is to take.
public struct MatchLimits: Sendable {
    public var radiusArcsec: Double = 5
    public var cometRadiusArcsec: Double = 15
    /// Predictions with a known 1 σ above this are left out: they would match by chance.
    public var mostSigmaArcsec: Double = 10
    /// Orbits of one detection that are kept, the nearest: copies of an orbit by the thousands must not fill the memory. One
    /// that is left out has no part in ranks either, neither in `orbitRank`, where it would come last, nor in
    /// `diaDistanceRank` among the detections of its orbit.
    public var mostOrbits = 64
    public init() {}

    var widest: Double { max(radiusArcsec, cometRadiusArcsec) }
}

/// What came of a batch of detections.
public struct MatchResult: Sendable {
    /// By detection, then by rank.
    public var matches: [OrbitMatch] = []
    /// Detections outside the night of the index, or without a place: nothing is known of them.
    public var unknownSources: [Int] = []
    /// Orbits predicted at a detection but too uncertain to say so.
    public var uncertainOrbits = 0
    /// Orbits whose place was computed.
    public var candidates = 0
}
