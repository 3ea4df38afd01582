import Glibc

/// Rotations of ICRS positions for the functions of queries. Everything in degrees.
public enum SkyFrames {
    /// ICRS to galactic, row by row (The Hipparcos and Tycho Catalogues, ESA SP-1200, vol. 1, eq. 1.5.11).
    @usableFromInline static let galactic: [Double] = [
        -0.054_875_560_4, -0.873_437_090_2, -0.483_835_015_5,
        0.494_109_427_9, -0.444_829_629_9, 0.746_982_244_5,
        -0.867_666_149_0, -0.198_076_373_4, 0.455_983_776_2,
    ]
    /// Mean obliquity of J2000, 84381.406″ (IAU 2006), in degrees.
    static let obliquityDegrees = 84_381.406 / 3600

    /// Galactic longitude 0…360 and latitude of an ICRS position.
    public static func galactic(raDegrees: Double, decDegrees: Double) -> (longitude: Double, latitude: Double) {
        let (x, y, z) = unitVector(raDegrees, decDegrees)
        let m = galactic
        return angles(
            m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z)
    }

    /// Longitude 0…360 and latitude of an ICRS position in the mean ecliptic of J2000 (frame bias, 0.02″, left out).
    public static func ecliptic(raDegrees: Double, decDegrees: Double) -> (longitude: Double, latitude: Double) {
        let (x, y, z) = unitVector(raDegrees, decDegrees)
        let obliquity = obliquityDegrees * .pi / 180
        return angles(x, cos(obliquity) * y + sin(obliquity) * z, cos(obliquity) * z - sin(obliquity) * y)
    }

    /// Angle between two positions by the haversine formula, exact for small angles.
    public static func separation(_ ra1: Double, _ dec1: Double, _ ra2: Double, _ dec2: Double) -> Double {
        let radians = Double.pi / 180
        let halfDec = sin((dec2 - dec1) * radians / 2)
        let halfRA = sin((ra2 - ra1) * radians / 2)
        let h = halfDec * halfDec + cos(dec1 * radians) * cos(dec2 * radians) * halfRA * halfRA
        return 2 * asin(min(1, h.squareRoot())) / radians
    }

    private static func unitVector(_ lon: Double, _ lat: Double) -> (Double, Double, Double) {
        let radians = Double.pi / 180
        return (cos(lat * radians) * cos(lon * radians), cos(lat * radians) * sin(lon * radians), sin(lat * radians))
    }

    private static func angles(_ x: Double, _ y: Double, _ z: Double) -> (longitude: Double, latitude: Double) {
        let degrees = 180 / Double.pi
        let longitude = atan2(y, x) * degrees
        return (longitude < 0 ? longitude + 360 : longitude, atan2(z, (x * x + y * y).squareRoot()) * degrees)
    }
}
