import Core
import Testing

@testable import Storage

@Suite struct CodecTests {
    @Test func rowsComeBackCellByCell() throws {
        for schema in [Tables.diaSource, Tables.diaForcedSource, Tables.diaObject, Tables.ssSource, Tables.mpcOrbits] {
            var maker = AlertMaker(seed: 21)
            let records = (0..<50).map { _ in maker.record(schema, [:]) }
            let table = ColumnTable(schema: schema)
            for record in records { AlertMaker.append(record, to: table) }
            let back = ColumnTable(schema: schema)
            let writer = RowWriter(table)
            for row in records.indices {
                let bytes = ByteWriter()
                writer.write(row, to: bytes)
                var reader = ByteReader(bytes.bytes)
                try RowReader(schema).read(&reader, into: back)
                #expect(reader.isAtEnd)
                #expect(AlertMaker.read(back, row) == records[row])
            }
        }
    }

    private func forcedTable(seed: UInt64, count: Int) -> (ColumnTable, [Int64]) {
        var maker = AlertMaker(seed: seed)
        let table = ColumnTable(schema: Tables.diaForcedSource)
        for _ in 0..<count { AlertMaker.append(maker.record(Tables.diaForcedSource, [:]), to: table) }
        return (table, (0..<count).map { _ in Int64.random(in: 0...Int64.max, using: &maker.random) })
    }

    @Test func blocksAreLosslessWhateverTheyHold() throws {
        for seed in UInt64(1)...20 {
            let (table, knownFrom) = forcedTable(seed: seed, count: Int(seed) * 3 - 3)
            let bytes = ByteWriter()
            LightCurveBlockWriter().write(table, rows: Array(0..<table.rowCount), knownFrom: knownFrom, to: bytes)
            let block = try LightCurveBlock.read(bytes.bytes, Zstd())
            #expect(block.knownFrom == knownFrom)
            for row in 0..<table.rowCount { #expect(AlertMaker.read(block.table, row) == AlertMaker.read(table, row)) }
        }
    }

    @Test func tableBlocksComeBackCellByCell() throws {
        for schema in [Tables.diaSource, Tables.mpcOrbits] {
            var maker = AlertMaker(seed: 22)
            let table = ColumnTable(schema: schema)
            for _ in 0..<40 { AlertMaker.append(maker.record(schema, [:]), to: table) }
            let rows = Array(stride(from: 0, to: 40, by: 3))
            let bytes = ByteWriter()
            TableBlockWriter().write(table, rows: rows, to: bytes)
            var reader = ByteReader(bytes.bytes)
            let back = try TableBlockReader.read(&reader, schema: schema, named: schema.name)
            for (index, row) in rows.enumerated() {
                #expect(AlertMaker.read(back, index) == AlertMaker.read(table, row))
            }
        }
    }

    /// Bytes that were changed or cut are an error or other values, never a trap.
    @Test func damagedBytesNeverTrap() throws {
        let (table, knownFrom) = forcedTable(seed: 23, count: 30)
        let block = ByteWriter()
        LightCurveBlockWriter().write(table, rows: Array(0..<30), knownFrom: knownFrom, to: block)
        let row = ByteWriter()
        RowWriter(table).write(3, to: row)
        let tableBlock = ByteWriter()
        TableBlockWriter().write(table, rows: Array(0..<30), to: tableBlock)
        let record = ByteWriter()
        var object = ObjectRecord(
            diaObjectId: DiaObjectID(rawValue: 5), home: Home(rawValue: 6), ra: 1, dec: 2,
            firstKnown: CommitSeq(rawValue: 3))
        object.add(
            KnownPoint(key: PointKey(detection: DiaSourceID(rawValue: 9)), contentHash: 8, midpoint: MJD(61_000)))
        object.statistics[2].add(flux: 5, fluxErr: 1, midpoint: MJD(61_000))
        ObjectRecordCodec.write(object, to: record)
        // NaN differs from itself: compare as text.
        #expect("\(try ObjectRecordCodec.read(record.bytes, id: object.diaObjectId))" == "\(object)")
        var random = SeededRandom(seed: 24)
        var refused = 0
        for _ in 0..<600 {
            refused += damage(block.array, &random) { _ = try LightCurveBlock.read($0, Zstd()) }
            refused += damage(row.array, &random) {
                var reader = ByteReader($0)
                try RowReader(Tables.diaForcedSource).read(&reader, into: ColumnTable(schema: Tables.diaForcedSource))
            }
            refused += damage(tableBlock.array, &random) {
                var reader = ByteReader($0)
                _ = try TableBlockReader.read(&reader, schema: nil, named: "any")
            }
            refused += damage(record.array, &random) { _ = try ObjectRecordCodec.read($0, id: object.diaObjectId) }
            // The same damage behind a checksum that fits: the body's own checks must hold.
            var bytes = block.array
            bytes[Int.random(in: 4..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            let checksum = bytes[4...].withUnsafeBytes { Checksum.crc32($0) }
            withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
            bytes.withUnsafeBytes { raw in _ = try? LightCurveBlock.read(raw, Zstd()) }
        }
        #expect(refused > 600)
    }

    private func damage(
        _ bytes: [UInt8], _ random: inout SeededRandom, _ read: (UnsafeRawBufferPointer) throws -> Void
    ) -> Int {
        var copy = bytes
        if Bool.random(using: &random) {
            copy.removeLast(Int.random(in: 1...copy.count, using: &random))
        } else {
            copy[Int.random(in: 0..<copy.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        }
        do {
            try copy.withUnsafeBytes { try read($0) }
            return 0
        } catch { return 1 }
    }

    @Test func packetPartsSplitAndJoin() throws {
        // A union's branch 1, length 5 (zigzag 10), five bytes; twice, with other bytes around.
        let head: [UInt8] = [9, 8, 7]
        let cutout: [UInt8] = [2, 10, 1, 2, 3, 4, 5]
        let message = head + cutout + [6] + cutout
        let arena = ByteArena()
        _ = arena.append("before")
        let reference = message.withUnsafeBytes { arena.append($0) }
        let cutouts = [5, 13].map { ByteReference(offset: reference.offset + UInt32($0), length: 5) }
        let packet = ByteWriter()
        let taken = ByteWriter()
        #expect(PacketParts.split(reference, cutouts: cutouts, arena: arena, packet: packet, taken: taken))
        #expect(packet.array == head + [0, 6, 0])
        #expect(try PacketParts.join(packet.array, taken.array) == message)
    }
}

extension CodecTests {
    /// Ids of two real forced points: what visit and detector tell leaves a prefix and a small count.
    @Test func idsFollowFromVisitAndDetector() {
        let prefix: Int64 = 274_877_906_944 << 19
        #expect(170_094_456_358_831_085 - ForcedLayout.idStart(visit: 2_026_030_500_056, detector: 49) == prefix + 1005)
        #expect(170_107_689_059_221_906 - ForcedLayout.idStart(visit: 2_026_030_800_343, detector: 126) == prefix + 402)
        #expect(ForcedLayout.idStart(visit: .min, detector: .min) != ForcedLayout.idStart(visit: .max, detector: .max))
    }
}

/// Statistics in object records.
extension CodecTests {
    private func record() -> ObjectRecord {
        ObjectRecord(
            diaObjectId: DiaObjectID(rawValue: 5), home: Home(rawValue: 6), ra: 1, dec: 2,
            firstKnown: CommitSeq(rawValue: 3))
    }

    @Test func wideNumbersComeBack() throws {
        var random = SeededRandom(seed: 31)
        let ends: [Int128] = [0, 1, -1, 63, 64, -64, -65, .max, .min]
        let any = (0..<200).map { _ in Int128(Int64.random(in: .min ... .max, using: &random)) << Int128(random.next() % 65) }
        for value in ends + any {
            let bytes = ByteWriter()
            bytes.append(wideZigzag: value)
            var reader = ByteReader(bytes.bytes)
            #expect(try reader.wideZigzag() == value)
            #expect(reader.isAtEnd)
        }
        let long = [UInt8](repeating: 0xFF, count: 18) + [4]
        long.withUnsafeBytes { bytes -> Void in
            #expect(throws: DamagedBytes.self) {
                var reader = ByteReader(bytes)
                _ = try reader.wideZigzag()
            }
        }
    }

    /// Format 1 had sums of doubles about a shift.
    @Test func recordsOfFormatOneAreRead() throws {
        let fluxes = [1e6, 1e6 + 3, 1e6 - 5]
        var expected = BandStatistics()
        for (day, flux) in fluxes.enumerated() {
            expected.add(flux: flux, fluxErr: 2, midpoint: MJD(61_000 + Double(day)))
        }
        let bytes = ByteWriter()
        ObjectRecordCodec.write(record(), to: bytes)
        #expect(bytes.array.last == 0, "no band")
        let old = ByteWriter()
        old.append(bytes: [1] + bytes.array.dropFirst().dropLast() + [1 << 2, 3, 3])
        let sum: Double = fluxes.reduce(0, +)
        for value in [0.75, sum / 4, sum, 1e6, -2, 34, 1e6 - 5, 1e6 + 3, 61_000, 61_002, 1e6 - 5] {
            old.append(double: value)
        }
        let found = try ObjectRecordCodec.read(old.bytes, id: DiaObjectID(rawValue: 5)).statistics[2]
        #expect(found == expected)
        #expect(abs(try #require(found.fluxSigma) - 16.333333333333332.squareRoot()) < 1e-9)
    }
}
