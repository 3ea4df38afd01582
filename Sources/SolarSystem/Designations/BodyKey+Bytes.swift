/// Keys straight from a file's bytes: no allocation for the forms that make up nearly all of it.
extension BodyKey {
    /// A packed designation without spaces around: of five to eight characters, or the twelve columns of a comet's number,
    /// type and provisional designation or fragment.
    init?(packed: UnsafeRawBufferPointer) {
        if packed.count > 8 {
            self.init(columns: packed)
            return
        }
        guard let designation = Designation(packed: packed) else { return nil }
        switch designation {
        case .number(let number): self.init(number: UInt32(number))
        case .numberedComet:
            guard let key = BodyKey(designation) else { return nil }
            self = key
        case .provisional, .survey, .comet:
            // The packed form is the only one of its designation.
            guard let ascii = BodyKey.ascii(packed) else { return nil }
            self.init(provisional: ascii)
        }
    }

    /// Columns 1–4 number, 5 type, 6–12 packed provisional designation or right-aligned fragment; parts may be blank.
    init?(columns text: UnsafeRawBufferPointer) {
        guard text.count >= 9, text.count <= 12, let type = CometType(rawValue: text[4]) else { return nil }
        let number = DecimalBytes.integer(UnsafeRawBufferPointer(rebasing: text[0..<4]))
        let rest = DecimalBytes.trim(UnsafeRawBufferPointer(rebasing: text[5...]))
        var provisional: UInt64 = 0
        if rest.count == 7 {
            guard let ascii = BodyKey.ascii([type.rawValue] + rest), let key = BodyKey(packedComet: ascii) else {
                return nil
            }
            provisional = key.provisional
        } else if !rest.isEmpty {
            guard number != nil, let fragment = CometFragment(rest), let ascii = BodyKey.ascii(fragment.packed) else {
                return nil
            }
            provisional = ascii
        }
        guard let number, number > 0 else {
            guard provisional != 0 else { return nil }
            self.init(provisional: provisional)
            return
        }
        self.init(number: UInt32(type.rawValue) << 24 | UInt32(number), provisional: provisional)
    }

    private init?(packedComet ascii: UInt64) {
        guard BodyKey.bytes(ascii).withUnsafeBytes({ Designation(packed: $0) }) != nil else { return nil }
        self.init(provisional: ascii)
    }

    /// The packed form of a plain provisional designation (`2006 TK6`, `A904 OA`, `2040 P-L`, `C/2020 F3`); nil for others.
    static func provisional(plain text: UnsafeRawBufferPointer) -> UInt64? {
        guard text.count >= 6, text[0] &- 0x30 < 10 || text[0] == 0x41 || text[1] == 0x2F else { return nil }
        if let quick = quick(text) { return quick }
        guard let designation = Designation(unpacked: String(decoding: text, as: UTF8.self)) else { return nil }
        let key = BodyKey(designation)
        return key?.number == 0 ? key?.provisional : nil
    }

    /// Years from 1925 on, orders below 620.
    private static func quick(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard text.count >= 7, text.count <= 10, text[4] == 0x20, let year = Digits.number(text[0..<4]),
            (1925...2199).contains(year), isLetter(text[5]), text[5] != 0x5A, isLetter(text[6])
        else { return nil }
        let digits = text[7...]
        guard digits.isEmpty || text[7] != 0x30, let order = digits.isEmpty ? 0 : Digits.number(digits), order < 620
        else { return nil }
        var ascii = UInt64(Base62.digit(year / 100))
        ascii = ascii << 8 | UInt64(0x30 + year / 10 % 10)
        ascii = ascii << 8 | UInt64(0x30 + year % 10)
        ascii = ascii << 8 | UInt64(text[5])
        ascii = ascii << 8 | UInt64(Base62.digit(order / 10))
        ascii = ascii << 8 | UInt64(0x30 + order % 10)
        return ascii << 8 | UInt64(text[6])
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A && byte != 0x49 }
}
