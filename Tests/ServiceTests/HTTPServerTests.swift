import Core
import Glibc
import Synchronization
import Testing

@testable import Service

@Suite(.serialized) struct HTTPServerTests {
    func socketPath() -> String { "/var/tmp/nightjar-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock" }

    func withServer(
        _ database: FakeDatabase = FakeSky.database(), limits: APILimits = APILimits(),
        idleSeconds: Int = 60, _ body: (HTTPServer, String) throws -> Void
    ) throws {
        var options = HTTPServer.Options()
        options.idleSeconds = idleSeconds
        options.port = 0
        options.controlSocket = socketPath()
        let server = try HTTPServer(router: FakeSky.router(database, limits: limits), options: options)
        defer { server.stop(graceSeconds: 1) }
        try body(server, try #require(options.controlSocket))
    }

    @Test func sameAnswersInProcessOverTCPAndOverTheSocket() throws {
        try withServer { server, socket in
            let url = try #require(server.url)
            for target in [
                "/api/v1/objects/\(FakeSky.object)", "/api/v1/cone?ra=150.1&dec=2.2&radius=2arcsec",
                "/api/v1/objects/\(FakeSky.object)/lightcurve", "/api/v1/streams/nightjar_tests_full?limit=700",
                "/nope",
                "/api/v1/cone?ra=1%2C5&dec=2&radius=1deg", "/api/v1/objects/%00",
            ] {
                let request = APIRequest(target: target)
                let local = try server.router.perform(request, onBody: nil)
                for client in [APIClient(.url(url)), APIClient(.socket(socket))] {
                    let remote = try client.perform(request, onBody: nil)
                    #expect(remote.status == local.status, "\(target)")
                    #expect(remote.bytes == local.bytes, "\(target)")
                    #expect(remote.header("Content-Type") == local.header("Content-Type"))
                }
            }
        }
    }

    @Test func writesOverBothRoads() throws {
        try withServer { server, socket in
            let url = try #require(server.url)
            let request = APIRequest(method: "POST", target: "/api/v1/operations/echo", body: Array("hello".utf8))
            #expect(try APIClient(.url(url)).perform(request, onBody: nil).status == 401)
            #expect(try APIClient(.url(url), token: FakeSky.token).perform(request, onBody: nil).bytes == request.body)
            #expect(try APIClient(.socket(socket)).perform(request, onBody: nil).bytes == request.body)
            for (method, target, status) in [("PUT", "/healthz", 405), ("POST", "/api/v1/nope", 404)] {
                let wrong = APIRequest(method: method, target: target, body: Array("body".utf8))
                #expect(try APIClient(.url(url)).perform(wrong, onBody: nil).status == status)
            }
            let large = APIRequest(
                method: "POST", target: "/api/v1/operations/echo", body: Array(repeating: 65, count: 3_000_000))
            #expect(try APIClient(.socket(socket)).perform(large, onBody: nil).bytes == large.body)
            let fault = #expect(throws: UserFault.self) {
                try APIClient(.url(url)).fetch(APIRequest(target: "/api/v1/objects/5"))
            }
            #expect(fault?.kind == .notFound && fault?.detail == "diaObjectId 5")
        }
    }

    @Test func longWorkKeepsNobodyWaitingAndIsNotCut() throws {
        try withServer(idleSeconds: 1) { server, socket in
            let clock = SystemClock()
            let answers = SharedAnswers()
            let workers = (0..<3).map { index in
                NamedThread("worker-\(index)") {
                    let work = APIRequest(
                        method: "POST", target: "/api/v1/operations/nap", body: Array("slept \(index)".utf8))
                    answers.append((try? APIClient(.socket(socket)).perform(work, onBody: nil))?.bytes)
                }
            }
            clock.sleep(seconds: 0.3)
            let begin = clock.monotonicSeconds
            for _ in 0..<5 {
                let answer = try APIClient(.socket(socket)).perform(APIRequest(target: "/healthz"), onBody: nil)
                #expect(answer.status == 200)
            }
            #expect(clock.monotonicSeconds - begin < 1.5)
            for worker in workers { worker.join() }
            let texts = answers.values.map { $0.map { String(decoding: $0, as: UTF8.self) } ?? "cut" }
            #expect(texts.sorted() == ["slept 0", "slept 1", "slept 2"])
        }
    }

    @Test func streamsWakeOnCommitAndStopWithTheReader() throws {
        let database = FakeSky.database()
        try withServer(database) { server, socket in
            let publisher = NamedThread("publisher") {
                for _ in 0..<5 {
                    SystemClock().sleep(seconds: 0.05)
                    database.publish("nightjar_tests_full", 1)
                    server.router.context.commits.notify()
                }
            }
            var text = ""
            let begin = SystemClock().monotonicSeconds
            let response = try APIClient(.socket(socket)).perform(
                APIRequest(target: "/api/v1/streams/nightjar_tests_full?from=latest")
            ) { piece in
                text += String(decoding: piece, as: UTF8.self)
                return text.split(separator: "\n").count < 5
            }
            publisher.join()
            #expect(response.status == 200)
            #expect(text.contains("\"offset\":1000") && text.contains("\"offset\":1004"))
            #expect(SystemClock().monotonicSeconds - begin < 3)
        }
    }

    @Test func stoppingTellsStreamsWhereToResume() throws {
        var options = HTTPServer.Options()
        options.port = 0
        let server = try HTTPServer(router: FakeSky.router(), options: options)
        let url = try #require(server.url)
        let stopper = NamedThread("stopper") {
            SystemClock().sleep(seconds: 0.3)
            server.stop(graceSeconds: 2)
        }
        let response = try APIClient(.url(url)).perform(
            APIRequest(target: "/api/v1/streams/nightjar_tests_full?from=998"), onBody: nil)
        stopper.join()
        let text = String(decoding: try #require(response.bytes), as: UTF8.self)
        #expect(text.hasSuffix("{\"end\":\"the server is stopping\",\"resume_from\":1000}\n"), "\(text)")
        #expect(throws: DependencyFault.self) { try APIClient(.url(url)).fetch(APIRequest(target: "/healthz")) }
    }

    @Test func aBusyPortIsNamed() throws {
        try withServer { server, socket in
            var options = HTTPServer.Options()
            options.port = server.port
            let fault = #expect(throws: UserFault.self) { try HTTPServer(router: FakeSky.router(), options: options) }
            #expect(fault?.kind == .conflict && fault?.what == "port \(server.port) is taken")
            options.host = nil
            options.controlSocket = socket
            let second = #expect(throws: UserFault.self) { try HTTPServer(router: FakeSky.router(), options: options) }
            #expect(second?.what == "the control socket is taken")
            #expect(APIClient.isAlive(socket: socket))
        }
    }

    @Test func aDeadOwnersSocketIsReplaced() throws {
        let path = socketPath()
        let dead = try ListeningSocket.unix(path: path)
        close(dead.descriptor)
        #expect(access(path, F_OK) == 0 && !APIClient.isAlive(socket: path))
        var options = HTTPServer.Options()
        options.host = nil
        options.controlSocket = path
        let server = try HTTPServer(router: FakeSky.router(), options: options)
        #expect(APIClient.isAlive(socket: path) && server.url == nil)
        server.stop()
        #expect(access(path, F_OK) != 0)
        options.controlSocket = "/var/tmp/" + String(repeating: "x", count: 120)
        #expect(throws: UserFault.self) { try HTTPServer(router: FakeSky.router(), options: options) }
    }

    /// The same server under a client of another make: `Tests/conformance/http/checks.py`.
    @Test func conformance() throws {
        let python = getenv("NIGHTJAR_PYTHON").map { String(cString: $0) } ?? ""
        guard !python.isEmpty, access(python, X_OK) == 0 else {
            print("skipped: NIGHTJAR_PYTHON does not name a Python with requests")
            return
        }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        var limits = APILimits()
        limits.heartbeatSeconds = 0.3
        limits.slowReaderSeconds = 1
        let database = FakeSky.database()
        database.publish("nightjar_tests_deep", 200_000)
        try withServer(database, limits: limits) { server, socket in
            let arguments = [
                python, "/\(root)/Tests/conformance/http/checks.py", try #require(server.url), socket, FakeSky.token,
            ]
            var pid = pid_t()
            var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
            defer { for pointer in pointers { free(pointer) } }
            #expect(posix_spawn(&pid, python, nil, nil, &pointers, environ) == 0)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            #expect(status == 0, "checks.py says what failed")
        }
    }
}

/// Answers that threads gather.
private final class SharedAnswers: Sendable {
    private let list = Mutex<[[UInt8]?]>([])
    var values: [[UInt8]?] { list.withLock { $0 } }
    func append(_ bytes: [UInt8]?) { list.withLock { $0.append(bytes) } }
}
