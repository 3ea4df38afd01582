/// How a comet's designation begins.
public enum CometType: UInt8, Sendable, CaseIterable {
    case longPeriod = 0x43  // C
    case periodic = 0x50  // P
    case lost = 0x44  // D
    case uncertain = 0x58  // X
    case asteroidal = 0x41  // A
    case interstellar = 0x49  // I

    /// Whether there are permanent numbers of this type.
    var isNumbered: Bool { self == .periodic || self == .lost || self == .interstellar }

    /// A/ marks what was found to be no comet.
    public var kind: BodyKind { self == .asteroidal ? .asteroid : .comet }
}

/// The four surveys with designations of their own.
public enum Survey: UInt8, Sendable, CaseIterable {
    case palomarLeiden = 0
    case trojan1 = 1
    case trojan2 = 2
    case trojan3 = 3

    var suffix: String { self == .palomarLeiden ? "P-L" : "T-\(rawValue)" }
    var packedPrefix: String { self == .palomarLeiden ? "PLS" : "T\(rawValue)S" }
}

/// One letter or two of a comet's piece, A to ZZ; none for the whole comet.
public struct CometFragment: Hashable, Sendable {
    /// Upper case, without I.
    public let letters: [UInt8]

    public static let none = CometFragment()
    private init() { letters = [] }

    /// - Parameter text: one or two letters, upper or lower case.
    init?(_ text: some Collection<UInt8>) {
        guard (1...2).contains(text.count) else { return nil }
        var letters: [UInt8] = []
        for byte in text {
            let upper = byte & 0xDF
            guard byte > 0x40, (0x41...0x5A).contains(upper) else { return nil }
            letters.append(upper)
        }
        self.letters = letters
    }

    public var isNone: Bool { letters.isEmpty }
    var packed: [UInt8] { letters.map { $0 | 0x20 } }
    var suffix: String { isNone ? "" : "-" + String(decoding: letters, as: UTF8.self) }
}

/// Year, half month and order of a discovery: `2006 TK6` of a minor planet, `2020 F3` of a comet.
public struct ProvisionalDesignation: Hashable, Sendable {
    /// Before 1 for comets of antiquity.
    public let year: Int
    /// A to Y without I.
    public let halfMonth: UInt8
    /// A to Z without I; nil in the comets' own style, where `order` says which of the half month it is.
    public let second: UInt8?
    /// The subscript of a minor planet, 0 when there is none; 1 and more in the comets' style.
    public let order: Int

    init?(year: Int, halfMonth: UInt8, second: UInt8?, order: Int) {
        guard Self.isLetter(halfMonth), halfMonth != 0x5A else { return nil }
        if let second {
            guard Self.isLetter(second), (1800...2199).contains(year), (0...Self.maxOrder).contains(order) else {
                return nil
            }
            // The longer form has one digit for the year.
            guard order < Self.longOrder || (2000...2061).contains(year) else { return nil }
        } else {
            guard (-299...2199).contains(year), year != 0, (1..<Self.longOrder).contains(order) else { return nil }
        }
        self.year = year
        self.halfMonth = halfMonth
        self.second = second
        self.order = order
    }

    /// From here on minor planets have the longer packed form.
    static let longOrder = 620
    /// Of `_QCzzzz`, where four digits end.
    static let maxOrder = 591_673

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) && byte != 0x49 }

    /// Position of a letter in the alphabet without I.
    static func position(_ letter: UInt8) -> Int { Int(letter) - 0x41 - (letter > 0x49 ? 1 : 0) }
    static func letter(_ position: Int) -> UInt8 { UInt8(0x41 + position + (position > 7 ? 1 : 0)) }
}

/// A designation of the Minor Planet Center.
///
/// Source: "Packed Designations" and "Provisional Designations" of the Minor Planet Center.
public enum Designation: Hashable, Sendable {
    /// A numbered minor planet, 1 to 15 396 335.
    case number(Int)
    case provisional(ProvisionalDesignation)
    case survey(Int, Survey)
    /// `1P`, `73P-C`, `2I`.
    case numberedComet(Int, CometType, CometFragment)
    /// `C/2020 F3`, `D/1993 F2-A`, `P/2008 CL94`.
    case comet(CometType, ProvisionalDesignation, CometFragment)

    /// Of `~zzzz`, the last number that has a packed form.
    public static let maxNumber = 15_396_335

    /// What the designation says of the body.
    public var kind: BodyKind {
        switch self {
        case .number, .provisional, .survey: .asteroid
        case .numberedComet(_, let type, _), .comet(let type, _, _): type.kind
        }
    }

    /// Any form that is in use: packed first, then plain, as `Designation(packed:)` and `Designation(unpacked:)` read them.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if let found = bytes.withUnsafeBytes({ Designation(packed: $0) }) {
            self = found
        } else if let found = Designation(unpacked: text) {
            self = found
        } else {
            return nil
        }
    }
}
