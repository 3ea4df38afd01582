import Glibc
import Sky

extension ScalarFunction {
    /// The value of a function of doubles; not finite means NULL.
    public func value(_ a: Double) -> Double {
        switch self {
        case .abs: Swift.abs(a)
        case .sign: a > 0 ? 1 : (a < 0 ? -1 : 0)
        case .ceiling: a.rounded(.up)
        case .floor: a.rounded(.down)
        case .round: a.rounded(.toNearestOrAwayFromZero)
        case .truncate: a.rounded(.towardZero)
        case .degrees: a * 180 / Double.pi
        case .radians: a * Double.pi / 180
        case .exp: Glibc.exp(a)
        case .log: a > 0 ? Glibc.log(a) : .nan
        case .log10: a > 0 ? Glibc.log10(a) : .nan
        case .sqrt: a.squareRoot()
        case .sin: Glibc.sin(a)
        case .cos: Glibc.cos(a)
        case .tan: Glibc.tan(a)
        case .cot: 1 / Glibc.tan(a)
        case .asin: Glibc.asin(a)
        case .acos: Glibc.acos(a)
        case .atan: Glibc.atan(a)
        case .abMag: Photometry.abMagnitude(fluxNanojansky: a)
        case .fluxOfABMag: Photometry.fluxNanojansky(abMagnitude: a)
        default: preconditionFailure("\(rawValue) does not take one argument")
        }
    }

    public func value(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .mod: b == 0 ? .nan : fmod(a, b)
        case .power: pow(a, b)
        case .atan2: Glibc.atan2(a, b)
        case .round: ScalarFunction.scaled(a, b) { $0.rounded(.toNearestOrAwayFromZero) }
        case .truncate: ScalarFunction.scaled(a, b) { $0.rounded(.towardZero) }
        case .abMagErr: Photometry.abMagnitudeError(fluxNanojansky: a, errorNanojansky: b)
        case .galacticLongitude: Frames.galactic(SkyPosition(raDegrees: a, decDegrees: b)).lDegrees
        case .galacticLatitude: Frames.galacticLatitudeDegrees(raDegrees: a, decDegrees: b)
        case .eclipticLongitude: Frames.ecliptic(SkyPosition(raDegrees: a, decDegrees: b)).lonDegrees
        case .eclipticLatitude: Frames.ecliptic(SkyPosition(raDegrees: a, decDegrees: b)).latDegrees
        default: preconditionFailure("\(rawValue) does not take two arguments")
        }
    }

    /// Rounds at a decimal place.
    private static func scaled(_ a: Double, _ places: Double, _ round: (Double) -> Double) -> Double {
        let factor = pow(10, places.rounded(.towardZero))
        // Further left than any digit that a number has.
        guard factor > 0 else { return a.isFinite ? 0 : a }
        let scaled = a * factor
        return scaled.isFinite ? round(scaled) / factor : a
    }
}
