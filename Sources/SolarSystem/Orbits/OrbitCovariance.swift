/// The uncertainty of an orbit at its epoch: a covariance matrix over six coordinates and, where they were fitted,
/// non-gravitational parameters.
public struct OrbitCovariance: Sendable, Equatable {
    /// What the first six parameters are.
    public enum Basis: UInt8, Sendable {
        /// x, y, z in au and their rates in au/d: heliocentric, ecliptic of J2000.
        case cartesian = 0
        /// q (au), e, i, node, argument of perihelion (deg), time of perihelion (d).
        case cometary = 1
    }

    /// A parameter beyond the first six, in the units in which the Minor Planet Center fits it.
    public enum Parameter: UInt8, Sendable, CaseIterable {
        /// Transverse acceleration at 1 au, 1e-10 au/d².
        case yarkovsky = 1
        /// Area over mass, m²/t.
        case srp = 2
        /// Marsden's A1, A2, A3, 1e-8 au/d².
        case a1 = 3
        case a2 = 4
        case a3 = 5
        /// Delay of the outgassing, d.
        case dt = 6
        case other = 7

        /// What one unit accelerates at 1 au, au/d²: of values and covariances alike. Nil for what is no acceleration.
        var auPerDay2: Double? {
            switch self {
            case .yarkovsky: 1e-10
            case .srp: Self.pressureAuPerDay2
            case .a1, .a2, .a3: Self.marsdenAuPerDay2
            case .dt, .other: nil
            }
        }

        /// The unit of the comets' A1, A2, A3.
        static let marsdenAuPerDay2 = 1e-8
        /// The acceleration of 1 m²/t at 1 au by sunlight of 1361 W/m² (IAU 2015), fully absorbed: 2.2655e-10 au/d².
        private static let pressureAuPerDay2: Double =
            1361.0 / 299_792_458.0 / 1000 * (86_400.0 * 86_400.0) / 149_597_870_700.0

        init(name: some Collection<UInt8>) {
            let lower = String(decoding: name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
            switch lower {
            case "yarkovsky", "yarko": self = .yarkovsky
            case "srp", "amrat": self = .srp
            case "a1": self = .a1
            case "a2": self = .a2
            case "a3": self = .a3
            case "dt": self = .dt
            default: self = .other
            }
        }
    }

    public var basis: Basis
    /// What stands in rows 6 and on.
    public var extraParameters: [Parameter]
    /// The parameters' own values in the same order; empty when they were not given.
    public var values: [Double]
    /// Row by row from the diagonal on: (0,0), (0,1), …, (1,1), ….
    public var upperTriangle: [Double]

    /// More parameters than any fit has.
    static let maxDimension = 16

    /// - Precondition: the triangle has n(n+1)/2 elements for n = 6 + the number of extra parameters.
    public init(basis: Basis, extraParameters: [Parameter] = [], values: [Double] = [], upperTriangle: [Double]) {
        let dimension = 6 + extraParameters.count
        precondition(upperTriangle.count == dimension * (dimension + 1) / 2, "a triangle of another size")
        precondition(values.isEmpty || values.count == dimension)
        self.basis = basis
        self.extraParameters = extraParameters
        self.values = values
        self.upperTriangle = upperTriangle
    }

    public var dimension: Int { 6 + extraParameters.count }

    public subscript(row: Int, column: Int) -> Double {
        let (first, second) = (min(row, column), max(row, column))
        return upperTriangle[first * dimension - first * (first - 1) / 2 + second - first]
    }

    /// Of a 1 σ error of a million au, degrees or days: no fit that knew so little was published.
    static let largestVariance = 1e12

    /// Finite, with variances that are positive and not absurd. The eccentricity of a parabola is not fitted: its may be 0,
    /// as may those of further parameters.
    var isSane: Bool {
        guard upperTriangle.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite) else { return false }
        return (0..<dimension).allSatisfy { row in
            let mayBeFixed = row >= 6 || basis == .cometary && row == 1
            let variance = self[row, row]
            return variance <= Self.largestVariance && (variance > 0 || mayBeFixed && variance == 0)
        }
    }
}
