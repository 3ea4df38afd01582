import ADQL
import Core
import FilterEngine

/// `bench filter`: 15 comparisons and a weighted mean over 60 forced points, on batches of 1 024 alerts from memory.
enum BenchFilter {
    static let query = """
        SELECT a.diaSourceId, a.ra, a.dec FROM alert AS a
        WHERE a.reliability >= 0.1 AND a.psfFlux > 0 AND a.psfFluxErr > 0 AND a.snr >= 5 AND a.is_sso = 0
          AND a.isDipole = 0 AND a.pixelFlags_bad = 0 AND a.pixelFlags_cr = 0 AND a.pixelFlags_edge = 0
          AND a.pixelFlags_nodata = 0 AND a.psfFlux_flag = 0 AND a.centroid_flag = 0 AND a.dec < 30 AND a.ra > 0
          AND a.extendedness < 0.9
          AND (SELECT WEIGHTED_MEAN(f.psfFlux, f.psfFluxErr) FROM forced AS f) > 1850
        """
    static let alerts = 1024
    static let pointsPerAlert = 60

    /// Seconds per alert of each run, every alert reaching the aggregate, and how many of a batch passed.
    static func run(runs: Int, batchesPerRun: Int = 50, seed: UInt64 = 1) throws(UserFault) -> (
        seconds: [Double], passed: Int
    ) {
        let definition = try FilterDefinition(text: query, name: "bench", catalog: .filters())
        let evaluator = FilterEvaluator(definition.program)
        let batch = makeBatch(seed: seed)
        let input = FilterInput(batch: batch, nearest: [], recordedAt: MJD(61_000))
        var passed = evaluator.evaluate(input).passedRows.count
        let clock = SystemClock()
        var seconds: [Double] = []
        for _ in 0..<runs {
            let start = clock.monotonicSeconds
            for _ in 0..<batchesPerRun { passed = evaluator.evaluate(input).passedRows.count }
            seconds.append((clock.monotonicSeconds - start) / Double(batchesPerRun * alerts))
        }
        return (seconds, passed)
    }

    private static func makeBatch(seed: UInt64) -> AlertBatch {
        var random = SeededRandom(seed: seed)
        let batch = AlertBatch(capacity: alerts)
        for alert in 0..<alerts {
            appendRow(to: batch.source, id: Int64(alert), &random)
            batch.packet.appendMissingRow(.null)
            batch.object.appendMissingRow(.null)
            batch.packetSSO.appendMissingRow(.null)
            batch.detections.finishParent(firstRow: 0, isGiven: false)
            let first = batch.forced.table.rowCount
            for _ in 0..<pointsPerAlert { appendRow(to: batch.forced.table, id: Int64(alert), &random) }
            batch.forced.finishParent(firstRow: first, isGiven: true)
            batch.messages.append(ByteReference(offset: 0, length: 0))
        }
        return batch
    }

    /// Values that pass every comparison.
    private static func appendRow(to table: ColumnTable, id: Int64, _ random: inout SeededRandom) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch (schema.type, schema.name) {
            case (.bool, _): column.append(false)
            case (.int32, _): column.append(Int32(1))
            case (.int64, "ssObjectId"): column.append(Int64(0))
            case (.int64, _): column.append(id)
            case (.float32, "psfFlux"): column.append(Float(1000 + 2000 * random.uniform()))
            case (.float32, "snr"): column.append(Float(20))
            case (.float32, "psfFluxErr"): column.append(Float(50 + 100 * random.uniform()))
            case (.float32, _): column.append(Float(0.5))
            case (.float64, _): column.append(10 + random.uniform())
            case (.string, _): column.append(table.arena.append("r"))
            case (.bytes, _): column.appendMissing(.null)
            }
        }
        table.finishRow()
    }
}
