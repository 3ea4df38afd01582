import Synchronization
import Testing

@testable import Core

@Suite struct ObservabilityTests {
    @Test func rendersPrometheusTextInOrder() {
        let registry = MetricRegistry()
        registry.counter("nightjar_b_total", help: "Second.", labels: [("visit", "a\"b")]).add(3)
        registry.gauge("nightjar_a", help: "First.").set(1.5)
        registry.gauge("nightjar_c", help: "Asked.", read: { 7 })
        let histogram = registry.histogram("nightjar_d_seconds", help: "Time.", bounds: [0.1, 1])
        for value in [0.05, 0.5, 2] { histogram.observe(value) }
        var writer = TextWriter()
        registry.render(into: &writer)
        #expect(
            writer.text == """
                # HELP nightjar_a First.
                # TYPE nightjar_a gauge
                nightjar_a 1.5
                # HELP nightjar_b_total Second.
                # TYPE nightjar_b_total counter
                nightjar_b_total{visit="a\\"b"} 3
                # HELP nightjar_c Asked.
                # TYPE nightjar_c gauge
                nightjar_c 7
                # HELP nightjar_d_seconds Time.
                # TYPE nightjar_d_seconds histogram
                nightjar_d_seconds_bucket{le="0.1"} 1
                nightjar_d_seconds_bucket{le="1.0"} 2
                nightjar_d_seconds_bucket{le="+Inf"} 3
                nightjar_d_seconds_sum 2.55
                nightjar_d_seconds_count 3

                """)
    }

    @Test func sameNameAndLabelsIsTheSameMetric() {
        let registry = MetricRegistry()
        registry.counter("x_total", help: "", labels: [("a", "1")]).add()
        registry.counter("x_total", help: "", labels: [("a", "1")]).add()
        registry.counter("x_total", help: "", labels: [("a", "2")]).add()
        #expect(registry.counter("x_total", help: "", labels: [("a", "1")]).value == 2)
    }

    @Test func countsFromManyThreads() {
        let counter = Counter()
        let gauge = Gauge()
        let threads = (0..<4).map { index in
            NamedThread("count-\(index)") { for _ in 0..<10_000 { counter.add(); gauge.add(0.5) } }
        }
        for thread in threads { thread.join() }
        #expect(counter.value == 40_000)
        #expect(gauge.value == 20_000)
    }

    @Test func quantilesInterpolate() throws {
        let histogram = Histogram(bounds: [1, 2, 4])
        #expect(histogram.quantile(0.5) == nil)
        for value in stride(from: 0.01, through: 4.0, by: 0.01) { histogram.observe(value) }
        #expect(abs(try #require(histogram.quantile(0.5)) - 2) < 0.02)
        #expect(abs(try #require(histogram.quantile(0.99)) - 3.96) < 0.02)
    }

    @Test func logLinesInBothForms() {
        let fields: KeyValuePairs<String, LogValue> = ["topic": "a b", "n": 3, "ok": true]
        let json = Log.line(
            seconds: 1_771_902_245.678, level: .warning, component: "kafka", message: "said \"no\"\nfaked",
            fields: fields,
            format: .json)
        #expect(
            String(decoding: json, as: UTF8.self)
                == "{\"time\":\"2026-02-24T03:04:05.678Z\",\"level\":\"warning\",\"component\":\"kafka\","
                + "\"message\":\"said \\\"no\\\"\\nfaked\",\"topic\":\"a b\",\"n\":3,\"ok\":true}\n")
        let text = Log.line(
            seconds: 0, level: .info, component: "kafka", message: "two\nlines", fields: fields, format: .text)
        #expect(
            String(decoding: text, as: UTF8.self)
                == "1970-01-01T00:00:00.000Z info kafka: two lines topic=\"a b\" n=3 ok=true\n")
    }

    @Test(arguments: [
        ("2026-02-24T03:04:05.678Z", 1_771_902_245.678), ("1970-01-01T00:00Z", 0), ("1969-12-31T23:59:59Z", -1),
        ("2024-02-29T12:00:00Z", 1_709_208_000),
    ])
    func readsTimes(text: String, seconds: Double) throws {
        #expect(abs(try #require(ISO8601.unixSecondsUTC(text)) - seconds) < 1e-6)
    }

    @Test(arguments: [
        "2026-02-24T03:04:05", "2026-02-24", "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-24T24:00:00Z",
        "2026-02-24T03:04:60Z", "2026-02-24T03:04:05.Z", "2026-02-24T03:04:5Z", "2026-02-24 03:04:05Z", "Z", "",
        "2026-02-24T03:04:05.12345678901Z", "２０26-02-24T03:04:05Z",
    ])
    func refusesOtherTimes(text: String) { #expect(ISO8601.unixSecondsUTC(text) == nil) }
}
