import Avro
import Core
import Testing

/// Ways to write the same alert: null last in a union, blocks with byte sizes, nulls in other places than before.
@Suite struct AlertShapeTests {
    private static let text = """
        {"type":"record","name":"alert","namespace":"t","fields":[
         {"name":"diaSourceId","type":"long"},
         {"name":"diaSource","type":{"type":"record","name":"s","fields":[
          {"name":"diaSourceId","type":"long"},{"name":"midpointMjdTai","type":"double"},
          {"name":"ra","type":["double","null"]},{"name":"dec","type":["null","double"]},
          {"name":"psfFlux","type":["float","null"]},{"name":"psfFluxErr","type":["null","float"]},
          {"name":"isDipole","type":["boolean","null"]},{"name":"isNegative","type":["null","boolean"]},
          {"name":"visit","type":["long","null"]},{"name":"detector","type":["int","null"]},
          {"name":"band","type":["string","null"]},{"name":"snr","type":"float"}]}},
         {"name":"prvDiaSources","type":[{"type":"array","items":"s"},"null"]},
         {"name":"prvDiaForcedSources","type":["null",{"type":"array","items":
          {"type":"record","name":"f","fields":[{"name":"diaForcedSourceId","type":"long"},
          {"name":"psfFlux","type":["float","null"]}]}}]},
         {"name":"diaObject","type":[{"type":"record","name":"o","fields":[
          {"name":"diaObjectId","type":"long"},{"name":"ra","type":"double"}]},"null"]}]}
        """

    private func json(_ decoder: AlertDecoder, _ body: [UInt8]) throws -> String {
        let batch = AlertBatch(capacity: 2)
        try body.withUnsafeBytes { bytes in
            try decoder.append(
                body: bytes, origin: AlertOrigin(partition: 0, offset: 0), writerSchemaID: 1, to: batch)
        }
        for table in [batch.source, batch.object, batch.packet] { table.fillUnwritten() }
        var writer = TextWriter()
        AlertJSON().write(batch, row: 0, to: &writer)
        return writer.text
    }

    /// The fields of a source whose bit of `nulls` is set are null; values grow with `id`.
    private func source(_ id: Int64, nulls: Int) -> AvroValue {
        var bit = 0
        func optional(_ valueBranch: Int, _ value: AvroValue) -> AvroValue {
            defer { bit += 1 }
            return nulls >> bit & 1 == 1 ? .union(1 - valueBranch, .null) : .union(valueBranch, value)
        }
        let flux = Float(id) + 0.5
        return .record([
            AvroMember("diaSourceId", .long(id)), AvroMember("midpointMjdTai", .double(61000.25 + Double(id))),
            AvroMember("ra", optional(0, .double(10.5))), AvroMember("dec", optional(1, .double(-3.25))),
            AvroMember("psfFlux", optional(0, .float(flux))), AvroMember("psfFluxErr", optional(1, .float(0.25))),
            AvroMember("isDipole", optional(0, .boolean(true))), AvroMember("isNegative", optional(1, .boolean(true))),
            AvroMember("visit", optional(0, .long(77 << 40))), AvroMember("detector", optional(0, .int(150))),
            AvroMember("band", optional(0, .string("r"))), AvroMember("snr", .float(7)),
        ])
    }

    private func alert(_ schema: AvroSchema, id: Int64, nulls: Int) throws -> [UInt8] {
        let forced = (0..<3).map { index in
            AvroValue.record([
                AvroMember("diaForcedSourceId", .long(Int64(index))),
                AvroMember("psfFlux", index == 1 ? .union(1, .null) : .union(0, .float(Float(index)))),
            ])
        }
        let object = AvroValue.record([AvroMember("diaObjectId", .long(5)), AvroMember("ra", .double(1.5))])
        return try AvroEncoder(schema: schema).encode(
            .record([
                AvroMember("diaSourceId", .long(id)), AvroMember("diaSource", source(id, nulls: nulls)),
                AvroMember("prvDiaSources", .union(0, .array([source(1, nulls: 0), source(2, nulls: nulls)]))),
                AvroMember("prvDiaForcedSources", .union(1, .array(forced))),
                AvroMember("diaObject", nulls & 1 == 0 ? .union(0, object) : .union(1, .null)),
            ]))
    }

    /// Whatever was null in the alerts before, each reads as with a decoder of its own, and says what was written.
    @Test func nullsAnywhereReadAlike() throws {
        let schema = try AvroSchema(json: Self.text)
        let warm = try AlertDecoder(schema: schema)
        for nulls in [0, 1, 0b11, 0b100, 0b1111_1111_1, 0b11_0000, 0b100, 0b1_0101_0101, 0, 0b1010_1010] {
            let body = try alert(schema, id: 9, nulls: nulls)
            let text = try json(warm, body)
            #expect(try text == json(AlertDecoder(schema: schema), body), "nulls \(nulls)")
            let value = try JSONReader.parse(Array(text.utf8))
            #expect(value["diaSource"]?["psfFlux"] == (nulls & 4 == 0 ? .number("9.5") : .null), "nulls \(nulls)")
            #expect(value["diaSource"]?["dec"] == (nulls & 2 == 0 ? .number("-3.25") : .null), "nulls \(nulls)")
            #expect((value["diaObject"] == .null) == (nulls & 1 == 1))
            guard case .array(let points)? = value["prvDiaForcedSources"] else {
                Issue.record("no forced points: \(text)")
                continue
            }
            #expect(points.map { $0["psfFlux"] } == [.number("0.0"), .null, .number("2.0")])
        }
    }

    /// One byte changed at every place: a decoder that knows the shape and a new one agree on all of it.
    @Test func aChangedByteIsSeenByTheKnownShapeToo() throws {
        let schema = try AvroSchema(json: Self.text)
        let warm = try AlertDecoder(schema: schema)
        let body = try alert(schema, id: 9, nulls: 0b100)
        _ = try json(warm, body)
        let plain = AvroValueReader(writer: schema)
        for place in body.indices {
            for change in [UInt8(0x01), 0x02, 0x80] {
                var changed = body
                changed[place] ^= change
                let known = try? json(warm, changed)
                #expect(known == (try? json(AlertDecoder(schema: schema), changed)), "byte \(place) ^ \(change)")
                if known == nil { #expect((try? plain.read(changed)) == nil, "byte \(place) ^ \(change)") }
            }
        }
    }

    /// A block may say its size in bytes behind a negative count; it must be the true one.
    @Test func blocksWithByteSizesReadAlike() throws {
        let schema = try AvroSchema(json: Self.text)
        let body = try alert(schema, id: 9, nulls: 0)
        let expected = try json(AlertDecoder(schema: schema), body)
        // The forced array: branch 1, a block of 3 items (id, branch, float; the second null), its end.
        let block: [UInt8] = [0x02, 0x06, 0x00, 0x00, 0, 0, 0, 0, 0x02, 0x02, 0x04, 0x00, 0, 0, 0, 0x40, 0x00]
        let place = try #require(body.indices.first { body[$0...].starts(with: block) })
        func with(count: Int64, size: Int64) -> [UInt8] {
            let items = body[(place + 2)..<(place + block.count)]
            return body[...place] + AvroWriter.long(count) + AvroWriter.long(size) + items
                + body[(place + block.count)...]
        }
        #expect(try json(AlertDecoder(schema: schema), with(count: -3, size: 14)) == expected)
        for (count, size) in [(-3, 13), (-3, 15), (-2, 14), (-3, -14), (Int64.min, 14), (-3, 1 << 40), (-200, 14)] {
            #expect(throws: RecordFault.self, "count \(count), size \(size)") {
                try self.json(AlertDecoder(schema: schema), with(count: Int64(count), size: Int64(size)))
            }
        }
    }

    /// A history longer than what is read at once, whose layout changes now and then or with every point.
    @Test(arguments: [UInt64(1), 2, 3]) func longHistoriesOfMixedLayoutsReadAlike(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let schema = try AvroSchema(json: Self.text)
        let decoders = try [
            AlertDecoder(schema: schema),
            AlertDecoder(
                schema: schema,
                projection: AlertProjection([.detections: ["diaSourceId", "psfFlux", "detector", "band", "isNegative"]])),
        ]
        for _ in 0..<6 {
            let stay = 1 + random.next() % 40
            var nulls = 0
            let points = (0..<Int(random.next() % 300)).map { _ in
                if random.next() % stay == 0 { nulls = Int(random.next() % 512) & Int(random.next() % 512) }
                return (id: Int64(bitPattern: random.next()) >> Int64(random.next() % 64), nulls: nulls)
            }
            let body = try AvroEncoder(schema: schema).encode(
                .record([
                    AvroMember("diaSourceId", .long(9)), AvroMember("diaSource", source(9, nulls: 0)),
                    AvroMember(
                        "prvDiaSources", .union(0, .array(points.map { source($0.id, nulls: $0.nulls) }))),
                    AvroMember("prvDiaForcedSources", .union(0, .null)),
                    AvroMember("diaObject", .union(1, .null)),
                ]))
            for (index, decoder) in decoders.enumerated() {
                let batch = AlertBatch(capacity: 2)
                try body.withUnsafeBytes { bytes in
                    try decoder.append(
                        body: bytes, origin: AlertOrigin(partition: 0, offset: 0), writerSchemaID: 1, to: batch)
                }
                let table = batch.detections.table
                #expect(table.rowCount == points.count)
                for (row, point) in points.enumerated() {
                    func isGiven(_ bit: Int) -> Bool { point.nulls >> bit & 1 == 0 }
                    #expect(table.column("diaSourceId").int64(row) == point.id)
                    #expect(table.column("psfFlux").float(row) == (isGiven(2) ? Float(point.id) + 0.5 : nil))
                    #expect(table.column("isNegative").bool(row) == (isGiven(5) ? true : nil))
                    #expect(table.column("detector").int32(row) == (isGiven(7) ? 150 : nil))
                    #expect(table.string("band", row) == (isGiven(8) ? "r" : nil))
                    guard index == 0 else { continue }
                    #expect(table.column("dec").double(row) == (isGiven(1) ? -3.25 : nil))
                    #expect(table.column("visit").int64(row) == (isGiven(6) ? 77 << 40 : nil))
                    #expect(table.column("snr").float(row) == 7)
                }
            }
        }
    }
}
