/// One orbit in an orbit set's builder: what its columns hold.
struct OrbitRow {
    var key: BodyKey
    var qAu: Double
    var eccentricity: Double
    var inclinationDeg: Double
    var nodeDeg: Double
    var argPeriDeg: Double
    var timeOfPerihelionMjdTT: Double
    var epochMjdTT: Double
    /// NaN without one.
    var h: Float
    /// NaN without one; G12 where the flag says so.
    var g: Float
    var arcDays: Float
    var flags: OrbitFlags
    /// Places in the builder's lists, -1 without one.
    var name: Int32 = -1
    var given: Int32 = -1
    var terms: Int32 = -1
    var covariance: Int32 = -1

    init(_ draft: OrbitDraft) {
        let one = draft.elements
        key = draft.key
        qAu = one.qAu
        eccentricity = one.eccentricity
        inclinationDeg = one.inclinationDeg
        nodeDeg = one.nodeDeg
        argPeriDeg = one.argPeriDeg
        timeOfPerihelionMjdTT = one.timeOfPerihelionMjdTT
        epochMjdTT = one.epochMjdTT
        h = one.h.map { Float($0) } ?? .nan
        g = (one.g ?? one.g12).map { Float($0) } ?? .nan
        arcDays = Float(draft.arcDays)
        flags = []
        if one.kind == .comet { flags.insert(.comet) }
        if one.g == nil, one.g12 != nil { flags.insert(.slopeIsG12) }
        if draft.arcDays <= OrbitFlags.shortArcDays { flags.insert(.shortArc) }
        if one.nonGravitational?.law == .waterIce { flags.insert(.waterIce) }
    }
}

/// What is true of an orbit, one byte in the stored file: never renumber.
public struct OrbitFlags: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let comet = OrbitFlags(rawValue: 1)
    /// Non-gravitational terms follow the law of water ice, not the inverse square.
    public static let waterIce = OrbitFlags(rawValue: 2)
    public static let hasNonGravitational = OrbitFlags(rawValue: 4)
    public static let hasCovariance = OrbitFlags(rawValue: 8)
    /// Column g holds G12.
    public static let slopeIsG12 = OrbitFlags(rawValue: 16)
    /// The observations span two days or less: the orbit is little more than a guess.
    public static let shortArc = OrbitFlags(rawValue: 32)

    static let shortArcDays = 2.0
}
