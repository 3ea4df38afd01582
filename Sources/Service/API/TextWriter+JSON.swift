import Core

/// JSON objects, member by member.
extension TextWriter {
    /// `"name":`, with a comma before it unless it is the first member; names are our own and need no escapes.
    mutating func append(member name: StaticString, isFirst: Bool = false) {
        if !isFirst { append(byte: 0x2C) }
        append(byte: 0x22)
        append(name)
        append("\":")
    }

    /// A 64-bit id as a string, none as null.
    mutating func append(id: some Identifier) {
        guard !id.isNone else { return append("null") }
        append(byte: 0x22)
        append(integer: id.rawValue)
        append(byte: 0x22)
    }

    mutating func append(time: MJD) { append(double: time.days) }

    mutating func append(timestamp time: MJD) {
        append(byte: 0x22)
        append(string: ISO8601.text(unixSecondsUTC: time.unixSecondsUTC))
        append(byte: 0x22)
    }

    mutating func append(optional value: Double?) {
        if let value { append(double: value) } else { append("null") }
    }
}
