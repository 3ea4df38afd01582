import Core
import Storage
import Synchronization

/// `bench fold`: the nights of a year into month blocks at once, one night more into the blocks that are there while points
/// go on coming in, and the months into years.
struct BenchFold {
    struct Result {
        var points = 0
        var writePointsPerSecond = 0.0
        var foldPointsPerSecond = 0.0
        var monthBytesPerPoint = 0.0
        var nightPoints = 0
        var nightPointsPerSecond = 0.0
        /// Of commits while that night was folded.
        var writeMeanwhilePointsPerSecond = 0.0
        var yearPointsPerSecond = 0.0
        var yearBytesPerPoint = 0.0
    }

    var points = 2_000_000
    /// Visits of each object in the year.
    var visits = 100

    /// Fills a new database in a directory that does not exist yet.
    func run(in directory: String) throws -> Result {
        let database = try EmbeddedDatabase.open(directory: directory)
        defer { database.close() }
        let clock = SystemClock()
        var curves = SyntheticCurves(objects: max(points / visits, 1))
        var result = Result()
        let night = MJD(61_402.1)
        let start = clock.monotonicSeconds
        result.points = try curves.write(
            to: database, visits: visits, from: MJD(61_042), days: 359 / Double(visits), recordedAt: night)
        let written = clock.monotonicSeconds
        let months = try database.fold(night: Night(night))
        let folded = clock.monotonicSeconds
        result.writePointsPerSecond = Double(result.points) / (written - start)
        result.foldPointsPerSecond = Double(months.points) / (folded - written)
        result.monthBytesPerPoint = Double(months.bytes) / Double(max(months.points, 1))
        try foldOneNight(database, &curves, clock, &result)
        let begin = clock.monotonicSeconds
        let years = try database.foldYears(before: 2028)
        result.yearPointsPerSecond = Double(years.points) / (clock.monotonicSeconds - begin)
        result.yearBytesPerPoint = Double(years.bytes) / Double(max(years.points, 1))
        return result
    }

    /// Two points of every object into the month blocks that are there, while the next night's come in.
    private func foldOneNight(
        _ database: EmbeddedDatabase, _ curves: inout SyntheticCurves, _ clock: SystemClock, _ result: inout Result
    ) throws {
        let night = MJD(61_403.1)
        let stored = try curves.write(
            to: database, visits: 2, from: MJD(61_402.2), days: 0.02, recordedAt: night)
        result.nightPoints = stored
        let outcome = Mutex<(seconds: Double, fault: DependencyFault?)?>(nil)
        let begin = clock.monotonicSeconds
        let thread = NamedThread("bench-fold") {
            var fault: DependencyFault?
            do throws(DependencyFault) { _ = try database.fold(night: Night(night)) } catch { fault = error }
            outcome.withLock { $0 = (clock.monotonicSeconds - begin, fault) }
        }
        let meanwhile = try curves.write(
            to: database, visits: 1000, from: MJD(61_403.2), days: 0.0005, recordedAt: MJD(61_404.1)
        ) { outcome.withLock { $0 == nil } }
        let writing = clock.monotonicSeconds - begin
        thread.join()
        guard let done = outcome.withLock({ $0 }) else { preconditionFailure("a fold without an end") }
        if let fault = done.fault { throw fault }
        result.nightPointsPerSecond = Double(stored) / done.seconds
        result.writeMeanwhilePointsPerSecond = Double(meanwhile) / writing
    }
}
