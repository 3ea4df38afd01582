import Glibc
import Sky

/// The 1 σ ellipse of a predicted place.
public struct SkyError: Sendable, Equatable {
    public let majorArcsec: Double
    public let minorArcsec: Double
    /// Of the major axis, from north through east, in [0, 180).
    public let positionAngleDeg: Double

    /// From the covariance in arcsec², along right ascension (with cos dec) and declination.
    public init(eastEast: Double, eastNorth: Double, northNorth: Double) {
        let mean: Double = (eastEast + northNorth) / 2
        let half: Double = (northNorth - eastEast) / 2
        let spread: Double = hypot(half, eastNorth)
        majorArcsec = (mean + spread).squareRoot()
        // mean − spread loses its digits on thin ellipses.
        let determinant: Double = eastEast * northNorth - eastNorth * eastNorth
        let least: Double = mean + spread > 0 ? max(0, determinant / (mean + spread)) : 0
        minorArcsec = least.squareRoot()
        var angle: Double = atan2(eastNorth, half) / 2 * Angle.degreesPerRadian
        if angle < 0 { angle += 180 }
        positionAngleDeg = angle >= 180 ? 0 : angle
    }

    /// Covariance along east and north, arcsec².
    public var covariance: (eastEast: Double, eastNorth: Double, northNorth: Double) {
        let (s, c) = (sin(positionAngleDeg * Angle.radiansPerDegree), cos(positionAngleDeg * Angle.radiansPerDegree))
        let (a, b) = (majorArcsec * majorArcsec, minorArcsec * minorArcsec)
        return (a * s * s + b * c * c, (a - b) * s * c, a * c * c + b * s * s)
    }

    /// How many σ an offset is: √(dᵀ C⁻¹ d) of the prediction's ellipse widened by the detection's own error, arcsec.
    public func mahalanobis(eastArcsec: Double, northArcsec: Double, detectionErrorArcsec: Double) -> Double {
        let (ee, en, nn) = covariance
        let own: Double = detectionErrorArcsec * detectionErrorArcsec
        let (a, b, c) = (ee + own, en, nn + own)
        let determinant: Double = a * c - b * b
        guard determinant > 0 else { return .nan }
        let square: Double =
            (c * eastArcsec * eastArcsec - 2 * b * eastArcsec * northArcsec + a * northArcsec * northArcsec)
            / determinant
        return max(0, square).squareRoot()
    }
}
