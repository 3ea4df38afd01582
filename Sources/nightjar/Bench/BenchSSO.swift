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
    /// Bodies whose places are computed apart from the index.
    var sampledBodies = 400
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
        /// Bodies of the set whose detections lie where a full ephemeris says, from their elements alone …
        var sampled = 0
        /// … and those whose own orbit is the nearest to their detection, within a second of arc.
        var found = 0
        /// Detections in the visits that stand for bodies; where they stand is taken from the index, which says nothing of
        /// completeness.
        var planted = 0
        /// Detections of the visits whose nearest orbit, within a second of arc, is not theirs.
        var wrong = 0
        /// How many of these chance makes: each body of the field has, within a second of arc, as many detections as their
        /// density says.
        var wrongByChance: Double = 0
        var bytesPerOrbit: Double = 0
        var redone = 0
        /// Of each body.
        var errorMicroseconds: [Double] = []
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
            let (sources, bodies, inField) = detections(index, visit, &random)
            let begin = clock.monotonicSeconds
            let found = matcher.match(sources)
            result.visitMilliseconds.append((clock.monotonicSeconds - begin) * 1000)
            result.batchedMilliseconds.append(batched(matcher, sources, &random))
            result.planted += bodies.count
            for match in found.matches where Self.isNearest(match) {
                let isRight = match.source < bodies.count && bodies[match.source].orbit == match.orbit
                if !isRight { result.wrong += 1 }
            }
            let perArcsec2: Double = Double(alertsPerVisit) / (Self.fieldDeg * Self.fieldDeg * .pi * 3600 * 3600)
            result.wrongByChance += Double(inField) * perArcsec2 * .pi
        }
        sample(source, matcher, index.options, &random, &result)
        result.errorMicroseconds = errorMicroseconds(source, index.options)
        return result
    }

    private static func isNearest(_ match: OrbitMatch) -> Bool {
        match.orbitRank == 1 && match.separationArcsec <= SolarClaim.mostArcsec
    }

    /// Bodies all over the sky and the set, each integrated from its epoch to a time of the night by itself.
    private func sample(
        _ source: SyntheticOrbits, _ matcher: VisitMatcher, _ options: NightlyOptions, _ random: inout SeededRandom,
        _ result: inout Result
    ) {
        let computer = EphemerisComputer(site: options.site)
        var sources = SourceColumns(raDegrees: [], decDegrees: [], midpointMjdTai: [])
        var rows: [Int] = []
        for row in stride(from: 0, to: orbits, by: max(1, orbits / sampledBodies)) {
            let time: Double = options.midnightMjdTai + options.halfWindowDays * (2 * random.uniform() - 1)
            let target = PredictionTarget(elements: source.elements(row))
            guard let place = try? computer.predict(target, mjdTai: [time]).first?.sighting.place, place.isOnSky else {
                continue
            }
            rows.append(row)
            sources.raDegrees.append(place.raDegrees)
            sources.decDegrees.append(place.decDegrees)
            sources.midpointMjdTai.append(time)
        }
        result.sampled = rows.count
        result.found = matcher.match(sources).matches.count { Self.isNearest($0) && $0.orbit == rows[$0.source] }
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
    ) -> (SourceColumns, planted: [PlacedOrbit], inField: Int) {
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
        return (sources, Array(bodies), inField.count)
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
                ("uncertainty_\(name)", "us/body", result.errorMicroseconds, result.errorMicroseconds.count),
                ("visit_mean_\(name)", "ms", [mean], bench.alertsPerVisit),
                ("visit_worst_\(name)", "ms", [result.visitMilliseconds.max() ?? 0], bench.alertsPerVisit),
                (
                    "completeness_\(name)", "fraction of sampled",
                    [Double(result.found) / Double(max(1, result.sampled))], result.sampled
                ),
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
