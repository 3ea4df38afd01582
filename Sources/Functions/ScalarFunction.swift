/// The scalar functions of queries: names, arguments and meaning in one place for every evaluator.
///
/// NULL in, NULL out. A result that is not finite (a logarithm of zero, an overflow) is NULL. Integers stay integers
/// in ABS, SIGN and MOD; MOD has the sign of its first argument and is NULL when the second is 0.
public enum ScalarFunction: String, Sendable, CaseIterable {
    case abs = "ABS"
    case sign = "SIGN"
    case mod = "MOD"
    case ceiling = "CEILING"
    case floor = "FLOOR"
    case round = "ROUND"
    case truncate = "TRUNCATE"
    case degrees = "DEGREES"
    case radians = "RADIANS"
    case exp = "EXP"
    case log = "LOG"
    case log10 = "LOG10"
    case power = "POWER"
    case sqrt = "SQRT"
    case sin = "SIN"
    case cos = "COS"
    case tan = "TAN"
    case cot = "COT"
    case asin = "ASIN"
    case acos = "ACOS"
    case atan = "ATAN"
    case atan2 = "ATAN2"
    case pi = "PI"
    case mjdNow = "MJD_NOW"
    case abMag = "ABMAG"
    case abMagErr = "ABMAG_ERR"
    case fluxOfABMag = "FLUX_OF_ABMAG"
    case galacticLongitude = "GALACTIC_LONGITUDE"
    case galacticLatitude = "GALACTIC_LATITUDE"
    case eclipticLongitude = "ECLIPTIC_LONGITUDE"
    case eclipticLatitude = "ECLIPTIC_LATITUDE"
    /// Angle in degrees between two positions: ra, dec, ra, dec.
    case distance = "DISTANCE"
    case lower = "LOWER"
    case upper = "UPPER"

    /// What the arguments must be and what comes out.
    public enum Shape: Sendable {
        /// All arguments and the result are doubles.
        case real
        /// Integers give an integer, anything else a double.
        case numeric
        case text
    }

    public var shape: Shape {
        switch self {
        case .abs, .sign, .mod: .numeric
        case .lower, .upper: .text
        default: .real
        }
    }

    public var argumentCounts: ClosedRange<Int> {
        switch self {
        case .pi, .mjdNow: 0...0
        case .round, .truncate: 1...2
        case .mod, .power, .atan2, .abMagErr, .galacticLongitude, .galacticLatitude, .eclipticLongitude, .eclipticLatitude:
            2...2
        case .distance: 4...4
        default: 1...1
        }
    }

    /// Other names by which queries know the same function.
    static let aliases: [String: ScalarFunction] = [
        "CEIL": .ceiling, "POW": .power, "LN": .log, "MJDNOW": .mjdNow,
        "SCISQL_NANOJANSKYTOABMAG": .abMag, "SCISQL_NANOJANSKYTOABMAGSIGMA": .abMagErr,
        "SCISQL_ABMAGTONANOJANSKY": .fluxOfABMag, "SCISQL_ANGSEP": .distance,
    ]

    /// The function of a name in any case.
    public init?(name: String) {
        let key = name.uppercased()
        guard let function = ScalarFunction(rawValue: key) ?? ScalarFunction.aliases[key] else { return nil }
        self = function
    }
}
