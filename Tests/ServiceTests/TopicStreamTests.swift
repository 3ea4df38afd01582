import Core
import Testing

@testable import Service

@Suite struct TopicStreamTests {
    func read(_ router: Router, _ target: String, headers: [String: String] = [:]) throws -> (APIResponse, String) {
        let response = try router.perform(APIRequest(target: target, headers: headers), onBody: nil)
        return (response, String(decoding: try #require(response.bytes), as: UTF8.self))
    }

    @Test func pollsWithLimitAndTimeout() throws {
        let router = FakeSky.router()
        let (response, text) = try read(router, "/api/v1/streams/nightjar_tests_full?limit=3&from=10")
        #expect(response.status == 200)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(
            lines[0]
                == "{\"offset\":10,\"kind\":\"new\",\"diaSourceId\":\"9007199254741003\",\"diaObjectId\":\"11\","
                + "\"ssObjectId\":null,\"commit_seq\":5,\"schema_version\":1,\"recorded_at\":\"2026-02-24T05:59:23.000Z\","
                + "\"record\":{\"diaSourceId\":\"9007199254741003\",\"mag\":null}}")
        let whole = try read(router, "/api/v1/streams/nightjar_tests_full?timeout=0").1
        #expect(whole.split(separator: "\n").count == 1000)
        #expect(try read(router, "/api/v1/streams/nightjar_tests_empty?timeout=0").1 == "")
        #expect(try read(router, "/api/v1/streams/nightjar_tests_full?from=latest&timeout=0.05").1 == "")
        #expect(router.context.openStreams.current == 0)
    }

    @Test func serverSentEventsResume() throws {
        let router = FakeSky.router()
        let (response, text) = try read(
            router, "/api/v1/streams/nightjar_tests_full?limit=2",
            headers: ["accept": "text/event-stream", "last-event-id": "41"])
        #expect(response.header("Content-Type") == "text/event-stream")
        #expect(text.hasPrefix("retry: 2000\n\nid: 42\ndata: {\"offset\":42,"))
        #expect(text.contains("}}\n\nid: 43\ndata: "))
        let bad = try read(
            router, "/api/v1/streams/nightjar_tests_full", headers: ["last-event-id": "x"])
        #expect(bad.0.status == 400)
    }

    @Test func expiredOffsetsAre410WithTheEarliest() throws {
        let database = FakeSky.database()
        database.expire("nightjar_tests_full", 100)
        let router = FakeSky.router(database)
        let (response, text) = try read(router, "/api/v1/streams/nightjar_tests_full?from=99")
        #expect(response.status == 410 && response.header("Nightjar-Earliest-Offset") == "100")
        #expect(text.contains("\"hint\":\"from=100, or from=earliest\""))
        #expect(try read(router, "/api/v1/streams/nightjar_tests_full?limit=1").1.hasPrefix("{\"offset\":100,"))
    }

    @Test func listsEmptyTopicsToo() throws {
        let text = try read(FakeSky.router(), "/api/v1/streams").1
        #expect(
            text.contains(
                "\"topic\":\"nightjar_tests_empty\",\"href\":\"/api/v1/streams/nightjar_tests_empty\",\"records\":0"))
        #expect(text.contains("\"example\":null}") && text.contains("\"example\":{\"offset\":999,"))
        #expect(text.contains("\"retention\":{\"days\":7,\"bytes\":1073741824}"))
    }

    @Test func endsSayWhereToResume() throws {
        let database = FakeSky.database()
        var limits = APILimits()
        limits.slowReaderSeconds = 0.05
        limits.heartbeatSeconds = 0
        let router = FakeSky.router(database, limits: limits)
        func open() throws -> any BodyStream {
            let response = router.respond(to: APIRequest(target: "/api/v1/streams/nightjar_tests_full"))
            guard case .stream(let stream) = response.body else { throw Problem(500, "no stream") }
            return stream
        }
        var output: [UInt8] = []
        let slow = try open()
        #expect(slow.next(into: &output) == .more)
        output = []
        SystemClock().sleep(seconds: 0.1)
        #expect(slow.next(into: &output) == .end)
        #expect(
            String(decoding: output, as: UTF8.self) == "{\"end\":\"the reader was too slow\",\"resume_from\":256}\n")

        let stopped = try open()
        output = []
        #expect(stopped.next(into: &output) == .more)
        stopped.stop()
        output = []
        #expect(stopped.next(into: &output) == .end)
        #expect(String(decoding: output, as: UTF8.self).contains("\"resume_from\":256"))

        let late = try open()
        #expect(late.next(into: &output) == .more)
        database.expire("nightjar_tests_full", 600)
        output = []
        #expect(late.next(into: &output) == .end)
        #expect(String(decoding: output, as: UTF8.self).contains("expired before they were read\",\"resume_from\":600"))
    }

    @Test func onlySoManyStreams() throws {
        var limits = APILimits()
        limits.streams = 2
        let router = FakeSky.router(limits: limits)
        let target = "/api/v1/streams/nightjar_tests_full"
        let open = (0..<2).map { _ in router.respond(to: APIRequest(target: target)) }
        #expect(open.allSatisfy { $0.status == 200 })
        #expect(router.respond(to: APIRequest(target: target)).status == 429)
        withExtendedLifetime(open) {}
    }
}
