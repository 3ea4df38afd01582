/// Rubin's filters, in order of wavelength.
public enum Band: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case u, g, r, i, z, y

    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 1, let band = Band(byte: text.utf8.first!) else { return nil }
        self = band
    }

    public init?(byte: UInt8) {
        switch byte {
        case UInt8(ascii: "u"): self = .u
        case UInt8(ascii: "g"): self = .g
        case UInt8(ascii: "r"): self = .r
        case UInt8(ascii: "i"): self = .i
        case UInt8(ascii: "z"): self = .z
        case UInt8(ascii: "y"): self = .y
        default: return nil
        }
    }

    public var description: String { ["u", "g", "r", "i", "z", "y"][Int(rawValue)] }
}
