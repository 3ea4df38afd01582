import Core

/// A designation in twelve bytes: how orbit sets store and compare it.
public struct BodyKey: Hashable, Sendable, Comparable, BitwiseCopyable {
    /// The permanent number in the low 24 bits, a numbered comet's type letter above; 0 without a number.
    public var number: UInt32
    /// The packed provisional designation in ASCII, first character highest, of at most eight characters (of a numbered
    /// comet's fragment its letters); 0 when none is known.
    public var provisional: UInt64

    public init(number: UInt32 = 0, provisional: UInt64 = 0) {
        self.number = number
        self.provisional = provisional
    }

    /// Nil for the few that do not fit: comets without a number in pieces of two letters.
    public init?(_ designation: Designation) {
        switch designation {
        case .number(let number): self.init(number: UInt32(number))
        case .numberedComet(let number, let type, let fragment):
            self.init(
                number: UInt32(type.rawValue) << 24 | UInt32(number), provisional: BodyKey.ascii(fragment.packed) ?? 0)
        case .provisional, .survey, .comet:
            guard let ascii = BodyKey.ascii(Array(designation.packed.utf8)) else { return nil }
            self.init(provisional: ascii)
        }
    }

    /// Numbered minor planets in order, then numbered comets, then the rest by packed designation.
    public static func < (left: BodyKey, right: BodyKey) -> Bool {
        if left.number != right.number { return left.number &- 1 < right.number &- 1 }
        return left.provisional < right.provisional
    }

    public var isEmpty: Bool { number == 0 && provisional == 0 }

    /// Whether `provisional` is only the letters of a numbered comet's piece.
    private var isFragment: Bool { number >> 24 != 0 && provisional < 1 << 16 }

    /// The permanent designation: the number, or the numbered comet.
    public var permanent: Designation? {
        guard number != 0 else { return nil }
        guard let type = CometType(rawValue: UInt8(number >> 24)) else { return .number(Int(number & 0xFF_FFFF)) }
        let fragment = isFragment ? CometFragment(BodyKey.bytes(provisional)) ?? .none : .none
        return .numberedComet(Int(number & 0xFF_FFFF), type, fragment)
    }

    /// The provisional designation, where it is known.
    public var provisionalDesignation: Designation? {
        guard provisional != 0, !isFragment else { return nil }
        return BodyKey.bytes(provisional).withUnsafeBytes { Designation(packed: $0) }
    }

    /// The permanent designation where there is one, else the provisional.
    public var designation: Designation? { permanent ?? provisionalDesignation }

    /// Rubin's id: the packed provisional designation in ASCII, and the packed number where no other is known.
    public var ssObjectId: SSObjectID? {
        if provisional != 0, !isFragment { return SSObjectID(rawValue: Int64(bitPattern: provisional)) }
        return permanent.flatMap { SSObjectID(packed: $0.packed) }
    }

    static func ascii(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard bytes.count <= 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func bytes(_ ascii: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: ascii >> UInt64(56 - 8 * $0)) }.filter { $0 != 0 }
    }
}

extension SSObjectID {
    /// The id that Rubin gives to a packed designation: its ASCII in one number, first character highest; nil beyond eight
    /// characters of ASCII.
    public init?(packed: some StringProtocol) {
        guard !packed.isEmpty, packed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let ascii = BodyKey.ascii(Array(packed.utf8))
        else { return nil }
        self.init(rawValue: Int64(bitPattern: ascii))
    }

    /// The designation whose packed form the id holds; nil for other numbers.
    public var designation: Designation? {
        guard rawValue > 0 else { return nil }
        let ascii = UInt64(bitPattern: rawValue)
        let bytes = BodyKey.bytes(ascii)
        guard BodyKey.ascii(bytes) == ascii else { return nil }
        return bytes.withUnsafeBytes { Designation(packed: $0) }
    }
}
