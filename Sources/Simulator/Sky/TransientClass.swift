/// The label of a simulated source: what a perfect classifier would say.
public enum TransientClass: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case supernovaIa
    case supernovaII
    case tidalDisruption
    case activeNucleus
    case rrLyrae
    case eclipsingBinary
    case pulsator
    case flareStar
    case mover
    case artefact

    public var description: String {
        switch self {
        case .supernovaIa: "SN Ia"
        case .supernovaII: "SN II"
        case .tidalDisruption: "TDE"
        case .activeNucleus: "AGN"
        case .rrLyrae: "RR Lyrae"
        case .eclipsingBinary: "eclipsing binary"
        case .pulsator: "pulsator"
        case .flareStar: "flare star"
        case .mover: "Solar System object"
        case .artefact: "artefact"
        }
    }

    /// Whether the source lies on a star, in or near a galaxy, or on neither.
    var isStellar: Bool {
        switch self {
        case .rrLyrae, .eclipsingBinary, .pulsator, .flareStar: true
        default: false
        }
    }
}
