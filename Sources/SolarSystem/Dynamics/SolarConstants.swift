/// Constants of the Solar System in astronomical units and days; masses as in DE440 (Park et al. 2021, AJ 161, 105).
public enum SolarConstants {
    /// Exact (IAU 2012).
    public static let kmPerAu: Double = 149_597_870.7
    /// Speed of light, exact: 299 792.458 km/s.
    public static let lightAuPerDay: Double = 299_792.458 * 86_400 / kmPerAu
    /// Radius of the Earth's equator that parallax constants are given in (WGS 84), au.
    public static let earthRadiusAu: Double = 6378.137 / kmPerAu
    /// From au/d to km/s.
    public static let kmPerSecond: Double = kmPerAu / 86_400
    /// Turn of the Earth in radians per day of UT1 (IERS Conventions 2010, equation 5.15).
    public static let earthTurnRadPerDay: Double = 2 * Double.pi * 1.002_737_811_911_354_48
    /// Obliquity of the ecliptic of J2000 that orbits are given on (IAU 1976), radians: 84381.448″.
    public static let obliquityRad: Double = 84_381.448 * Double.pi / 648_000

    /// G times mass, au³/d².
    public static let sun: Double = gravity(132_712_440_041.279_419)
    static let mercury: Double = gravity(22_031.868_551)
    static let venus: Double = gravity(324_858.592)
    static let earth: Double = gravity(398_600.435_507)
    static let mars: Double = gravity(42_828.375_816)
    static let jupiter: Double = gravity(126_712_764.1)
    static let saturn: Double = gravity(37_940_584.841_8)
    static let uranus: Double = gravity(5_794_556.4)
    static let neptune: Double = gravity(6_836_527.100_58)
    static let moon: Double = gravity(4_902.800_118)

    /// From km³/s² to au³/d².
    private static func gravity(_ km3PerS2: Double) -> Double {
        km3PerS2 * (86_400.0 * 86_400.0) / (kmPerAu * kmPerAu * kmPerAu)
    }
}
