/// A 64-bit identifier of one kind of thing. Zero means "none" in Rubin's packets.
public protocol Identifier: RawRepresentable<Int64>, Hashable, Comparable, Sendable, CustomStringConvertible {
    init(rawValue: Int64)
}

extension Identifier {
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var description: String { String(rawValue) }
    /// Rubin writes 0 where there is no id.
    public var isNone: Bool { rawValue == 0 }
}

/// A detection on a difference image; the alert's own identifier since schema 8.0.
public struct DiaSourceID: Identifier {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// An object: detections associated by place.
public struct DiaObjectID: Identifier {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A Solar System object: its packed MPC designation in ASCII, big-endian.
public struct SSObjectID: Identifier {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A visit: day_obs × 100 000 + sequence number.
public struct VisitID: Identifier {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The dense number of a commit; 0 is "before the first".
public struct CommitSeq: Identifier {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// HEALPix NESTED index at order 29 of an object's first known position: its place in the database for ever.
public struct Home: Identifier {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}
