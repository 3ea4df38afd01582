import Avro
import Core
import Glibc
import Testing

/// Alerts of every schema version and containers of every codec, written by fastavro.
@Suite struct FastavroTests {
    /// A folder with fastavro's files; nil with a note where there is no Python.
    private func vectors() -> String? {
        guard let folder = makeFolder() else { return nil }
        let words = [SharedData.beside("Schemas/lsst"), folder, "20261121"]
        guard runs("make_alerts.py", words) else {
            remove(folder)
            return nil
        }
        return folder
    }

    private func makeFolder() -> String? {
        guard getenv("NIGHTJAR_PYTHON") != nil else {
            print("skipped: NIGHTJAR_PYTHON is not set")
            return nil
        }
        var template = Array("/tmp/nightjar-avro-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Runs a program of `Tests/conformance/avro`; true when it ends with 0.
    private func runs(_ program: String, _ words: [String]) -> Bool {
        guard let python = getenv("NIGHTJAR_PYTHON").map({ String(cString: $0) }) else { return false }
        let all = [python, SharedData.beside("Tests/conformance/avro/" + program)] + words
        var arguments: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        var status: Int32 = -1
        guard posix_spawn(&child, python, nil, nil, &arguments, environ) == 0 else {
            Issue.record("cannot start \(python)")
            return false
        }
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        #expect(status == 0, "\(program) ended with status \(status)")
        return status == 0
    }

    private func remove(_ folder: String) {
        for name in SharedData.names(in: folder) where !name.hasPrefix(".") { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    /// One batch of all versions: what each alert renders to is what fastavro wrote.
    @Test func everyVersionDecodes() throws {
        guard let folder = vectors() else { return }
        defer { remove(folder) }
        let decoder = AlertFrameDecoder(schemas: SchemaStore())
        let batch = AlertBatch(capacity: 2)
        for id in BundledSchemas.ids { try decoder.append(try SharedData.file("\(folder)/\(id).bin"), to: batch) }
        decoder.finish(batch)
        #expect(batch.writerSchemaIDs == BundledSchemas.ids)
        for (row, id) in BundledSchemas.ids.enumerated() {
            var writer = TextWriter()
            AlertJSON().write(batch, row: row, to: &writer)
            let expected = try JSONReader.parse(try SharedData.file("\(folder)/\(id).json"))
            let differences = ReferenceComparison.differences(try JSONReader.parse(writer.bytes), expected)
            #expect(differences.isEmpty, "\(id): \(differences.prefix(5))")
            let extras = try AlertExtras.list(batch, row: row)
            // 8.0 and 9.0 have unknown fields only in Solar System records, which may be null.
            if id >= 1000 || id < 800 { #expect(extras.isEmpty == (id >= 1000), "\(id) has \(extras.count) extras") }
        }
        #expect(try AlertExtras.list(batch, row: 0).contains { $0.path == "alertId" })
        let older = try #require(BundledSchemas.ids.firstIndex(of: 1000))
        #expect(batch.source.column("exposureTime").state(older) == .absent)
        try containers(folder)
    }

    private func containers(_ folder: String) throws {
        var first: [[UInt8]]?
        for codec in AvroCodec.allCases {
            let found = try Records(file: "\(folder)/\(codec.rawValue).avro")
            #expect(found.faults.isEmpty && found.schemaIDs == [BundledSchemas.newest])
            #expect(found.bodies.count == 5 && found.bodies == first ?? found.bodies)
            first = found.bodies
        }
    }

    /// Containers of ours of every codec, of real alert shapes and of a small schema: fastavro finds what was put in.
    @Test func fastavroReadsOurContainers() throws {
        guard let folder = vectors() else { return }
        defer { remove(folder) }
        // fastavro's own containers make way.
        for codec in AvroCodec.allCases { unlink("\(folder)/\(codec.rawValue).avro") }
        var generator = RandomAvro(seed: 41)
        let small = try AvroSchemaMaker.text()
        let texts = try (0..<300).map { _ in
            try AvroEncoder(schema: small).encode(generator.value(small, small.root))
        }
        for codec in AvroCodec.allCases {
            for id in BundledSchemas.ids {
                let body = Array(try SharedData.file("\(folder)/\(id).bin")[5...])
                try write("\(folder)/\(id)-\(codec.rawValue)", SchemaStore().schema(id: id), [body, body, body], codec)
            }
            try write("\(folder)/texts-\(codec.rawValue)", small, texts, codec)
        }
        #expect(runs("read_containers.py", [folder]))
    }

    private func write(_ path: String, _ schema: AvroSchema, _ bodies: [[UInt8]], _ codec: AvroCodec) throws {
        var writer = AvroContainerWriter(schema: schema, codec: codec, blockBytes: 500)
        for body in bodies { writer.append(body) }
        writer.closeBlock()
        var framed: [UInt8] = []
        for body in bodies {
            framed += withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) } + body
        }
        for (name, bytes) in [
            (".avro", writer.drain()), (".bodies", framed), (".codec", Array(codec.rawValue.utf8)),
        ] {
            let file = try #require(fopen(path + name, "w"))
            #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
            fclose(file)
        }
    }
}
