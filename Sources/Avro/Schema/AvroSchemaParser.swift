import Core

/// Reads the JSON form of a schema (Avro 1.11 specification, "Schema Declaration").
///
/// Strict in what decides the bytes (types, names, unions), lenient in what does not (defaults, docs, unknown attributes).
struct AvroSchemaParser {
    /// Bounds on what a stranger may ask us to hold.
    enum Limits {
        static let textBytes = 4 << 20
        static let depth = 64
        static let nodes = 50_000
        static let fieldsPerRecord = 10_000
        static let fixedBytes = 1 << 24
    }

    private(set) var nodes: [AvroNode] = []
    private var primitives: [String: Int] = [:]
    private var named: [String: Int] = [:]

    mutating func parse(_ json: JSONValue, namespace: String, depth: Int) throws(RecordFault) -> Int {
        guard depth <= Limits.depth else { throw fault("types are nested deeper than \(Limits.depth)") }
        switch json {
        case .string(let name): return try reference(name, namespace: namespace)
        case .array(let branches): return try union(branches, namespace: namespace, depth: depth)
        case .object: return try declaration(json, namespace: namespace, depth: depth)
        default: throw fault("a type must be a name, an array or an object, not \(json.json.prefix(40))")
        }
    }

    func fault(_ detail: String) -> RecordFault { RecordFault(.schema, detail) }

    mutating func add(_ node: AvroNode) throws(RecordFault) -> Int {
        guard nodes.count < Limits.nodes else { throw fault("more than \(Limits.nodes) types") }
        nodes.append(node)
        return nodes.count - 1
    }

    static func primitive(_ name: String) -> AvroKind? {
        switch name {
        case "null": .null
        case "boolean": .boolean
        case "int": .int
        case "long": .long
        case "float": .float
        case "double": .double
        case "bytes": .bytes
        case "string": .string
        default: nil
        }
    }

    private mutating func reference(_ name: String, namespace: String) throws(RecordFault) -> Int {
        if let kind = AvroSchemaParser.primitive(name) {
            if let known = primitives[name] { return known }
            let id = try add(AvroNode(kind))
            primitives[name] = id
            return id
        }
        let qualified = name.contains(".") || namespace.isEmpty ? name : namespace + "." + name
        guard let id = named[qualified] ?? named[name] else {
            throw fault("the type \"\(name)\" is not defined before its use")
        }
        return id
    }

    private mutating func union(_ branches: [JSONValue], namespace: String, depth: Int) throws(RecordFault) -> Int {
        var ids: [Int] = []
        var seen: Set<String> = []
        for branch in branches {
            let id = try parse(branch, namespace: namespace, depth: depth + 1)
            let kind = nodes[id].kind
            if case .union = kind { throw fault("a union directly inside a union") }
            guard seen.insert(kind.definedName?.full ?? kind.typeName).inserted else {
                throw fault("the type \(kind.definedName?.full ?? kind.typeName) occurs twice in a union")
            }
            ids.append(id)
        }
        return try add(AvroNode(.union(ids)))
    }

    private mutating func declaration(_ json: JSONValue, namespace: String, depth: Int) throws(RecordFault) -> Int {
        guard let type = json["type"] else { throw fault("an object without \"type\"") }
        guard let name = type.text else { return try parse(type, namespace: namespace, depth: depth + 1) }
        switch name {
        case "record", "error": return try record(json, namespace: namespace, depth: depth)
        case "enum": return try enumeration(json, namespace: namespace)
        case "fixed": return try fixed(json, namespace: namespace)
        case "array":
            guard let items = json["items"] else { throw fault("an array without \"items\"") }
            return try add(AvroNode(.array(items: try parse(items, namespace: namespace, depth: depth + 1))))
        case "map":
            guard let values = json["values"] else { throw fault("a map without \"values\"") }
            return try add(AvroNode(.map(values: try parse(values, namespace: namespace, depth: depth + 1))))
        default:
            guard let kind = AvroSchemaParser.primitive(name), let logical = logicalType(json, of: kind) else {
                return try reference(name, namespace: namespace)
            }
            return try add(AvroNode(kind, logicalType: logical))
        }
    }

    // MARK: Named types

    private func definedName(_ json: JSONValue, namespace: String) throws(RecordFault) -> AvroName {
        guard let name = json["name"]?.text else { throw fault("a named type without \"name\"") }
        let space = json["namespace"]?.text ?? namespace
        let full = name.contains(".") || space.isEmpty ? name : space + "." + name
        guard full.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(AvroSchemaParser.isName) else {
            throw fault("\"\(full)\" is not a name")
        }
        guard AvroSchemaParser.primitive(full) == nil else {
            throw fault("\"\(full)\" is the name of a primitive type")
        }
        guard named[full] == nil else { throw fault("the type \"\(full)\" is defined twice") }
        return AvroName(full: full)
    }

    static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first == 0x5F || isLetter(first) else { return false }
        return text.utf8.allSatisfy { $0 == 0x5F || isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }

    private func aliases(_ json: JSONValue, of name: AvroName) -> [AvroName] {
        guard case .array(let names)? = json["aliases"] else { return [] }
        return names.compactMap(\.text).map { alias in
            AvroName(full: alias.contains(".") || name.namespace.isEmpty ? alias : name.namespace + "." + alias)
        }
    }

    private mutating func record(_ json: JSONValue, namespace: String, depth: Int) throws(RecordFault) -> Int {
        let name = try definedName(json, namespace: namespace)
        guard case .array(let members)? = json["fields"] else {
            throw fault("the record \(name.full) has no \"fields\"")
        }
        guard members.count <= Limits.fieldsPerRecord else {
            throw fault("the record \(name.full) has more than \(Limits.fieldsPerRecord) fields")
        }
        // The place is taken first, so that the fields can refer to the record itself.
        let id = try add(AvroNode(.record(AvroRecord(name: name, aliases: [], doc: nil, fields: []))))
        named[name.full] = id
        var fields: [AvroField] = []
        var seen: Set<String> = []
        for member in members {
            let field = try field(member, of: name, depth: depth)
            guard seen.insert(field.name).inserted else {
                throw fault("\(name.full) has the field \"\(field.name)\" twice")
            }
            fields.append(field)
        }
        let record = AvroRecord(name: name, aliases: aliases(json, of: name), doc: json["doc"]?.text, fields: fields)
        nodes[id] = AvroNode(.record(record))
        return id
    }

    private mutating func field(_ json: JSONValue, of record: AvroName, depth: Int) throws(RecordFault) -> AvroField {
        guard let name = json["name"]?.text, AvroSchemaParser.isName(name[...]) else {
            throw fault("a field of \(record.full) without a valid \"name\"")
        }
        guard let type = json["type"] else { throw fault("the field \(record.full).\(name) has no \"type\"") }
        var aliases: [String] = []
        if case .array(let names)? = json["aliases"] { aliases = names.compactMap(\.text) }
        return AvroField(
            name: name, aliases: aliases, doc: json["doc"]?.text,
            type: try parse(type, namespace: record.namespace, depth: depth + 1), defaultValue: json["default"])
    }

    private mutating func enumeration(_ json: JSONValue, namespace: String) throws(RecordFault) -> Int {
        let name = try definedName(json, namespace: namespace)
        guard case .array(let values)? = json["symbols"] else {
            throw fault("the enum \(name.full) has no \"symbols\"")
        }
        let symbols = values.compactMap(\.text)
        guard symbols.count == values.count, Set(symbols).count == symbols.count,
            symbols.allSatisfy({ AvroSchemaParser.isName($0[...]) })
        else { throw fault("the symbols of \(name.full) are not distinct names") }
        let known = json["default"]?.text.flatMap { symbols.contains($0) ? $0 : nil }
        let enumeration = AvroEnumeration(
            name: name, aliases: aliases(json, of: name), doc: json["doc"]?.text, symbols: symbols, defaultSymbol: known
        )
        let id = try add(AvroNode(.enumeration(enumeration)))
        named[name.full] = id
        return id
    }

    private mutating func fixed(_ json: JSONValue, namespace: String) throws(RecordFault) -> Int {
        let name = try definedName(json, namespace: namespace)
        guard let size = json["size"]?.integer, size >= 0, size <= Limits.fixedBytes else {
            throw fault("the fixed \(name.full) has no \"size\" between 0 and \(Limits.fixedBytes)")
        }
        let fixed = AvroFixed(name: name, aliases: aliases(json, of: name), size: Int(size))
        let id = try add(AvroNode(.fixed(fixed), logicalType: logicalType(json, of: .fixed(fixed))))
        named[name.full] = id
        return id
    }

    /// A logical type that does not fit its type is ignored, as the specification asks.
    private func logicalType(_ json: JSONValue, of kind: AvroKind) -> AvroLogicalType? {
        guard let name = json["logicalType"]?.text else { return nil }
        switch (name, kind) {
        case ("decimal", .bytes), ("decimal", .fixed):
            guard let precision = json["precision"]?.integer, precision > 0, precision < 1 << 20 else { return nil }
            let scale = json["scale"]?.integer ?? 0
            return scale >= 0 && scale <= precision ? .decimal(precision: Int(precision), scale: Int(scale)) : nil
        case ("uuid", .string), ("date", .int), ("time-millis", .int), ("time-micros", .long),
            ("timestamp-millis", .long),
            ("timestamp-micros", .long), ("local-timestamp-millis", .long), ("local-timestamp-micros", .long):
            return AvroLogicalType.plainNames.first { $0.0 == name }?.1
        case ("duration", .fixed(let fixed)): return fixed.size == 12 ? .duration : nil
        default: return nil
        }
    }
}

extension AvroSchema {
    /// Reads a schema from its JSON text. Throws a `schema` fault that says what is wrong with it.
    public init(json text: String) throws(RecordFault) { try self.init(json: Array(text.utf8)) }

    public init(json bytes: [UInt8]) throws(RecordFault) {
        guard bytes.count <= AvroSchemaParser.Limits.textBytes else {
            throw RecordFault(.schema, "a schema of \(bytes.count) bytes is above \(AvroSchemaParser.Limits.textBytes)")
        }
        let value: JSONValue
        do {
            value = try JSONReader.parse(bytes)
        } catch {
            // A lone primitive name is a schema too, and some tools write it without quotes.
            let name = String(decoding: bytes, as: UTF8.self)
            guard AvroSchemaParser.primitive(name) != nil else {
                throw RecordFault(.schema, "the schema is not JSON: \(error.detail)", byteOffset: error.byteOffset)
            }
            value = .string(name)
        }
        try self.init(json: value)
    }

    public init(json value: JSONValue) throws(RecordFault) {
        var parser = AvroSchemaParser()
        let root = try parser.parse(value, namespace: "", depth: 0)
        self.init(nodes: parser.nodes, root: root)
    }
}
