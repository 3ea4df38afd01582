/// The plain forms: `433`, `(433) Eros`, `2006 TK6`, `A904 OA`, `2040 P-L`, `1P/Halley`, `73P-C`, `C/2020 F3 (NEOWISE)`.
extension Designation {
    /// Spaces may be missing or underscores, letters may be lower case, and a name may follow a number or a comet.
    public init?(unpacked text: some StringProtocol) {
        var bytes = text.utf8.map { $0 == 0x5F || $0 == 0x2B ? 0x20 : $0 }
        while bytes.last == 0x20 { bytes.removeLast() }
        let start = bytes.firstIndex { $0 != 0x20 } ?? 0
        bytes.removeFirst(start)
        guard !bytes.isEmpty, bytes.count <= 80 else { return nil }
        var upper = bytes
        for index in upper.indices where (0x61...0x7A).contains(upper[index]) { upper[index] &= 0xDF }
        if let found = Designation.plain(bytes) ?? Designation.plain(upper) ?? Designation.numberBefore(bytes) {
            self = found
        } else {
            return nil
        }
    }

    /// The form in which the Minor Planet Center prints it; years of minor planets before 1925 begin with A.
    public var unpacked: String {
        switch self {
        case .number(let number): return String(number)
        case .provisional(let one): return Designation.text(one)
        case .survey(let number, let survey):
            var bytes: [UInt8] = []
            Digits.append(number, width: 4, to: &bytes)
            return String(decoding: bytes, as: UTF8.self) + " " + survey.suffix
        case .numberedComet(let number, let type, let fragment):
            return "\(number)\(Character(Unicode.Scalar(type.rawValue)))\(fragment.suffix)"
        case .comet(let type, let one, let fragment):
            return "\(Character(Unicode.Scalar(type.rawValue)))/\(Designation.text(one))\(fragment.suffix)"
        }
    }

    private static func text(_ one: ProvisionalDesignation) -> String {
        let half = String(decoding: [one.halfMonth], as: UTF8.self)
        guard let second = one.second else { return "\(one.year) \(half)\(one.order)" }
        let year = one.year < 1925 ? "A\(one.year % 1000)" : "\(one.year)"
        let letter = String(decoding: [second], as: UTF8.self)
        return "\(year) \(half)\(letter)" + (one.order == 0 ? "" : String(one.order))
    }

    // MARK: Reading

    private static func plain(_ text: [UInt8]) -> Designation? {
        if text.count > 2, text[1] == 0x2F, let type = CometType(rawValue: text[0]) {
            return comet(type, text.dropFirst(2))
        }
        return provisional(text[...]).map { .provisional($0) } ?? survey(text) ?? numberedComet(text)
    }

    /// `2006 TK6`, `2006TK6`, `A904 OA`.
    private static func provisional(_ text: ArraySlice<UInt8>) -> ProvisionalDesignation? {
        guard text.count >= 6, let year = year(text.prefix(4)) else { return nil }
        var rest = text.dropFirst(4)
        if rest.first == 0x20 { rest = rest.dropFirst() }
        guard rest.count >= 2 else { return nil }
        let digits = rest.dropFirst(2)
        guard digits.isEmpty || digits.first != 0x30, let order = digits.isEmpty ? 0 : Digits.number(digits) else {
            return nil
        }
        return ProvisionalDesignation(
            year: year, halfMonth: rest[rest.startIndex], second: rest[rest.startIndex + 1], order: order)
    }

    private static func year(_ text: ArraySlice<UInt8>) -> Int? {
        if text.first == 0x41 { return Digits.number(text.dropFirst()).map { 1000 + $0 } }
        return Digits.number(text)
    }

    private static func survey(_ text: [UInt8]) -> Designation? {
        let parts = text.split(separator: 0x20)
        guard parts.count == 2, let number = Digits.number(parts[0]), (1...9999).contains(number) else { return nil }
        let suffix = String(decoding: parts[1], as: UTF8.self)
        return Survey.allCases.first { $0.suffix == suffix }.map { .survey(number, $0) }
    }

    /// `1P`, `1P/Halley`, `73P-C`, `73P-C/Schwassmann-Wachmann`.
    private static func numberedComet(_ text: [UInt8]) -> Designation? {
        let digits = text.prefix { (0x30...0x39).contains($0) }
        guard let number = Digits.number(digits), (1...9999).contains(number), text.count > digits.count,
            let type = CometType(rawValue: text[digits.count]), type.isNumbered
        else { return nil }
        let rest = text.dropFirst(digits.count + 1)
        guard let fragment = fragment(rest) else { return nil }
        return .numberedComet(number, type, fragment)
    }

    /// After the slash: year, half month and order or the style of a minor planet, a fragment, a name in brackets.
    private static func comet(_ type: CometType, _ text: ArraySlice<UInt8>) -> Designation? {
        let isNegative = text.first == 0x2D
        let unsigned = isNegative ? text.dropFirst() : text
        let digits = unsigned.prefix { (0x30...0x39).contains($0) }
        guard (1...4).contains(digits.count), let number = Digits.number(digits) else { return nil }
        var rest = unsigned.dropFirst(digits.count)
        if rest.first == 0x20 { rest = rest.dropFirst() }
        let word = rest.prefix { $0 != 0x20 && $0 != 0x2D && $0 != 0x28 && $0 != 0x2F }
        guard word.count >= 2, let fragment = fragment(rest.dropFirst(word.count)) else { return nil }
        let year = isNegative ? -number : number
        if let order = Digits.number(word.dropFirst()), word[word.startIndex + 1] != 0x30 {
            guard
                let one = ProvisionalDesignation(
                    year: year, halfMonth: word[word.startIndex], second: nil, order: order)
            else { return nil }
            return .comet(type, one, fragment)
        }
        guard !isNegative, fragment.isNone, let one = provisional(ArraySlice(Array(digits) + [0x20] + Array(word)))
        else { return nil }
        return .comet(type, one, .none)
    }

    /// Nothing, `-C`, and a name after a slash or a bracket; nil for anything else.
    private static func fragment(_ text: ArraySlice<UInt8>) -> CometFragment? {
        guard let first = text.first else { return CometFragment.none }
        if first == 0x2D {
            let letters = text.dropFirst().prefix { (0x41...0x5A).contains($0) }
            let rest = text.dropFirst(1 + letters.count)
            guard rest.isEmpty || rest.first == 0x2F || rest.first == 0x20 else { return nil }
            return CometFragment(letters)
        }
        let isName = first == 0x2F || first == 0x28 || (first == 0x20 && text.dropFirst().first == 0x28)
        return isName ? CometFragment.none : nil
    }

    /// `433`, `(433)`, `(433) Eros`, `433 Eros`.
    private static func numberBefore(_ text: [UInt8]) -> Designation? {
        let isBracketed = text.first == 0x28
        let digits = text.dropFirst(isBracketed ? 1 : 0).prefix { (0x30...0x39).contains($0) }
        guard let number = Digits.number(digits), (1...maxNumber).contains(number) else { return nil }
        var rest = text.dropFirst(digits.count + (isBracketed ? 1 : 0))
        if isBracketed {
            guard rest.first == 0x29 else { return nil }
            rest = rest.dropFirst()
        }
        // Without brackets only before what looks like a name: 2006 TI6 is a mistake, not minor planet 2006.
        let name = rest.dropFirst()
        let isName = name.count > 1 && name.first! < 0x61 && name[name.startIndex + 1] >= 0x61
        guard rest.isEmpty || (rest.first == 0x20 && (isBracketed || isName)) else { return nil }
        return .number(number)
    }
}
