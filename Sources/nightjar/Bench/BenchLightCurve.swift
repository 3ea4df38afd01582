import Core
import Service
import Storage

/// `bench lightcurve`: light curves of random objects by id, from year blocks and tonight's rows together.
struct BenchLightCurve {
    struct Result {
        var points = 0
        var loadPointsPerSecond = 0.0
        /// Seconds of each query, ascending: right after the files left the memory, and the same objects again.
        var cold: [Double] = []
        var warm: [Double] = []
        /// Seconds to write 1 000 points as text, and to answer the whole request for them.
        var json: [Double] = []
        var csv: [Double] = []
        var request: [Double] = []
    }

    private static let largeCurve = 1000

    /// Of all objects together.
    var points = 10_000_000
    var visits = 100
    var queries = 5_000

    /// Fills a new database in a directory that does not exist yet, and asks.
    func run(in directory: String) throws -> Result {
        var result = Result()
        let clock = SystemClock()
        var curves = SyntheticCurves(objects: max(points / visits, 1))
        let spacing = 360 / Double(visits)
        var database = try EmbeddedDatabase.open(directory: directory)
        let begin = clock.monotonicSeconds
        result.points = try curves.load(
            into: database, visits: visits - 1, from: MJD(61_042), days: spacing, recordedAt: MJD(61_400.1)
        ).points
        result.loadPointsPerSecond = Double(result.points) / (clock.monotonicSeconds - begin)
        result.points += try curves.write(
            to: database, visits: 1, from: MJD(61_402), days: spacing, recordedAt: MJD(61_402.1))
        try database.settle()
        database.close()
        PageCache.forget(directory)
        database = try EmbeddedDatabase.open(directory: directory)
        defer { database.close() }
        var random = SeededRandom(seed: 78)
        let asked = (0..<queries).map { _ in Int.random(in: 0..<curves.count, using: &random) }
        result.cold = try asked.map { try seconds(of: curves.id($0), database, clock) }.sorted()
        result.warm = try asked.map { try seconds(of: curves.id($0), database, clock) }.sorted()
        try measureLarge(database, clock, &result)
        return result
    }

    private func seconds(of id: DiaObjectID, _ database: EmbeddedDatabase, _ clock: SystemClock) throws -> Double {
        let begin = clock.monotonicSeconds
        guard let curve = try database.lightCurve(LightCurveQuery(.diaObject(id))), curve.forced.rowCount == visits
        else {
            throw UserFault(.unavailable, "a light curve of the benchmark is not whole", detail: "object \(id)")
        }
        return clock.monotonicSeconds - begin
    }

    /// An object of 1 000 points beside the others.
    private func measureLarge(_ database: EmbeddedDatabase, _ clock: SystemClock, _ result: inout Result) throws {
        let count = BenchLightCurve.largeCurve
        var large = SyntheticCurves(objects: 1, firstId: 169_000_000_000_000_000)
        _ = try large.load(
            into: database, visits: count, from: MJD(61_042), days: 360 / Double(count), recordedAt: MJD(61_402.1))
        let id = large.id(0)
        guard let curve = try database.lightCurve(LightCurveQuery(.diaObject(id))), curve.forced.rowCount == count else {
            throw UserFault(.unavailable, "the light curve of \(count) points is not whole")
        }
        let router = Router(APIContext(database: database))
        let request = APIRequest(target: "/api/v1/objects/\(id)/lightcurve")
        var writer = TextWriter(capacity: 1 << 20)
        for _ in 0..<200 {
            for (format, samples) in [(RowText.Form.json, \Result.json), (.csv, \Result.csv)] {
                writer.removeAll()
                let begin = clock.monotonicSeconds
                LightCurveText.write(curve, as: format, to: &writer)
                result[keyPath: samples].append(clock.monotonicSeconds - begin)
            }
            let begin = clock.monotonicSeconds
            guard router.respond(to: request).bytes?.count ?? 0 > writer.count else {
                throw UserFault(.unavailable, "the request for \(count) points is not answered")
            }
            result.request.append(clock.monotonicSeconds - begin)
        }
        result.json.sort()
        result.csv.sort()
        result.request.sort()
    }
}
