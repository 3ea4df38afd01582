import Core
import Storage

/// `bench lightcurve`: light curves of random objects by id, from folded blocks and tonight's rows together.
struct BenchLightCurve {
    struct Result {
        let points: Int
        /// Seconds of each query, ascending.
        let seconds: [Double]

        /// The time that a part of the queries stays below.
        func quantile(_ part: Double) -> Double {
            seconds[min(seconds.count - 1, Int(Double(seconds.count) * part))]
        }
    }

    var objects = 100_000
    var visits = 100
    var queries = 5_000

    /// Fills a new database in a directory that does not exist yet, folds all but the last night, and asks.
    func run(in directory: String) throws -> Result {
        let database = try EmbeddedDatabase.open(directory: directory)
        defer { database.close() }
        var curves = SyntheticCurves(objects: objects)
        let spacing = 360 / Double(visits)
        var points = try curves.write(
            to: database, visits: visits - 1, from: MJD(61_042), days: spacing, recordedAt: MJD(61_400.1))
        _ = try database.fold(before: Night(MJD(61_401.1)))
        _ = try database.foldYears(before: 2028)
        points += try curves.write(
            to: database, visits: 1, from: MJD(61_402), days: spacing, recordedAt: MJD(61_402.1))
        let clock = SystemClock()
        var random = SeededRandom(seed: 78)
        var seconds: [Double] = []
        for _ in 0..<queries {
            let id = SyntheticCurves.id(Int.random(in: 0..<objects, using: &random))
            let begin = clock.monotonicSeconds
            guard let curve = try database.lightCurve(LightCurveQuery(.diaObject(id))),
                curve.forced.rowCount == visits
            else {
                throw UserFault(.unavailable, "a light curve of the benchmark is not whole", detail: "object \(id)")
            }
            seconds.append(clock.monotonicSeconds - begin)
        }
        return Result(points: points, seconds: seconds.sorted())
    }
}
