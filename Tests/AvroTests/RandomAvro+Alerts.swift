import Avro
import Core

/// Alerts and files of alerts, from a seed.
extension RandomAvro {
    /// An alert of a bundled schema as a Confluent message; histories of up to 4 points.
    mutating func alert(schemaID: Int32) throws -> [UInt8] {
        let schema = try SchemaStore().schema(id: schemaID)
        let body = try AvroEncoder(schema: schema).encode(value(schema, schema.root))
        return ConfluentFrame(schemaID: schemaID).header + body
    }

    /// An alert in which most of what may be null is.
    mutating func smallAlert(schemaID: Int32) throws -> [UInt8] {
        let schema = try SchemaStore().schema(id: schemaID)
        nullShare = 95
        defer { nullShare = 0 }
        let body = try AvroEncoder(schema: schema).encode(value(schema, schema.root))
        return ConfluentFrame(schemaID: schemaID).header + body
    }

    /// One of both: the small ones are quick to make.
    mutating func anyAlert(schemaID: Int32) throws -> [UInt8] {
        try below(3) == 0 ? alert(schemaID: schemaID) : smallAlert(schemaID: schemaID)
    }

    /// A container of any codec, or frames with lengths.
    mutating func alertFile() throws -> [UInt8] {
        let schema = try AvroSchema(json: #"{"type":"record","name":"R","fields":[{"name":"s","type":"string"}]}"#)
        let bodies = try (0..<1 + below(8)).map { _ in
            try AvroEncoder(schema: schema).encode(value(schema, schema.root))
        }
        guard below(4) > 0 else {
            return bodies.flatMap { body -> [UInt8] in
                [0, 0, 0, UInt8(body.count + 5)] + ConfluentFrame(schemaID: 1101).header + body
            }
        }
        let codec = AvroCodec.allCases[below(AvroCodec.allCases.count)]
        var writer = AvroContainerWriter(schema: schema, codec: codec, blockBytes: 1 + below(64))
        for body in bodies { writer.append(body) }
        writer.closeBlock()
        return writer.drain()
    }
}
