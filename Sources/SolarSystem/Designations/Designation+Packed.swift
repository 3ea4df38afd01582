/// The packed forms: `00433`, `A0345`, `~AZaz`, `K06T06K`, `_QC0aEM`, `PLS2040`, `0001P`, `0073Pc`, `CK20F030`.
extension Designation {
    /// - Parameter packed: exactly the packed form, without spaces around.
    public init?(packed: UnsafeRawBufferPointer) {
        switch packed.count {
        case 5:
            if let found = Designation.packedNumber(packed) {
                self = found
            } else if let found = Designation.packedNumberedComet(packed) {
                self = found
            } else {
                return nil
            }
        case 6:
            guard let found = Designation.packedNumberedComet(packed) else { return nil }
            self = found
        case 7:
            if let found = Designation.packedProvisional(packed) {
                self = found
            } else if let found = Designation.packedNumberedComet(packed) {
                self = found
            } else {
                return nil
            }
        case 8, 9:
            guard let found = Designation.packedComet(packed) else { return nil }
            self = found
        default: return nil
        }
    }

    public init?(packed text: some StringProtocol) {
        guard let found = Array(text.utf8).withUnsafeBytes({ Designation(packed: $0) }) else { return nil }
        self = found
    }

    /// Five characters for numbers and numbered comets (one or two more for a fragment), seven for provisional ones,
    /// eight for comets (nine with a fragment of two letters).
    public var packed: String {
        var bytes: [UInt8] = []
        switch self {
        case .number(let number): Designation.append(number: number, to: &bytes)
        case .provisional(let one): Designation.append(one, fragment: .none, to: &bytes)
        case .survey(let number, let survey):
            bytes += Array(survey.packedPrefix.utf8)
            Digits.append(number, width: 4, to: &bytes)
        case .numberedComet(let number, let type, let fragment):
            Digits.append(number, width: 4, to: &bytes)
            bytes.append(type.rawValue)
            bytes += fragment.packed
        case .comet(let type, let one, let fragment):
            bytes.append(type.rawValue)
            Designation.append(one, fragment: fragment, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Reading

    private static func packedNumber(_ text: UnsafeRawBufferPointer) -> Designation? {
        let first = text[0]
        if first == 0x7E {
            return Base62.number(text.dropFirst()).map { .number(620_000 + $0) }
        }
        guard let leading = Base62.value(first), let rest = Digits.number(text.dropFirst()) else { return nil }
        let number = leading * 10_000 + rest
        return number > 0 ? .number(number) : nil
    }

    private static func packedNumberedComet(_ text: UnsafeRawBufferPointer) -> Designation? {
        guard let number = Digits.number(text.prefix(4)), number > 0, let type = CometType(rawValue: text[4]),
            type.isNumbered
        else { return nil }
        guard text.count > 5 else { return .numberedComet(number, type, .none) }
        let letters = text.dropFirst(5)
        guard letters.allSatisfy({ $0 > 0x60 }), let fragment = CometFragment(letters) else { return nil }
        return .numberedComet(number, type, fragment)
    }

    private static func packedProvisional(_ text: UnsafeRawBufferPointer) -> Designation? {
        if text[0] == 0x5F { return packedLong(text) }
        if text[2] == 0x53, text[0] == 0x50 || text[0] == 0x54, let found = packedSurvey(text) { return found }
        guard let century = Base62.value(text[0]), (18...21).contains(century), let year = Digits.number(text[1..<3]),
            let tens = Base62.value(text[4]), (0x30...0x39).contains(text[5]),
            let one = ProvisionalDesignation(
                year: century * 100 + year, halfMonth: text[3], second: text[6], order: tens * 10 + Int(text[5] - 0x30))
        else { return nil }
        return .provisional(one)
    }

    private static func packedLong(_ text: UnsafeRawBufferPointer) -> Designation? {
        guard let year = Base62.value(text[1]), let count = Base62.number(text[3..<7]),
            let one = ProvisionalDesignation(
                year: 2000 + year, halfMonth: text[2], second: ProvisionalDesignation.letter(count % 25),
                order: ProvisionalDesignation.longOrder + count / 25)
        else { return nil }
        return .provisional(one)
    }

    private static func packedSurvey(_ text: UnsafeRawBufferPointer) -> Designation? {
        guard let number = Digits.number(text[3..<7]), number > 0 else { return nil }
        if text[0] == 0x50 { return text[1] == 0x4C ? .survey(number, .palomarLeiden) : nil }
        guard (0x31...0x33).contains(text[1]), let survey = Survey(rawValue: text[1] - 0x30) else { return nil }
        return .survey(number, survey)
    }

    /// Type, year, half month, two characters of order, then 0, a fragment in lower case, or a minor planet's second letter.
    private static func packedComet(_ text: UnsafeRawBufferPointer) -> Designation? {
        guard let type = CometType(rawValue: text[0]), let year = packedYear(text[1..<4]) else { return nil }
        if text.count == 8, text[7] < 0x61, text[7] != 0x30 {
            guard case .provisional(let one) = packedProvisional(UnsafeRawBufferPointer(rebasing: text[1...])) else {
                return nil
            }
            return .comet(type, one, .none)
        }
        guard let tens = Base62.value(text[5]), (0x30...0x39).contains(text[6]),
            let one = ProvisionalDesignation(
                year: year, halfMonth: text[4], second: nil, order: tens * 10 + Int(text[6] - 0x30))
        else { return nil }
        if text.count == 8, text[7] == 0x30 { return .comet(type, one, .none) }
        let letters = text.dropFirst(7)
        guard letters.allSatisfy({ $0 > 0x60 }), let fragment = CometFragment(letters) else { return nil }
        return .comet(type, one, fragment)
    }

    /// A century letter and two digits; three digits before 1000; a sign and the complement to 99 before our era.
    private static func packedYear(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
        let first = text[text.startIndex]
        if let year = Digits.number(text) { return year > 0 ? year : nil }
        guard let rest = Digits.number(text.dropFirst()) else { return nil }
        switch first {
        case 0x2F: return -(99 - rest)
        case 0x2E: return -(199 - rest)
        case 0x2D: return -(299 - rest)
        default:
            guard let century = Base62.value(first), (10...21).contains(century) else { return nil }
            return century * 100 + rest
        }
    }

    // MARK: Writing

    private static func append(number: Int, to bytes: inout [UInt8]) {
        if number >= 620_000 {
            bytes.append(0x7E)
            Base62.append(number - 620_000, digits: 4, to: &bytes)
        } else {
            bytes.append(Base62.digit(number / 10_000))
            Digits.append(number % 10_000, width: 4, to: &bytes)
        }
    }

    private static func append(_ one: ProvisionalDesignation, fragment: CometFragment, to bytes: inout [UInt8]) {
        if let second = one.second, one.order >= ProvisionalDesignation.longOrder {
            bytes += [0x5F, Base62.digit(one.year - 2000), one.halfMonth]
            let count = (one.order - ProvisionalDesignation.longOrder) * 25 + ProvisionalDesignation.position(second)
            return Base62.append(count, digits: 4, to: &bytes)
        }
        append(year: one.year, to: &bytes)
        bytes += [one.halfMonth, Base62.digit(one.order / 10), UInt8(0x30 + one.order % 10)]
        if let second = one.second {
            bytes.append(second)
        } else {
            bytes += fragment.isNone ? [0x30] : fragment.packed
        }
    }

    private static func append(year: Int, to bytes: inout [UInt8]) {
        switch year {
        case 1000...:
            bytes.append(Base62.digit(year / 100))
            Digits.append(year % 100, width: 2, to: &bytes)
        case 1..<1000: Digits.append(year, width: 3, to: &bytes)
        default:
            let hundreds = -year / 100
            bytes.append([0x2F, 0x2E, 0x2D][hundreds])
            Digits.append(99 - (-year - hundreds * 100), width: 2, to: &bytes)
        }
    }
}
