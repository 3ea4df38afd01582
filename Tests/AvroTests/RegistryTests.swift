import Avro
import Core
import Glibc
import Testing

/// A schema registry on loopback that answers well, badly, or not at all.
@Suite(.serialized) struct RegistryTests {
    /// A server in Python: its address, and a folder for caches that goes with it.
    private final class Registry {
        let url: String
        let folder: String
        private let process: pid_t

        init?() {
            guard let python = getenv("NIGHTJAR_PYTHON").map({ String(cString: $0) }), !python.isEmpty else {
                print("skipped: NIGHTJAR_PYTHON is not set")
                return nil
            }
            var template = Array("/tmp/nightjar-registry-XXXXXX".utf8CString)
            var ends: [Int32] = [0, 0]
            guard mkdtemp(&template) != nil, pipe(&ends) == 0 else { return nil }
            folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let script = SharedData.beside("Tests/conformance/avro/registry.py")
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(python), strdup(script), nil]
            defer { for argument in arguments { free(argument) } }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            defer { posix_spawn_file_actions_destroy(&actions) }
            var child = pid_t()
            let status = posix_spawn(&child, python, &actions, nil, &arguments, environ)
            close(ends[1])
            var line = [UInt8](repeating: 0, count: 64)
            let count = status == 0 ? read(ends[0], &line, line.count) : 0
            close(ends[0])
            process = child
            url =
                "http://127.0.0.1:" + String(decoding: line.prefix(max(count, 0)).prefix { $0 != 0x0A }, as: UTF8.self)
            guard count > 0 else {
                Issue.record("the registry did not start")
                return nil
            }
        }

        func stop() {
            // Threads of a test runner block signals and the child inherits that; this one cannot be blocked.
            kill(process, SIGKILL)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        }

        /// The files of the cache, with their folders taken off.
        var cached: [String] {
            SharedData.names(in: folder).filter { !$0.hasPrefix(".") }
                .flatMap { SharedData.names(in: folder + "/" + $0) }.filter { !$0.hasPrefix(".") }
        }

        deinit {
            for inner in SharedData.names(in: folder) where !inner.hasPrefix(".") {
                for name in SharedData.names(in: folder + "/" + inner) { unlink("\(folder)/\(inner)/\(name)") }
                rmdir(folder + "/" + inner)
            }
            rmdir(folder)
        }
    }

    private func fault(_ client: SchemaRegistryClient, _ id: Int32) -> AlertFault? {
        do {
            _ = try SchemaStore(registry: client).schema(id: id)
        } catch {
            return error
        }
        return nil
    }

    @Test func answersOfEveryKind() throws {
        guard let registry = Registry() else { return }
        defer { registry.stop() }
        let client = SchemaRegistryClient(url: registry.url + "/", cacheDirectory: registry.folder, timeoutSeconds: 1)
        #expect(try SchemaStore(registry: client).schema(id: 5000).rootRecord?.name.full == "t.known")
        #expect(try SchemaStore(registry: client).schema(id: 5001).rootRecord?.name.full == "t.known", "redirected")
        guard case .record(let unknown)? = fault(client, 5404) else {
            Issue.record("an unknown id is not a record's fault")
            return
        }
        #expect(unknown.reason == .schema && unknown.detail.contains("5404"))
        // A failure, a hang, no JSON, JSON without a schema, a body above the limit, a circle, no end of the headers.
        for id in [5500, 5002, 5003, 5004, 5005, 5006, 5007] as [Int32] {
            guard case .dependency(let waits)? = fault(client, id) else {
                Issue.record("\(id) is not a dependency's fault")
                continue
            }
            #expect(waits.description.contains(registry.url), "\(id): \(waits)")
        }
        // What does not parse as a schema is the record's fault and is not kept.
        guard case .record? = fault(client, 5008) else {
            Issue.record("a broken schema is not a record's fault")
            return
        }
        #expect(registry.cached == ["5000.json", "5001.json"])
    }

    @Test func theCacheServesWhenTheRegistryIsGone() throws {
        guard let registry = Registry() else { return }
        let client = SchemaRegistryClient(url: registry.url, cacheDirectory: registry.folder, timeoutSeconds: 1)
        let json = try client.json(id: 5000)
        let schema = try AvroSchema(json: json)
        #expect(try client.register(subject: "a/b c", schema: schema) == 7000)
        #expect(throws: DependencyFault.self) { try client.register(subject: "refused", schema: schema) }
        registry.stop()
        let later = SchemaRegistryClient(url: registry.url, cacheDirectory: registry.folder, timeoutSeconds: 1)
        #expect(try later.json(id: 5000) == json)
        #expect(try SchemaStore(registry: later).schema(id: 7000).fingerprint == schema.fingerprint)
        guard case .dependency? = fault(later, 5001) else {
            Issue.record("a registry that is gone is not a dependency's fault")
            return
        }
        #expect(registry.cached == ["5000.json", "7000.json"], "nothing half written stays")
    }
}
