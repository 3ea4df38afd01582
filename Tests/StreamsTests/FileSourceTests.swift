import Core
import Glibc
import Testing

@testable import Streams

@Suite struct FileSourceTests {
    static let messages = (0..<20).map { Make.message($0, bytes: 40 + $0) }

    @Test func readsFramesHoweverTheyArePacked() throws {
        let directory = ScratchDirectory()
        let framed = Make.framed(Self.messages)
        for (name, bytes) in [
            ("plain", framed), ("gz", Make.gzip(framed)), ("zst", Make.zstd(framed)),
            ("both", Make.gzip(Make.zstd(framed))),
            ("members", Make.gzip(Array(framed[..<100])) + Make.gzip(Array(framed[100...]))),
            ("frames", Make.zstd(Array(framed[..<333])) + Make.zstd(Array(framed[333...]))),
        ] {
            let read = try readFile(directory.write(name, bytes))
            #expect(read.map(\.bytes) == Self.messages, "\(name)")
            #expect(read.map(\.offset) == Array(0..<20), "\(name)")
            #expect(read.allSatisfy { $0.fault == nil }, "\(name)")
        }
    }

    @Test func readsOneMessageOfAnySchemaID() throws {
        let directory = ScratchDirectory()
        // 1280 = 0x500 looks like a frame of five bytes at first.
        for id in [900, 1000, 1101, 1280, 65_536, 100_000] {
            let message = [0] + Make.bigEndian(id) + [UInt8](repeating: 9, count: 300)
            let read = try readFile(directory.write("m\(id)", message))
            #expect(read.map(\.bytes) == [message], "\(id)")
            #expect(try readFile(directory.write("m\(id).gz", Make.gzip(message))).map(\.bytes) == [message])
        }
    }

    @Test(arguments: ["null", "deflate", "snappy", "zstandard"])
    func readsContainers(codec: String) throws {
        let directory = ScratchDirectory()
        let file = directory.write("c.avro", Make.container(23, perBlock: 5, codec: codec))
        let source = try FileSource(paths: [file], schemas: BytesSchemas()) { _ in nil }
        var batch = MessageBatch()
        #expect(try source.read(into: &batch, limit: 100, timeoutSeconds: 0) == .messages)
        #expect(batch.messages.allSatisfy { $0.framing == .bare(schemaID: 77) && $0.fault == nil })
        #expect(batch.messages.map { [UInt8](batch.arena.bytes($0.bytes)) } == (0..<23).map { Make.body($0) })
    }

    @Test func resumesAtEveryOffsetAndBatchSize() throws {
        let directory = ScratchDirectory()
        let files = [
            directory.write("c", Make.container(17, perBlock: 4, codec: "deflate")),
            directory.write("f", Make.zstd(Make.framed(Self.messages))),
            directory.write(
                "t",
                Make.tar([("a", Make.framed(Self.messages)), ("b", Make.container(9, perBlock: 2, codec: "null"))])),
        ]
        for file in files {
            let whole = try readFile(file)
            for next in 0...whole.count {
                for limit in [1, 7, 1024] {
                    let rest = try readFile(file, from: Int64(next), limit: limit)
                    #expect(rest == Array(whole[next...]), "\(file) from \(next) by \(limit)")
                }
            }
        }
    }

    @Test func readsArchivesInArchives() throws {
        let directory = ScratchDirectory()
        let inner = Make.tar([("x.bin", Self.messages[2]), ("y.gz", Make.gzip(Self.messages[3]))])
        let outer = Make.tar([
            ("readme.txt", Array("alerts of one night\n".utf8)), ("one", Self.messages[0]), ("empty", []),
            ("frames.zst", Make.zstd(Make.framed([Self.messages[1]]))), ("inner.tar.gz", Make.gzip(inner)),
            ("c.avro", Make.container(3, perBlock: 2, codec: "zstandard")),
        ])
        let source = try FileSource(paths: [directory.write("n.tar.gz", Make.gzip(outer))], schemas: BytesSchemas()) {
            _ in nil
        }
        let read = try readAll(source)
        #expect(read.map(\.bytes) == Self.messages[0...3] + (0..<3).map { Make.body($0) })
        #expect(read.map(\.offset) == Array(0..<7))
        #expect(source.tally == .init(filesRead: 1, textFilesPassedOver: 1, recordsPassedOver: 0))
    }

    @Test func directoriesAndPatternsInOrder() throws {
        let directory = ScratchDirectory()
        directory.write("b.bin", Self.messages[1])
        directory.write("a.bin", Self.messages[0])
        directory.write("sub/c.bin", Self.messages[2])
        directory.write("notes.md", Array("# notes\n".utf8))
        directory.write(".hidden", Self.messages[9])
        let all = try readAll(FileSource(paths: [directory.path], schemas: BytesSchemas()) { _ in nil })
        #expect(all.map(\.bytes) == Array(Self.messages[0...2]))
        let some = try readAll(
            FileSource(paths: [directory.path + "/?.bin", directory.path], schemas: BytesSchemas()) { _ in nil })
        #expect(some.map(\.bytes) == Array(Self.messages[0...2]))
        #expect(Set(some.map(\.file)).count == 3)
        for pattern in ["/*.avro", "/none.avro"] {
            #expect(throws: UserFault.self) {
                try FileSource(paths: [directory.path + pattern], schemas: BytesSchemas()) { _ in nil }
            }
        }
    }

    @Test func emptyAndForeignFiles() throws {
        let directory = ScratchDirectory()
        #expect(try readFile(directory.write("empty", [])).isEmpty)
        #expect(try readFile(directory.write("empty.gz", Make.gzip([]))).isEmpty)
        #expect(try readFile(directory.write("notes.txt", Array("hello\n".utf8))).map(\.fault) == [.framing])
        #expect(try readFile(directory.write("image", [0x89, 0x50, 0x4E, 0x47, 1, 2])).map(\.fault) == [.framing])
    }

    @Test func rewindsToStoredOffsets() throws {
        let directory = ScratchDirectory()
        let files = ["a", "b"].map { directory.write($0, Make.framed(Self.messages)) }
        let source = try FileSource(paths: files, schemas: BytesSchemas()) { _ in nil }
        let whole = try readAll(source)
        #expect(whole.count == 40)
        try source.rewind(to: [(source.partitions[0], 18), (source.partitions[1], 0)])
        #expect(try readAll(source) == Array(whole[18...]))
        try source.rewind(to: [(source.partitions[0], 20), (source.partitions[1], nil)])
        #expect(try readAll(source) == Array(whole[20...]))
    }

    /// All of the first file was in one batch that was thrown away: the database does not know the file.
    @Test func rewindsToAFileOfWhichNothingWasCommitted() throws {
        let directory = ScratchDirectory()
        let files = ["a", "b", "c"].map { directory.write($0, Make.framed(Self.messages)) }
        let source = try FileSource(paths: files, schemas: BytesSchemas()) { _ in nil }
        var batch = MessageBatch()
        for _ in 0..<3 { #expect(try source.read(into: &batch, limit: 18, timeoutSeconds: 0) == .messages) }
        let whole = try readAll(FileSource(paths: files, schemas: BytesSchemas()) { _ in nil })
        try source.rewind(to: [(InputPartition(topic: "file:/of/another/run", partition: 0), 7)])
        #expect(try readAll(source) == whole)
        try source.rewind(to: [(source.partitions[0], 20), (source.partitions[2], 20)])
        #expect(try readAll(source) == whole.filter { $0.file == source.partitions[1].topic })
    }

    @Test func aFileThatVanishedIsADependencyFault() throws {
        let directory = ScratchDirectory()
        let file = directory.write("gone", Make.framed(Self.messages))
        let source = try FileSource(paths: [file], schemas: BytesSchemas()) { _ in nil }
        #expect(rename(file, file + ".away") == 0)
        var batch = MessageBatch()
        #expect(throws: DependencyFault.self) { try source.read(into: &batch, limit: 5, timeoutSeconds: 0) }
        #expect(rename(file + ".away", file) == 0)
        #expect(try readAll(source).count == 20)
    }
}
