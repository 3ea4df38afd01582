/// The two kinds of points of a light curve.
public enum PointKind: UInt8, Sendable, CaseIterable {
    case detection = 0
    case forced = 1
}

/// The natural key of a point inside its object: diaSourceId for a detection, (visit, detector) for a forced point.
public struct PointKey: Hashable, Sendable, Comparable {
    public let kind: PointKind
    /// diaSourceId, or the visit of a forced point.
    public let first: Int64
    /// 0, or the detector of a forced point.
    public let second: Int32

    public init(detection id: DiaSourceID) {
        kind = .detection
        first = id.rawValue
        second = 0
    }

    public init(forcedVisit visit: VisitID, detector: Int32) {
        kind = .forced
        first = visit.rawValue
        second = detector
    }

    public init(kind: PointKind, first: Int64, second: Int32) {
        self.kind = kind
        self.first = first
        self.second = second
    }

    public static func < (left: PointKey, right: PointKey) -> Bool {
        (left.kind.rawValue, left.first, left.second) < (right.kind.rawValue, right.first, right.second)
    }
}

/// A point as the broker recognises it: its key, what it said, and when.
public struct KnownPoint: Sendable, Equatable {
    public let key: PointKey
    /// Hash of its values (`ContentHash`): another content is a revision.
    public let contentHash: UInt64
    public let midpoint: MJD

    public init(key: PointKey, contentHash: UInt64, midpoint: MJD) {
        self.key = key
        self.contentHash = contentHash
        self.midpoint = midpoint
    }
}
