/// What a body is, as far as brightness and tails go; how it moves is the elements' own matter.
public enum BodyKind: UInt8, Sendable, CaseIterable {
    case asteroid = 0
    case comet = 1
}

/// How the non-gravitational acceleration A·g(r) falls with the distance r (au) from the Sun.
public enum NonGravitationalLaw: UInt8, Sendable, CaseIterable {
    /// g(r) = (1 au / r)²: radiation pressure and the Yarkovsky drift of asteroids.
    case inverseSquare = 0
    /// g(r) = 0.111262 (r/2.808)^-2.15 [1 + (r/2.808)^5.093]^-4.6142: water ice (Marsden, Sekanina & Yeomans 1973).
    case waterIce = 1
}

/// The non-gravitational acceleration A1 r̂ + A2 t̂ + A3 n̂ at 1 au, in au/d², in radial, transverse and normal directions.
public struct NonGravitationalTerms: Sendable, Equatable {
    public var a1: Double
    public var a2: Double
    public var a3: Double
    public var law: NonGravitationalLaw

    public init(a1: Double = 0, a2: Double = 0, a3: Double = 0, law: NonGravitationalLaw) {
        self.a1 = a1
        self.a2 = a2
        self.a3 = a3
        self.law = law
    }
}

/// An orbit about the Sun: osculating elements at an epoch, heliocentric, ecliptic and equinox of J2000 (obliquity
/// 84381.448″). Perihelion distance and time serve ellipses, parabolas and hyperbolas alike. The name stands apart.
public struct CometaryElements: Sendable, Equatable {
    /// Perihelion distance, au, > 0.
    public var qAu: Double
    /// ≥ 0; 1 and more are allowed.
    public var eccentricity: Double
    public var inclinationDeg: Double
    public var nodeDeg: Double
    public var argPeriDeg: Double
    /// MJD in TT.
    public var timeOfPerihelionMjdTT: Double
    /// The epoch of osculation, MJD in TT.
    public var epochMjdTT: Double
    /// Absolute magnitude (V at 1 au from Sun and observer at phase 0); nil when it is not published.
    public var h: Double?
    /// Slope of the H, G system; nil when it is not published (0.15 by convention). Of a comet the slope of its total
    /// magnitude, H + 5 log Δ + 2.5 G log r, as the Minor Planet Center gives it (4 by convention).
    public var g: Double?
    /// Slope of the H, G12 system; nil when it is not published.
    public var g12: Double?
    public var kind: BodyKind
    public var nonGravitational: NonGravitationalTerms?

    public init(
        qAu: Double, eccentricity: Double, inclinationDeg: Double, nodeDeg: Double, argPeriDeg: Double,
        timeOfPerihelionMjdTT: Double, epochMjdTT: Double, h: Double? = nil, g: Double? = nil, g12: Double? = nil,
        kind: BodyKind = .asteroid, nonGravitational: NonGravitationalTerms? = nil
    ) {
        self.qAu = qAu
        self.eccentricity = eccentricity
        self.inclinationDeg = inclinationDeg
        self.nodeDeg = nodeDeg
        self.argPeriDeg = argPeriDeg
        self.timeOfPerihelionMjdTT = timeOfPerihelionMjdTT
        self.epochMjdTT = epochMjdTT
        self.h = h
        self.g = g
        self.g12 = g12
        self.kind = kind
        self.nonGravitational = nonGravitational
    }
}

extension CometaryElements {
    /// The Gaussian constant squared: the Sun's attraction in au³/d² (IAU 1976, what the Minor Planet Center's elements use).
    public static let sunAttraction = 0.017_202_098_95 * 0.017_202_098_95

    /// From an ellipse given by semi-major axis (au) and mean anomaly (deg) at the epoch: q = a(1 − e) and the perihelion
    /// passage nearest to the epoch.
    /// - Precondition: `semiMajorAxisAu` > 0 and `eccentricity` in 0..<1.
    public init(
        semiMajorAxisAu: Double, eccentricity: Double, inclinationDeg: Double, nodeDeg: Double, argPeriDeg: Double,
        meanAnomalyDeg: Double, epochMjdTT: Double, h: Double? = nil, g: Double? = nil
    ) {
        precondition(semiMajorAxisAu > 0 && eccentricity >= 0 && eccentricity < 1, "not an ellipse")
        let cubed: Double = semiMajorAxisAu * semiMajorAxisAu * semiMajorAxisAu
        let motionDegPerDay: Double = (Self.sunAttraction / cubed).squareRoot() * 180 / .pi
        let anomaly: Double = meanAnomalyDeg - 360 * (meanAnomalyDeg / 360).rounded()
        self.init(
            qAu: semiMajorAxisAu * (1 - eccentricity), eccentricity: eccentricity, inclinationDeg: inclinationDeg,
            nodeDeg: nodeDeg, argPeriDeg: argPeriDeg, timeOfPerihelionMjdTT: epochMjdTT - anomaly / motionDegPerDay,
            epochMjdTT: epochMjdTT, h: h, g: g)
    }
}
