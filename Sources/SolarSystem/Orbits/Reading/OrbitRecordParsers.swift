/// Reads records of one format.
protocol OrbitRecordParser {
    mutating func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict
}

struct MPCORBParser: OrbitRecordParser {
    func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        MPCORBLine.parse(record, into: &draft)
    }
}

struct CometElsParser: OrbitRecordParser {
    func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        CometElsLine.parse(record, into: &draft)
    }
}

/// Rows of a CSV table with a header: ours, or `mpc_orbits`.
struct ElementsCSVParser: OrbitRecordParser {
    /// Of each column; nil where it says nothing of the orbit.
    private let columns: [ElementField?]
    private var fields: ElementFields
    private var unquoted: [UInt8] = []

    /// Nil when the header is no header of such a table: it must name designation, eccentricity, angles and epoch.
    init?(header: UnsafeRawBufferPointer) {
        var columns: [ElementField?] = []
        var isPlain = false
        var position = 0
        while position <= header.count {
            let field = CSVField(header, &position)
            let trimmed = DecimalBytes.trim(field.bytes)
            let lower = trimmed.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            let found = lower.withUnsafeBytes { ElementField(name: $0) }
            // The second column of the same meaning is left alone: `designation` comes twice in mpc_orbits.
            columns.append(found.flatMap { columns.contains($0) ? nil : $0 })
            if lower.elementsEqual("tp_mjd_tt".utf8) { isPlain = true }
        }
        let named = Set(columns.compactMap { $0 })
        let isNamed = named.contains(.designation) || named.contains(.packed) || named.contains(.name)
        let hasShape =
            named.isSuperset(of: [.q, .timeOfPerihelion]) || named.isSuperset(of: [.semiMajorAxis, .meanAnomaly])
            || named.contains(.fit)
        guard isNamed, hasShape, named.isSuperset(of: [.e, .inclination, .node, .argPeri, .epoch]) else { return nil }
        self.columns = columns
        fields = ElementFields(usesPlainUnits: isPlain)
    }

    mutating func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        if DecimalBytes.trim(record).isEmpty || record[0] == 0x23 { return .empty }
        fields.reset()
        var position = 0
        var count = 0
        while position <= record.count {
            let field = CSVField(record, &position)
            defer { count += 1 }
            guard count < columns.count, let meaning = columns[count] else { continue }
            if meaning == .fit {
                fields.fit = field.unquoted
            } else if field.isQuoted, field.bytes.contains(0x22) {
                unquoted = field.unquoted
                let isRead = unquoted.withUnsafeBytes { fields.take(meaning, $0) }
                guard isRead else { return .bad("column \(count + 1) is not a number") }
            } else if !fields.take(meaning, field.bytes) {
                let text = String(decoding: field.bytes.prefix(40), as: UTF8.self)
                return .bad("column \(count + 1) is not a number: \"\(text)\"")
            }
        }
        guard count == columns.count else { return .bad("\(count) columns instead of \(columns.count)") }
        if fields.usesPlainUnits { draft.given = [fields.designation, fields.packed, fields.name].first { !$0.isEmpty } ?? [] }
        return fields.fill(&draft)
    }
}

/// One field of a CSV record (RFC 4180).
struct CSVField {
    /// Without the quotes around; doubled quotes inside are still there.
    let bytes: UnsafeRawBufferPointer
    let isQuoted: Bool

    /// Reads the field at `position` and moves behind its comma; behind the record's end after the last field.
    init(_ record: UnsafeRawBufferPointer, _ position: inout Int) {
        let start = position
        guard start < record.count, record[start] == 0x22 else {
            while position < record.count, record[position] != 0x2C { position += 1 }
            bytes = UnsafeRawBufferPointer(rebasing: record[start..<position])
            isQuoted = false
            position += 1
            return
        }
        position += 1
        while position < record.count {
            if record[position] == 0x22 {
                guard position + 1 < record.count, record[position + 1] == 0x22 else { break }
                position += 1
            }
            position += 1
        }
        let end = min(position, record.count)
        bytes = UnsafeRawBufferPointer(rebasing: record[(start + 1)..<max(end, start + 1)])
        isQuoted = true
        while position < record.count, record[position] != 0x2C { position += 1 }
        position += 1
    }

    var unquoted: [UInt8] {
        guard isQuoted, bytes.contains(0x22) else { return Array(bytes) }
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            result.append(bytes[position])
            position += bytes[position] == 0x22 ? 2 : 1
        }
        return result
    }
}

/// Objects of `mpc_orbits` as JSON, the fit nested, quoted, or by itself.
struct MPCOrbitsJSONParser: OrbitRecordParser {
    private var fields = ElementFields(usesPlainUnits: false)
    private var memo = KeyMemo { ElementField(name: $0) }

    mutating func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        var (fields, memo) = (self.fields, self.memo)
        defer { (self.fields, self.memo) = (fields, memo) }
        fields.reset()
        var wrong: String?
        var isBareFit = false
        var index = 0
        let isWhole = JSONCursor.members(of: record) { key, value in
            defer { index += 1 }
            guard let field = memo.meaning(of: key, at: index) else {
                if key.isText("CAR") || key.isText("COM") { isBareFit = true }
                return
            }
            switch field {
            case .fit:
                if value.kind == .object { fields.fit = Array(value.bytes) }
                if value.kind == .string { fields.fit = value.unescaped }
            case .state: fields.state = JSONCursor.numbers(of: value)
            case .stateCovariance: fields.stateCovariance = Self.matrix(value)
            default:
                guard let text = value.text else { return }
                if !fields.take(field, text) { wrong = String(decoding: key, as: UTF8.self) }
            }
        }
        guard isWhole else { return .bad("the object is not well-formed JSON") }
        if let wrong { return .bad("\(wrong) is not a number") }
        if isBareFit { fields.fit = Array(record) }
        return fields.fill(&draft)
    }

    /// An array of rows, row by row.
    private static func matrix(_ value: JSONValue) -> [Double]? {
        guard value.kind == .array else { return nil }
        var numbers: [Double] = []
        let isWhole = JSONCursor.elements(of: value.bytes) { row in numbers += JSONCursor.numbers(of: row) ?? [] }
        return isWhole ? numbers : nil
    }
}
