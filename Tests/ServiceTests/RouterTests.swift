import Core
import Testing

@testable import Service

@Suite struct RouterTests {
    let router = FakeSky.router()

    func get(_ target: String, accept: String? = nil) -> (status: Int, text: String, response: APIResponse) {
        let response = router.respond(
            to: APIRequest(target: target, headers: accept.map { ["accept": $0] } ?? [:]))
        return (response.status, String(decoding: response.bytes ?? [], as: UTF8.self), response)
    }

    @Test func showsAnObject() {
        let (status, text, response) = get("/api/v1/objects/\(FakeSky.object)")
        #expect(status == 200)
        #expect(response.header("Content-Type") == "application/json")
        #expect(response.header("Server") == "nightjar/1.2.3")
        #expect(response.header("Access-Control-Allow-Origin") == "*")
        #expect(text.hasPrefix("{\"diaObjectId\":\"170028502123456789\",\"ra\":150.1,\"dec\":2.2"))
        #expect(text.contains("\"bands\":{\"g\":{\"detection_count\":"))
        #expect(text.hasSuffix("\"diaObject\":null}\n"))
    }

    @Test(arguments: [
        ("/api/v1/objects/9223372036854775808", 400), ("/api/v1/objects/-1", 400), ("/api/v1/objects/0", 400),
        ("/api/v1/objects/%2B5", 400), ("/api/v1/objects/M31", 400), ("/api/v1/objects/1e3", 400),
        ("/api/v1/objects/9223372036854775807", 404), ("/api/v1/objects/12%0034", 400), ("/api/v1/objects/%zz", 400),
        ("/api/v1/objects/%FF", 400), ("/api/v1/objectz/12", 404), ("/api/v1", 200), ("/nowhere", 404),
        ("/api/v1/cone?ra=nan&dec=0&radius_arcsec=1", 400), ("/api/v1/cone?ra=0x1p3&dec=0&radius_arcsec=1", 400),
        ("/api/v1/cone?ra=10&dec=inf&radius_arcsec=1", 400), ("/api/v1/cone?ra=360.1&dec=0&radius_arcsec=1", 400),
        ("/api/v1/cone?ra=10&dec=-90.5&radius_arcsec=1", 400), ("/api/v1/cone?ra=10&dec=0&radius_arcsec=-1", 400),
        ("/api/v1/cone?ra=10&dec=0&radius_arcsec=36001", 400), ("/api/v1/cone?ra=10&dec=0&radius=10", 400),
        ("/api/v1/cone?ra=10&dec=0", 400), ("/api/v1/cone?ra=10&dec=0&radius=1deg&radius_arcsec=1", 400),
        ("/api/v1/cone?dec=0&radius=1deg", 400), ("/api/v1/cone?ra=10&dec=0&radius=10deg", 200),
        ("/api/v1/cone?ra=10&ra=11&dec=0&radius=1deg", 400), ("/api/v1/cone?ra=10&dec=0&radius=1e1arcmin", 200),
        ("/api/v1/cone?ra=10&dec=0&radius=1deg&limit=0", 400),
        ("/api/v1/cone?ra=10&dec=0&radius=1deg&limit=99999", 400),
        ("/api/v1/counters?night=20261301", 400), ("/api/v1/counters?night=20260223", 200),
        ("/api/v1/streams/nightjar_tests_full?from=-1", 400), ("/api/v1/streams/nightjar_tests_full?from=1001", 400),
        ("/api/v1/streams/nightjar_tests_full?from=now", 400), ("/api/v1/streams/nightjar_tests_full?limit=0", 400),
        ("/api/v1/streams/nightjar_tests_full?timeout=-1", 400), ("/api/v1/streams/no_such", 404),
        ("/api/v1/deadletters/x", 400), ("/api/v1/deadletters/99", 404), ("/schemas/ids/77", 404),
        ("/schemas/ids/x", 400),
        ("/subjects/no-value/versions", 404), ("/subjects/nightjar_tests_full-value/versions/3", 404),
    ])
    func answers(target: String, status: Int) {
        let (found, text, response) = get(target)
        #expect(found == status, "\(text)")
        if status >= 400 {
            #expect(response.header("Content-Type") == "application/problem+json")
            #expect(text.contains("\"title\":\"") && text.contains("\"status\":\(status)"))
        }
    }

    @Test func unknownNamesSayTheNearest() {
        #expect(get("/api/v1/cone?ra=1&dec=2&radius_arcsecs=3").text.contains("did you mean radius_arcsec?"))
        #expect(get("/api/v1/objects/5/lightcurves").text.contains("did you mean /api/v1/objects/5/lightcurve?"))
        #expect(get("/api/v1/streams/nightjar_tests_ful").text.contains("did you mean nightjar_tests_full?"))
        #expect(get("/api/v1/filters/supernova").text.contains("did you mean supernovae?"))
        let columns = get("/api/v1/objects/\(FakeSky.object)/lightcurve?columns=psfflux")
        #expect(columns.status == 400 && columns.text.contains("did you mean psfFlux?"))
    }

    @Test func methods() {
        let options = router.respond(to: APIRequest(method: "OPTIONS", target: "/api/v1/filters"))
        #expect(options.status == 204)
        #expect(options.header("Allow") == "GET, HEAD, POST, OPTIONS")
        let wrong = router.respond(to: APIRequest(method: "DELETE", target: "/healthz"))
        #expect(wrong.status == 405)
        #expect(wrong.header("Allow") == "GET, HEAD, OPTIONS")
        #expect(wrong.header("Access-Control-Expose-Headers") == "Allow")
        #expect(router.respond(to: APIRequest(method: "HEAD", target: "/healthz")).status == 200)
        let head = router.respond(to: APIRequest(method: "HEAD", target: "/api/v1/streams/nightjar_tests_full"))
        #expect(head.status == 200 && head.bytes == [] && head.header("Content-Type") == "application/x-ndjson")
        #expect(head.header("Access-Control-Expose-Headers")?.contains("Nightjar-Next-Offset") ?? false)
        #expect(router.context.openStreams.current == 0)
    }

    @Test func writesNeedTheTokenOrTheControlSocket() {
        func deploy(_ headers: [String: String], local: Bool = false, body: String = "SELECT 1") -> APIResponse {
            router.respond(
                to: APIRequest(
                    method: "POST", target: "/api/v1/filters", headers: headers, body: Array(body.utf8),
                    isLocalControl: local))
        }
        #expect(deploy([:]).status == 401)
        #expect(deploy([:]).header("WWW-Authenticate") == "Bearer")
        #expect(deploy(["authorization": "Bearer wrong-horse-battery!"]).status == 401)
        #expect(deploy(["authorization": "Basic \(FakeSky.token)"]).status == 401)
        let made = deploy(["authorization": "bearer \(FakeSky.token)"])
        #expect(made.status == 201 && made.header("Location") == "/api/v1/filters/supernovae")
        #expect(deploy([:], local: true).status == 201)
        let refused = deploy([:], local: true, body: "WHERE")
        #expect(refused.status == 400)
        #expect(
            String(decoding: refused.bytes ?? [], as: UTF8.self).contains(
                "\"detail\":\"line 1\",\"hint\":\"write one\""))
        #expect(AccessToken("short") == nil)
    }

    @Test func negotiatesForms() {
        let path = "/api/v1/alerts"
        #expect(get(path).response.header("Content-Type") == "application/json")
        #expect(get(path, accept: "text/csv").text.hasPrefix("diaSourceId,"))
        #expect(get(path, accept: "text/html, */*;q=0.1").response.header("Content-Type") == "application/json")
        #expect(get(path, accept: "application/json;q=0.5, text/csv;q=0.9").text.hasPrefix("diaSourceId,"))
        #expect(get(path, accept: "image/png").status == 406)
        #expect(get(path + "?format=csv", accept: "application/json").text.hasPrefix("diaSourceId,"))
        #expect(get(path + "?format=xml").status == 400)
    }

    @Test func packetsAndCutouts() {
        let path = "/api/v1/alerts/\(FakeSky.alert)"
        #expect(get(path).text.contains("\"packet\":{\"href\":\"\(path)/packet\",\"len\":7}"))
        #expect(get(path + "/packet").response.bytes == [0, 0, 0, 4, 0x4D, 9, 9])
        #expect(get(path + "/packet").response.header("Content-Type") == "application/avro")
        #expect(get(path + "/cutouts/science").text == "SIMPLE  =")
        #expect(get(path + "/cutouts/template").status == 404)
        #expect(get(path + "/cutouts/sciense").status == 404)
        #expect(get("/api/v1/alerts/\(FakeSky.expiredAlert)/packet").status == 410)
        #expect(get("/api/v1/alerts/\(FakeSky.expiredAlert)").text.contains("\"packet\":null"))
        #expect(get("/api/v1/alerts/5").status == 404)
    }

    @Test func registrySubset() {
        #expect(get("/schemas/ids/1101").text == "{\"schema\":\"{\\\"type\\\":\\\"long\\\"}\"}\n")
        #expect(get("/schemas/ids/100001").text.contains("diaSourceId"))
        #expect(get("/subjects").text == "[\"nightjar_tests_empty-value\",\"nightjar_tests_full-value\"]\n")
        #expect(get("/subjects/nightjar_tests_full-value/versions").text == "[1]\n")
        #expect(get("/subjects/nightjar_tests_full-value/versions/latest").text.contains("\"version\":1,\"id\":100001"))
    }

    @Test func countersUnderTheNamesOfMetrics() {
        let text = get("/api/v1/counters").text
        #expect(text.contains("\"nightjar_received_total\":12"))
        #expect(text.contains("\"nightjar_filter_passed_total{filter=\\\"tests_full\\\"}\":3"))
        let metrics = get("/metrics").text
        #expect(metrics.contains("# TYPE nightjar_received_total counter\nnightjar_received_total 12\n"))
        #expect(metrics.contains("nightjar_filter_failed_total{filter=\"a\\\"b\"} 1\n"))
        #expect(metrics.contains("nightjar_http_request_seconds_count{method=\"GET\",route=\"/api/v1/counters\"} 1\n"))
    }

    @Test func deadLetters() {
        #expect(get("/api/v1/deadletters").text.contains("\"count\":2"))
        #expect(get("/api/v1/deadletters?open=true").text.contains("\"count\":1"))
        let one = get("/api/v1/deadletters/1").text
        #expect(one.contains("\"reason\":\"truncated\"") && one.contains("\"message_head_hex\":\"0001ff\""))
        #expect(get("/api/v1/deadletters/1/message").response.bytes == [0, 1, 0xFF])
    }

    @Test func aDatabaseThatIsDownIs503() {
        let database = FakeSky.database()
        database.isDown.store(true, ordering: .relaxed)
        let response = FakeSky.router(database).respond(to: APIRequest(target: "/api/v1/objects/5"))
        #expect(response.status == 503)
        #expect(response.header("Retry-After") == "5")
    }

    @Test func longTargetsAndBodiesAreRefused() {
        #expect(get("/api/v1/cone?ra=" + String(repeating: "1", count: 9000)).status == 414)
        var limits = APILimits()
        limits.bodyBytes = 10
        let router = FakeSky.router(limits: limits)
        let request = APIRequest(
            method: "POST", target: "/api/v1/operations/echo", body: Array(repeating: 65, count: 11),
            isLocalControl: true)
        #expect(router.respond(to: request).status == 413)
    }

    @Test func pagesAreComplete() {
        let page = get("/")
        #expect(page.status == 200)
        #expect(page.text.contains("lightcurve.svg?width=380") && page.text.contains("A &lt;topic&gt; &amp; more"))
        for route in Router.allRoutes where route.method == "GET" && route.path != "/" {
            #expect(page.text.contains(route.path), "\(route.path) is not linked")
        }
    }
}
