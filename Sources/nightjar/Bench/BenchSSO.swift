import Core
import Glibc
import Sky
import SolarSystem

/// `bench sso`: a night's states and index of many orbits on one thread, and visits matched against it.
struct BenchSSO {
    var orbits = 1_500_000
    var alertsPerVisit = 10_000
    /// Detections of each visit that are known bodies, where so many stand in the field.
    var moversPerVisit = 1000
    var visits = 40
    var runs = 3
    /// Radius of a visit's field.
    private static let fieldDeg: Double = 1.75

    struct Result {
        /// Wall seconds and processor seconds of each run.
        var buildSeconds: [Double] = []
        var buildProcessorSeconds: [Double] = []
        /// Of each visit.
        var visitMilliseconds: [Double] = []
        /// Of each visit, its detections in batches as they come, in any order.
        var batchedMilliseconds: [Double] = []
        var planted = 0
        /// Planted bodies whose own detection was attributed to them …
        var right = 0
        /// … and detections that were attributed to a body that is not theirs.
        var wrong = 0
        /// How many of these chance makes: each body of the field that was not planted has, within a second of arc, as many
        /// detections as their density says.
        var wrongByChance: Double = 0
        var bytesPerOrbit: Double = 0
        var redone = 0
    }

    func run() -> Result {
        var result = Result()
        let clock = SystemClock()
        let source = SyntheticOrbits(count: orbits, seed: 7)
        var random = SeededRandom(seed: 11)
        var index: NightlyIndex?
        for _ in 0..<runs {
            index = nil
            let (begin, processor) = (clock.monotonicSeconds, Machine.processorSeconds)
            index = NightlyIndex(source, options: NightlyOptions(night: Night(dayObs: 20_261_121)))
            result.buildSeconds.append(clock.monotonicSeconds - begin)
            result.buildProcessorSeconds.append(Machine.processorSeconds - processor)
        }
        guard let index else { return result }
        result.bytesPerOrbit = Double(index.residentBytes) / Double(max(1, orbits))
        result.redone = index.redone
        let matcher = VisitMatcher(index: index)
        for visit in 0..<visits {
            let (sources, bodies, others) = detections(index, visit, &random)
            let begin = clock.monotonicSeconds
            let found = matcher.match(sources)
            result.visitMilliseconds.append((clock.monotonicSeconds - begin) * 1000)
            result.batchedMilliseconds.append(batched(matcher, sources, &random))
            result.planted += bodies.count
            for match in found.matches where match.isPrimary {
                let isRight = match.source < bodies.count && bodies[match.source].orbit == match.orbit
                if isRight { result.right += 1 } else { result.wrong += 1 }
            }
            let perArcsec2: Double = Double(alertsPerVisit) / (Self.fieldDeg * Self.fieldDeg * .pi * 3600 * 3600)
            result.wrongByChance += Double(others) * perArcsec2 * .pi
        }
        return result
    }

    /// A visit's detections in batches: each searches the whole field.
    private func batched(_ matcher: VisitMatcher, _ sources: SourceColumns, _ random: inout SeededRandom) -> Double {
        let order = (0..<sources.count).shuffled(using: &random)
        let size = 1024
        let batches = stride(from: 0, to: order.count, by: size).map { start in
            let rows = order[start..<min(start + size, order.count)]
            return SourceColumns(
                raDegrees: rows.map { sources.raDegrees[$0] }, decDegrees: rows.map { sources.decDegrees[$0] },
                midpointMjdTai: rows.map { sources.midpointMjdTai[$0] })
        }
        let clock = SystemClock()
        let begin = clock.monotonicSeconds
        for batch in batches { _ = matcher.match(batch) }
        return (clock.monotonicSeconds - begin) * 1000
    }

    /// A visit of the night: fields around opposition on the ecliptic and up to 40° off it. Opposition on 2026-11-21 is at
    /// right ascension 57°.
    private func detections(
        _ index: NightlyIndex, _ visit: Int, _ random: inout SeededRandom
    ) -> (SourceColumns, planted: [PlacedOrbit], others: Int) {
        let ra: Double = 57 + 18 * Double(visit % 8 - 4)
        let ecliptic: Double = 20 + 23.4 * (sin((ra - 57) * .pi / 180 + .pi / 2) - 1) * 0.5
        let dec: Double = ecliptic - 10 * Double(visit / 8)
        let center = SkyPosition(raDegrees: (ra + 360).truncatingRemainder(dividingBy: 360), decDegrees: dec)
        let half: Double = index.options.halfWindowDays / 2
        let time: Double = index.options.midnightMjdTai + half * (2 * Double(visit) / Double(visits) - 1)
        let inField = index.cone(center: center, radius: Angle(degrees: Self.fieldDeg), mjdTai: time)
        let bodies = inField.prefix(moversPerVisit)
        var sources = SourceColumns(raDegrees: [], decDegrees: [], midpointMjdTai: [])
        for body in bodies {
            sources.raDegrees.append(body.sighting.place.raDegrees)
            sources.decDegrees.append(body.sighting.place.decDegrees)
        }
        while sources.raDegrees.count < alertsPerVisit {
            let turn: Double = 2 * Double.pi * random.uniform()
            let step: Double = Self.fieldDeg * random.uniform().squareRoot()
            let east: Double = step * cos(turn) / cos(dec * Double.pi / 180)
            sources.raDegrees.append((center.raDegrees + east + 360).truncatingRemainder(dividingBy: 360))
            sources.decDegrees.append(dec + step * sin(turn))
        }
        sources.midpointMjdTai = [Double](repeating: time, count: sources.raDegrees.count)
        return (sources, Array(bodies), inField.count - bodies.count)
    }
}

extension BenchCase {
    static func sso(_ options: BenchOptions) throws {
        for (name, count) in [("1.5M", options.size(1_500_000, quick: 1000)), ("6M", options.size(6_000_000, quick: 2000))] {
            var bench = BenchSSO()
            bench.orbits = count
            bench.runs = options.isQuick ? 1 : min(3, options.runs)
            bench.visits = options.size(40, quick: 3)
            let result = bench.run()
            let planted = Double(max(1, result.planted))
            let mean: Double = result.visitMilliseconds.reduce(0, +) / Double(max(1, result.visitMilliseconds.count))
            let series: [(String, String, [Double], Int)] = [
                ("nightly_\(name)", "s", result.buildSeconds, count),
                ("nightly_processor_\(name)", "s", result.buildProcessorSeconds, count),
                ("visit_\(name)", "ms", result.visitMilliseconds, bench.alertsPerVisit),
                ("visit_in_batches_\(name)", "ms", result.batchedMilliseconds, bench.alertsPerVisit),
                ("memory_\(name)", "B/orbit", [result.bytesPerOrbit], count),
                ("redone_\(name)", "orbits", [Double(result.redone)], count),
                ("visit_mean_\(name)", "ms", [mean], bench.alertsPerVisit),
                ("visit_worst_\(name)", "ms", [result.visitMilliseconds.max() ?? 0], bench.alertsPerVisit),
                ("completeness_\(name)", "fraction of planted", [Double(result.right) / planted], result.planted),
                ("wrong_\(name)", "per planted", [Double(result.wrong) / planted], result.planted),
                ("wrong_by_chance_\(name)", "per planted", [result.wrongByChance / planted], result.planted),
            ]
            for (metric, unit, values, n) in series {
                BenchResult("sso", metric, unit: unit, values: values, n: n).print()
            }
        }
        try BenchIngest.solarSystemEffect(options)
    }
}
