import Core
import Crossmatch
import Glibc
import Sky

/// `bench crossmatch`: alerts of a visit, and alerts all over the sky, against a catalogue, sorting and columns included.
struct BenchCrossmatch {
    struct Result {
        let metric: String
        let alertsPerSecond: [Double]
        let matched: Int
    }

    var rows = 10_000_000
    var alerts = 10_000
    var radiusArcsec: Double = 1.5
    var runs = 9

    /// Writes the catalogue `bench_crossmatch` into a store unless it is there with as many rows, and matches against it.
    func run(in store: CatalogueStore) throws -> (results: [Result], matchBytesPerRow: Double) {
        let name = "bench_crossmatch"
        if (try? Catalogue.open(name, in: store).rowCount) != rows {
            try UniformCatalogue.write(name: name, rows: rows, seed: 20_261, in: store)
        }
        let set = CatalogueSet(store: store, names: [name])
        guard let catalogue = set.current(name) else {
            throw UserFault(.unavailable, "the benchmark's catalogue cannot be used", detail: set.fault(name) ?? "")
        }
        var random = SeededRandom(seed: 5)
        let visit = (0..<alerts).map { _ in
            let turn: Double = 2 * Double.pi * random.uniform()
            let step: Double = 1.75 * random.uniform().squareRoot()
            return SkyPosition(raDegrees: 150 + step * cos(turn) / cos(0.0349), decDegrees: 2 + step * sin(turn))
        }
        // Half of them beside a source, so that the columns have something to fetch.
        let anywhere = (0..<alerts).map { index -> SkyPosition in
            let source = catalogue.position(Int(random.next() % UInt64(catalogue.rowCount)))
            guard index.isMultiple(of: 2) else { return source }
            return SkyPosition(raDegrees: 360 * random.uniform(), decDegrees: 180 * random.uniform() - 90)
        }
        let results = [
            measure("visit", visit, set, name), measure("whole sky", anywhere, set, name),
        ]
        return (results, catalogue.manifest.matchBytesPerRow)
    }

    private func measure(_ metric: String, _ places: [SkyPosition], _ set: CatalogueSet, _ name: String) -> Result {
        let ra = places.map(\.raDegrees)
        let dec = places.map(\.decDegrees)
        let times = places.map { _ in 61_000.0 }
        let matcher = NearestMatcher(
            set: set, catalogue: name, radius: Angle(arcsec: radiusArcsec), neededColumns: ["mag"])
        let batch = SkyBatch()
        let clock = SystemClock()
        var rates: [Double] = []
        for _ in 0...runs {
            let begin = clock.monotonicSeconds
            ra.withUnsafeBufferPointer { ra in
                dec.withUnsafeBufferPointer { dec in
                    times.withUnsafeBufferPointer { batch.load(raDegrees: ra, decDegrees: dec, midpointMjdTai: $0) }
                }
            }
            _ = matcher.match(batch)
            rates.append(Double(places.count) / (clock.monotonicSeconds - begin))
        }
        // The first run warms the mapping.
        return Result(
            metric: metric, alertsPerSecond: Array(rates.dropFirst()), matched: matcher.matchedCount / (runs + 1))
    }
}
