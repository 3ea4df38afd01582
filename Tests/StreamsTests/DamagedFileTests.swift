import Core
import Testing

@testable import Streams

@Suite struct DamagedFileTests {
    static let messages = (0..<20).map { Make.message($0, bytes: 40 + $0) }

    @Test func aTruncatedFileGivesWhatIsWholeAndOneFault() throws {
        let directory = ScratchDirectory()
        let framed = Make.framed(Self.messages)
        for cut in stride(from: 60, to: framed.count, by: 37) {
            var end = 0
            var whole = 0
            while end + 4 + Self.messages[whole].count <= cut {
                end += 4 + Self.messages[whole].count
                whole += 1
            }
            let read = try readFile(directory.write("cut", Array(framed[..<cut])))
            #expect(read.prefix(whole).map(\.bytes) == Array(Self.messages[..<whole]), "cut at \(cut)")
            #expect(read.dropFirst(whole).map(\.fault) == (end == cut ? [] : [.truncated]), "cut at \(cut)")
        }
        let packed = Make.zstd(framed)
        let read = try readFile(directory.write("cut.zst", Array(packed[..<(packed.count - 9)])))
        #expect(read.last?.fault == .truncated)
        let zipped = Make.gzip(framed)
        #expect(try readFile(directory.write("cut.gz", Array(zipped[..<(zipped.count - 9)]))).last?.fault == .truncated)
    }

    @Test(arguments: ["null", "deflate", "snappy", "zstandard"])
    func aFlippedSyncMarkerLosesItsBlockOnly(codec: String) throws {
        let directory = ScratchDirectory()
        var file = Make.container(20, perBlock: 4, codec: codec)
        let markers = file.indices.filter { file[$0...].starts(with: Make.sync) }
        #expect(markers.count == 6)
        // Behind the second block: records 4 to 7.
        file[markers[2] + 5] ^= 0x10
        let read = try readFile(directory.write("flip", file))
        let bodies = (0..<20).map { Make.body($0) }
        #expect(
            read.map(\.fault) == [nil, nil, nil, nil, .container] + [RecordFault.Reason?](repeating: nil, count: 12))
        #expect(read.filter { $0.fault == nil }.map(\.bytes) == Array(bodies[..<4] + bodies[8...]))
        #expect(read.map(\.offset) == Array(0..<17))
        for next in 0...17 {
            #expect(try readFile(directory.path + "/flip", from: Int64(next)) == Array(read[next...]))
        }
    }

    @Test func everyFlippedByteIsAFaultOrARecordNeverATrap() throws {
        let directory = ScratchDirectory()
        var random = SeededRandom(seed: 20_260_224)
        print("seed 20260224")
        for codec in ["null", "deflate", "snappy", "zstandard"] {
            let good = Make.container(12, perBlock: 3, codec: codec)
            for _ in 0..<150 {
                var bad = good
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    bad[Int.random(in: 4..<bad.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                }
                if Bool.random(using: &random) { bad.removeLast(Int.random(in: 0..<bad.count - 4, using: &random)) }
                let file = directory.write("bad", bad)
                let read = try readFile(file)
                #expect(read.map(\.offset) == (0..<Int64(read.count)).map { $0 })
                let next = Int.random(in: 0...read.count, using: &random)
                #expect(try readFile(file, from: Int64(next), limit: 2) == Array(read[next...]))
            }
        }
    }

    /// The fault at the end of a file that was still being copied stands where the next alert comes.
    @Test func whatACutHidIsReadFromTheWholeFile() throws {
        let directory = ScratchDirectory()
        let framed = Make.framed(Self.messages)
        let entries = (0..<20).map { (name: "m\($0)", content: Self.messages[$0]) }
        let forms = [
            framed, Make.zstd(framed), Make.gzip(framed), Make.tar(entries), Self.messages[0],
            Make.container(20, perBlock: 4, codec: "null"), Make.container(20, perBlock: 4, codec: "zstandard"),
        ]
        for (form, bytes) in forms.enumerated() {
            let whole = try readFile(directory.write("whole", bytes))
            for cut in [1, 3, 9, 30, 100, 512, 530, bytes.count / 2, bytes.count - 9] where cut < bytes.count {
                let path = directory.write("growing", Array(bytes[..<cut]))
                let faults = try readFile(path).filter { $0.fault != nil }
                #expect(faults.count <= 1, "form \(form) cut at \(cut): \(faults)")
                let records = FileRecords(schemas: BytesSchemas())
                let arena = ByteArena()
                for fault in faults {
                    let place = FileSource.partition(of: path)
                    #expect(records.record(of: place, at: fault.offset, into: arena) == nil)
                    #expect([.truncated, .framing, .container].contains(fault.fault))
                    _ = directory.write("growing", bytes)
                    let later = FileRecords(schemas: BytesSchemas())
                    let wanted = whole.first { $0.offset == fault.offset }
                    let found = later.record(of: place, at: fault.offset, into: arena)
                    // None where the cut was behind the last alert.
                    #expect(found.map { Array(arena.bytes($0.bytes)) } == wanted?.bytes, "form \(form) cut at \(cut)")
                    #expect(later.record(of: place, at: Int64(whole.count), into: arena) == nil)
                    let other = InputPartition(topic: "alerts", partition: 0)
                    #expect(later.record(of: other, at: 0, into: arena) == nil)
                }
            }
        }
    }

    @Test func damageInsideAnArchiveLeavesItsOtherEntries() throws {
        let directory = ScratchDirectory()
        var zipped = Make.gzip(Make.framed(Self.messages))
        zipped[zipped.count - 6] ^= 0xFF
        let archive = Make.tar([("a", Self.messages[0]), ("bad.gz", zipped), ("c", Self.messages[2])])
        let read = try readFile(directory.write("t.tar", archive))
        #expect(read.first?.bytes == Self.messages[0])
        #expect(read.last?.bytes == Self.messages[2])
        #expect(read.map(\.fault) == [RecordFault.Reason?](repeating: nil, count: 21) + [.container, nil])
    }

    @Test func oversizedMessagesAreFaultsAndTheNextIsRead() throws {
        let directory = ScratchDirectory()
        let large = Make.message(1, bytes: 5000)
        let framed = Make.framed([Self.messages[0], large, Self.messages[2]])
        let read = try readFile(directory.write("f", framed), messageBytesMax: 1000)
        #expect(read.map(\.fault) == [nil, .oversized, nil])
        #expect(read[1].bytes == Array(large.prefix(1024)))
        #expect(try readFile(directory.write("m", large), messageBytesMax: 1000).map(\.fault) == [.oversized])
        let first = Make.framed([large, Self.messages[2]])
        #expect(try readFile(directory.write("g", first), messageBytesMax: 1000).map(\.fault) == [.oversized, nil])
    }

    @Test func unknownCodecsAndSchemasAreOneFault() throws {
        let directory = ScratchDirectory()
        let file = Make.container(3, perBlock: 1, codec: "xz")
        #expect(try readFile(directory.write("xz", file)).map(\.fault) == [.container])
        var other = Make.container(3, perBlock: 1, codec: "null")
        if let at = other.indices.first(where: { other[$0...].starts(with: "bytes".utf8) }) { other[at] = 0x42 }
        #expect(try readFile(directory.write("schema", other)).map(\.fault) == [.schema])
    }
}
