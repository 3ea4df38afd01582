/// Kinds of moving bodies.
public enum BodyPopulation: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case mainBelt
    case nearEarth
    case trojan
    case transNeptunian
    case comet

    public var description: String {
        switch self {
        case .mainBelt: "main belt"
        case .nearEarth: "near-Earth"
        case .trojan: "Trojan"
        case .transNeptunian: "trans-Neptunian"
        case .comet: "comet"
        }
    }

    /// Share among the bodies of a field. Rubin's own is about 0.95, 0.02, 0.01, 0.005, 0.001 (Kurlander et al. 2025): the rare
    /// ones are more here, so that a small simulation has them all.
    var share: Double {
        switch self {
        case .mainBelt: 0.84
        case .nearEarth: 0.05
        case .trojan: 0.04
        case .transNeptunian: 0.03
        case .comet: 0.04
        }
    }

    /// How the number of bodies grows with the absolute magnitude: N(< H) ∝ 10^(αH) (Jedicke et al. 2015, Asteroids IV).
    var slopeOfH: Double {
        switch self {
        case .mainBelt: 0.30
        case .nearEarth: 0.35
        case .trojan: 0.40
        case .transNeptunian: 0.6
        case .comet: 0.2
        }
    }

    /// Nothing of the kind is brighter.
    var leastH: Double {
        switch self {
        case .mainBelt, .trojan: 7
        case .nearEarth: 12
        case .transNeptunian: 2
        case .comet: 3
        }
    }
}
