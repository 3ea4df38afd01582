import Core
import Glibc
import SolarSystem
import Synchronization

/// The orbit set of the benchmarks, made once for a scratch directory.
enum BenchOrbits {
    static func prepare(_ count: Int, in scratch: BenchScratch) throws -> OrbitStore {
        let store = OrbitStore(path: scratch.path + "/orbits")
        if try store.openCurrent()?.count == count { return store }
        let source = SyntheticOrbits(count: count, seed: 7)
        var builder = OrbitSetBuilder()
        for row in 0..<count { builder.add(name: "\(row + 1)", elements: source.elements(row)) }
        _ = try store.publish(builder)
        return store
    }
}

/// Makes one nightly index after the other on a thread of low priority, as a running broker makes one.
final class IndexingLoad: Sendable {
    private let isDone = Atomic<Bool>(false)
    private let seconds = Mutex<[Double]>([])
    private let thread = Mutex<NamedThread?>(nil)

    init(_ set: OrbitSet, night: Night) {
        thread.withLock {
            $0 = NamedThread("bench-nights") { [self] in
                setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
                let clock = SystemClock()
                while !isDone.load(ordering: .relaxed) {
                    let begin = clock.monotonicSeconds
                    let index = NightlyIndex(set, options: NightlyOptions(night: night))
                    precondition(index.count > 0)
                    seconds.withLock { $0.append(clock.monotonicSeconds - begin) }
                }
            }
        }
    }

    /// Ends after the index that is under way.
    /// - Returns: seconds of each index that was made.
    func stop() -> [Double] {
        isDone.store(true, ordering: .relaxed)
        thread.withLock { $0.take() }?.join()
        return seconds.withLock { $0 }
    }
}

/// `bench sso`, second part: what orbits cost the ingest of alerts.
extension BenchIngest {
    static let solarSystemCells: [(metric: String, cell: Cell)] = [
        ("ingest_without_orbits", Cell(name: "14kB_archive_off", orbits: .none)),
        ("ingest_with_orbits", Cell(name: "14kB_archive_off")),
        ("ingest_while_indexing", Cell(name: "14kB_archive_off", orbits: .whileIndexing)),
    ]

    /// The cells in turns, so that what else the machine does meets all of them.
    static func solarSystemEffect(_ options: BenchOptions) throws {
        var parts = [[Part]](repeating: [], count: solarSystemCells.count)
        for run in 0..<(options.givenRuns ?? (options.isQuick ? 1 : 3)) {
            for (place, one) in solarSystemCells.enumerated() {
                var bench = BenchIngest(options)
                bench.seed = UInt64(run + 1)
                bench.catalogueRows = min(bench.catalogueRows, 1_000_000)
                parts[place].append(try bench.run(one.cell).steadyState)
            }
        }
        for (place, one) in solarSystemCells.enumerated() {
            let n = parts[place].first?.alerts ?? 0
            let rates = parts[place].map { Double($0.alerts) / $0.seconds }
            BenchResult("sso", one.metric, unit: "alerts/s", values: rates, n: n).print()
            let processor = parts[place].map { $0.processorSeconds / Double($0.alerts) * 1e6 }
            BenchResult("sso", one.metric + "_processor", unit: "us/alert", values: processor, n: n).print()
            let indexing = parts[place].flatMap(\.indexSeconds)
            guard !indexing.isEmpty else { continue }
            BenchResult("sso", "nightly_meanwhile", unit: "s", values: indexing, n: options.size(orbitCount, quick: 1000))
                .print()
        }
    }

    static let orbitCount = 1_500_000
}
