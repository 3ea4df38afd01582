import Avro
import CAvroOracle
import Core
import Glibc

/// `bench decode` and `bench decode-libavro`: alerts of schema 11.1 with 20 + 60 history points, on one thread.
///
/// Both read the same messages in turns, because on a busy machine only ratios of one run hold.
enum BenchDecode {
    /// One measured thing with the rate of each run.
    struct Series {
        let metric: String
        var alertsPerSecond: [Double] = []
    }

    /// Distinct messages, so that branches are not learnt by heart.
    private static let messageCount = 256

    /// - Parameters:
    ///   - runs: how often each thing is measured.
    ///   - secondsPerRun: how long a run lasts at least.
    ///   - cutoutBytes: bytes of each of the three stamps; 0 for packets without.
    static func run(runs: Int, secondsPerRun: Double, cutoutBytes: Int) -> [Series] {
        var generator = BenchAlert(schemaID: BundledSchemas.newest)
        let messages = (0..<messageCount).map { _ in
            generator.message(detections: 20, forced: 60, cutoutBytes: cutoutBytes)
        }
        let store = SchemaStore()
        let all = AlertFrameDecoder(schemas: store)
        let some = AlertFrameDecoder(schemas: store, projection: projection)
        let batch = AlertBatch(capacity: messageCount)
        let suffix = cutoutBytes == 0 ? "" : "_\(3 * cutoutBytes / 1000)kB_cutouts"
        var series = [
            Series(metric: "decode_all_fields" + suffix), Series(metric: "decode_61_fields" + suffix),
            Series(metric: "decode_libavro" + suffix),
        ]
        let oracle = openOracle(generator.schema)
        defer { nightjar_avro_close(oracle) }
        for _ in 0..<runs {
            series[0].alertsPerSecond.append(rate(secondsPerRun) { decode(messages, all, batch) })
            series[1].alertsPerSecond.append(rate(secondsPerRun) { decode(messages, some, batch) })
            series[2].alertsPerSecond.append(rate(secondsPerRun) { decode(messages, oracle) })
        }
        return series
    }

    /// 61 columns of the kind a pipeline of filters reads.
    private static let projection = AlertProjection([
        .source: [
            "diaSourceId", "visit", "detector", "diaObjectId", "ssObjectId", "midpointMjdTai", "ra", "dec", "raErr",
            "decErr",
            "psfFlux", "psfFluxErr", "apFlux", "apFluxErr", "snr", "scienceFlux", "scienceFluxErr", "templateFlux",
            "extendedness", "reliability", "band", "isDipole", "trailLength", "isNegative", "pixelFlags_edge",
            "pixelFlags_saturated", "pixelFlags_streak", "glint_trail",
        ],
        .object: [
            "diaObjectId", "ra", "dec", "nDiaSources", "firstDiaSourceMjdTai", "lastDiaSourceMjdTai", "g_psfFluxMean",
            "r_psfFluxMean", "i_psfFluxMean", "g_psfFluxNdata", "r_psfFluxNdata",
        ],
        .detections: [
            "diaSourceId", "visit", "detector", "midpointMjdTai", "ra", "dec", "psfFlux", "psfFluxErr", "band", "snr",
        ],
        .forced: [
            "diaForcedSourceId", "diaObjectId", "visit", "detector", "ra", "dec", "psfFlux", "psfFluxErr",
            "midpointMjdTai",
            "scienceFlux", "scienceFluxErr", "band",
        ],
    ])

    private static func decode(_ messages: [[UInt8]], _ decoder: AlertFrameDecoder, _ batch: AlertBatch) {
        batch.removeAll()
        for (index, message) in messages.enumerated() {
            message.withUnsafeBytes { bytes in
                do {
                    try decoder.append(
                        message: bytes, origin: AlertOrigin(partition: 0, offset: Int64(index)), to: batch)
                } catch {
                    preconditionFailure("a synthetic alert does not decode: \(error)")
                }
            }
        }
        decoder.finish(batch)
        precondition(batch.count == messages.count)
    }

    private static func openOracle(_ schema: AvroSchema) -> UnsafeMutablePointer<nightjar_avro> {
        let json = schema.json
        guard let oracle = nightjar_avro_open(json, json.utf8.count) else {
            preconditionFailure("libavro does not take the schema")
        }
        return oracle
    }

    private static func decode(_ messages: [[UInt8]], _ oracle: UnsafeMutablePointer<nightjar_avro>) {
        for message in messages {
            let status = message.withUnsafeBytes { bytes in
                nightjar_avro_decode(
                    oracle, bytes.baseAddress?.advanced(by: 5).assumingMemoryBound(to: CChar.self),
                    Int64(bytes.count - 5))
            }
            precondition(status == 0, "libavro does not decode a synthetic alert")
        }
    }

    private static func rate(_ seconds: Double, _ body: () -> Void) -> Double {
        let clock = SystemClock()
        let start = clock.monotonicSeconds
        var count = 0
        repeat {
            body()
            count += messageCount
        } while clock.monotonicSeconds - start < seconds
        return Double(count) / (clock.monotonicSeconds - start)
    }
}
