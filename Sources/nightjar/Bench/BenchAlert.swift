import Avro
import Core

/// Synthetic alerts of a bundled schema, every field filled, for benchmarks that must not need data files.
struct BenchAlert {
    let schema: AvroSchema
    let schemaID: Int32
    private var random: SeededRandom

    init(schemaID: Int32, seed: UInt64 = 1) {
        guard let schema = BundledSchemas.schema(id: schemaID) else { preconditionFailure("no schema \(schemaID)") }
        self.schema = schema
        self.schemaID = schemaID
        random = SeededRandom(seed: seed)
    }

    /// A Confluent message of an alert of an object, with history and stamps of these sizes.
    mutating func message(detections: Int, forced: Int, cutoutBytes: Int) -> [UInt8] {
        guard let alert = schema.rootRecord else { preconditionFailure("the schema is not a record") }
        let members = alert.fields.map { field in
            AvroMember(field.name, packetValue(field, detections: detections, forced: forced, cutoutBytes: cutoutBytes))
        }
        do {
            return try ConfluentFrame(schemaID: schemaID).header + AvroEncoder(schema: schema).encode(.record(members))
        } catch {
            preconditionFailure("the synthetic alert does not fit its schema: \(error)")
        }
    }

    private mutating func packetValue(_ field: AvroField, detections: Int, forced: Int, cutoutBytes: Int) -> AvroValue {
        switch field.name {
        case "prvDiaSources": .union(1, .array(items(of: field, detections)))
        case "prvDiaForcedSources": .union(1, .array(items(of: field, forced)))
        case "ssSource", "mpc_orbits": .union(0, .null)
        case "cutoutDifference", "cutoutScience", "cutoutTemplate":
            cutoutBytes == 0
                ? .union(0, .null)
                : .union(1, .bytes((0..<cutoutBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }))
        default: value(field.type, field.name)
        }
    }

    private mutating func items(of field: AvroField, _ count: Int) -> [AvroValue] {
        guard case .union(let branches) = schema[field.type].kind, case .array(let item) = schema[branches[1]].kind
        else {
            preconditionFailure("\(field.name) is not an optional array")
        }
        return (0..<count).map { _ in value(item, field.name) }
    }

    private mutating func value(_ node: Int, _ name: String) -> AvroValue {
        switch schema[node].kind {
        case .boolean: .boolean(random.next() & 1 == 1)
        case .int: .int(Int32(random.next() % 200))
        case .long: .long(169_813_006_395_375_644 + Int64(random.next() % 1_000_000_000))
        case .float: .float(Float(random.normal() * 1000))
        case .double: .double(random.uniform() * 360)
        case .string: .string(name == "band" ? "r" : "no")
        case .record(let record): .record(record.fields.map { AvroMember($0.name, value($0.type, $0.name)) })
        case .union(let branches): .union(1, value(branches[1], name))
        default: .null
        }
    }
}
