import Core
import Storage

/// `bench fold`: a night of forced points into month blocks, then a year of months into year blocks.
struct BenchFold {
    struct Result {
        let points: Int
        let writePointsPerSecond: Double
        let foldPointsPerSecond: Double
        let monthBytesPerPoint: Double
        let yearPointsPerSecond: Double
        let yearBytesPerPoint: Double
    }

    var objects = 20_000
    /// Visits of each object in the year.
    var visits = 100

    /// Fills a new database in a directory that does not exist yet.
    func run(in directory: String) throws -> Result {
        let database = try EmbeddedDatabase.open(directory: directory)
        defer { database.close() }
        let clock = SystemClock()
        var curves = SyntheticCurves(objects: objects)
        let night = MJD(61_400.1)
        let start = clock.monotonicSeconds
        let points = try curves.write(
            to: database, visits: visits, from: MJD(61_042), days: 360 / Double(visits), recordedAt: night)
        let written = clock.monotonicSeconds
        let months = try database.fold(night: Night(night))
        let folded = clock.monotonicSeconds
        let years = try database.foldYears(before: 2028)
        let end = clock.monotonicSeconds
        return Result(
            points: points, writePointsPerSecond: Double(points) / (written - start),
            foldPointsPerSecond: Double(months.points) / (folded - written),
            monthBytesPerPoint: Double(months.bytes) / Double(max(months.points, 1)),
            yearPointsPerSecond: Double(years.points) / (end - folded),
            yearBytesPerPoint: Double(years.bytes) / Double(max(years.points, 1)))
    }
}
