import Avro
import Core

/// Random schemas and values of them, from a seed.
struct RandomAvro {
    var random: SeededRandom
    /// Of a hundred unions that may be null, how many are for certain.
    var nullShare = 0
    private var names = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func schema() -> JSONValue { record(depth: 0) }

    private mutating func newName() -> JSONMember {
        names += 1
        return JSONMember("name", .string("n\(names)"))
    }

    private mutating func type(depth: Int, inUnion: Bool = false) -> JSONValue {
        let primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
        let choice = below(depth > 3 ? 8 : inUnion ? 13 : 15)
        switch choice {
        case 0..<8: return .string(primitives[choice])
        case 8: return .object([JSONMember("type", .string("array")), JSONMember("items", type(depth: depth + 1))])
        case 9: return .object([JSONMember("type", .string("map")), JSONMember("values", type(depth: depth + 1))])
        case 10:
            let symbols = (0...below(4)).map { JSONValue.string("S\($0)") }
            return .object([JSONMember("type", .string("enum")), newName(), JSONMember("symbols", .array(symbols))])
        case 11:
            return .object([
                JSONMember("type", .string("fixed")), newName(), JSONMember("size", .number(String(1 + below(20)))),
            ])
        case 12: return record(depth: depth + 1)
        default: return union(depth: depth)
        }
    }

    private mutating func record(depth: Int) -> JSONValue {
        let name = newName()
        let fields = (0...below(6)).map { index in
            JSONValue.object([JSONMember("name", .string("f\(index)")), JSONMember("type", type(depth: depth))])
        }
        return .object([JSONMember("type", .string("record")), name, JSONMember("fields", .array(fields))])
    }

    private mutating func union(depth: Int) -> JSONValue {
        var branches: [JSONValue] = []
        var seen: Set<String> = []
        for _ in 0...below(4) {
            let branch = type(depth: depth + 1, inUnion: true)
            let key = branch["name"]?.text ?? branch["type"]?.text ?? branch.text ?? ""
            if seen.insert(key).inserted { branches.append(branch) }
        }
        return .array(branches)
    }

    mutating func value(_ schema: AvroSchema, _ node: Int) -> AvroValue {
        switch schema[node].kind {
        case .null: return .null
        case .boolean: return .boolean(below(2) == 1)
        case .int: return .int(Int32(truncatingIfNeeded: integer()))
        case .long: return .long(integer())
        case .float: return .float(Float(random.normal()))
        case .double: return .double(random.normal() * 1e10)
        case .bytes: return .bytes(bytes(below(40)))
        case .string: return .string(String((0..<below(12)).map { _ in Character(["a", "é", "☉", "z"][below(4)]) }))
        case .fixed(let fixed): return .fixed(bytes(fixed.size))
        case .enumeration(let type): return .enumeration(type.symbols[below(type.symbols.count)])
        case .array(let items): return .array((0..<below(5)).map { _ in value(schema, items) })
        case .map(let values): return .map((0..<below(4)).map { AvroMember("k\($0)", value(schema, values)) })
        case .union(let branches):
            let null = branches.firstIndex { if case .null = schema[$0].kind { true } else { false } }
            if let null, nullShare > 0, below(100) < nullShare { return .union(null, .null) }
            let index = below(branches.count)
            return .union(index, value(schema, branches[index]))
        case .record(let record):
            return .record(record.fields.map { AvroMember($0.name, value(schema, $0.type)) })
        }
    }

    /// Integers of all lengths, ends included.
    private mutating func integer() -> Int64 {
        switch below(6) {
        case 0: .min
        case 1: .max
        default: Int64(bitPattern: random.next()) >> Int64(below(64))
        }
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }

    /// Some bytes changed, cut, doubled or inserted.
    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...below(3) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(6) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[place] ^= 1 << UInt8(below(8))
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert([0x00, 0x01, 0x02, 0x7F, 0x80, 0xFF][below(6)], at: place)
            case 4:
                bytes.replaceSubrange(place..<min(place + 10, bytes.count), with: [UInt8](repeating: 0xFF, count: 10))
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }
}
