import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

@Suite struct MovingPairsTests {
    /// A body that starts at a place and moves on a great circle, seen at some times.
    private func track(
        _ id: Int64, at place: (ra: Double, dec: Double), rate: Double, pa: Double, magnitude: Double = 22,
        minutes: [Double] = [0, 33], bands: [Band] = [.r, .r]
    ) -> [MoverCandidates.Detection] {
        let start = Vec3(raDegrees: place.ra, decDegrees: place.dec)
        let (east, north) = TangentAxes.at(start)
        let bearing: Double = pa * Angle.radiansPerDegree
        let ahead = sin(bearing) * east + cos(bearing) * north
        return zip(minutes, bands).enumerated().map { index, one in
            let angle: Double = rate * one.0 / 1440 * Angle.radiansPerDegree
            let seen = SkyPosition(cos(angle) * start + sin(angle) * ahead)
            let color: Double = [1.72, 0.48, 0, -0.11, -0.12, -0.12][Int(one.1.rawValue)]
            return MoverCandidates.Detection(
                id: DiaSourceID(rawValue: id * 10 + Int64(index)),
                visit: VisitID(rawValue: 2_026_022_300_000 + Int64(one.0)), midpoint: MJD(61_000 + one.0 / 1440),
                raDeg: seen.raDegrees, decDeg: seen.decDegrees, errorArcsec: 0.07, magnitude: magnitude + color,
                band: one.1)
        }
    }

    private func chosen(_ detections: [MoverCandidates.Detection], _ limits: MoverLimits = MoverLimits()) -> [MovingPair] {
        var candidates = MoverCandidates()
        candidates.detections = detections
        let (possible, still, _) = candidates.pairs(limits)
        return MoverCandidates.chosen(possible.filter { !still.contains($0.first) && !still.contains($0.second) })
    }

    @Test func bodiesAreFoundAnywhereOnTheSky() throws {
        let places = [(0.0001, 0.0), (359.9999, -30.0), (120, 89.999), (17, -89.9), (180, 45)]
        for (number, place) in places.enumerated() {
            for (rate, pa) in [(0.02, 10.0), (0.25, 280), (1.4, 95)] {
                let detections = track(Int64(number + 1), at: place, rate: rate, pa: pa, bands: [.g, .i])
                var candidates = MoverCandidates()
                candidates.detections = detections
                let pair = try #require(chosen(detections).first, "\(place) \(rate)")
                #expect((pair.first, pair.second) == (0, 1))
                let table = ColumnTable(schema: MoverTable.schema)
                MoverTable.append(pair, of: candidates, to: table)
                #expect(abs((table.column("rate").double(0) ?? 0) - rate) < 1e-9 * 1440)
                #expect(abs((table.column("pa_deg").double(0) ?? 0) - pa) < 1e-4, "\(place) \(rate)")
                #expect(table.column("minutes").double(0).map { abs($0 - 33) < 1e-4 } == true)
                #expect(table.string("trkSub", 0)?.utf8.count == 8 && table.string("second_band", 0) == "i")
            }
        }
    }

    @Test func limitsHold() {
        let place = (ra: 150.0, dec: 2.0)
        #expect(chosen(track(1, at: place, rate: 1.6, pa: 40)).isEmpty)
        #expect(chosen(track(1, at: place, rate: 0.008, pa: 40, minutes: [0, 80])).isEmpty)
        #expect(chosen(track(1, at: place, rate: 0.2, pa: 40, minutes: [0, 91])).isEmpty)
        #expect(chosen(track(1, at: place, rate: 0.2, pa: 40, minutes: [0, 0])).isEmpty)
        var other = track(1, at: place, rate: 0.2, pa: 40)
        other[1].magnitude += 1.1
        #expect(chosen(other).isEmpty)
        // The same visit shows a body once.
        var same = track(1, at: place, rate: 0.2, pa: 40)
        same[1].visit = same[0].visit
        #expect(chosen(same).isEmpty)
        var fast = MoverLimits()
        fast.mostRateDegPerDay = 3
        #expect(chosen(track(1, at: place, rate: 1.6, pa: 40), fast).count == 1)
    }

    /// What stands still is neither a body nor half of one.
    @Test func whatStandsStillIsNoBody() {
        let star = track(1, at: (150, 2), rate: 0, pa: 0)
        #expect(chosen(star).isEmpty)
        let near = track(2, at: (150.001, 2.001), rate: 0.3, pa: 200).suffix(1)
        #expect(chosen(star + near).isEmpty)
        // In a minute nothing can be told.
        let minute = track(3, at: (10, 2), rate: 0, pa: 0, minutes: [0, 1])
        var candidates = MoverCandidates()
        candidates.detections = minute
        #expect(candidates.pairs(MoverLimits()).still.isEmpty)
    }

    /// 500 bodies among as many detections of nothing in each of two visits: nearly all come back, each detection once at most,
    /// and what comes beside them is as much as `chance` says.
    @Test func bodiesAmongNoise() {
        var random = SeededRandom(seed: 41)
        var detections: [MoverCandidates.Detection] = []
        for body in 0..<500 {
            detections += track(
                Int64(body + 1), at: (150 + 3 * random.uniform(), 3 * random.uniform()), rate: 0.1 + 0.2 * random.uniform(),
                pa: 360 * random.uniform(), magnitude: 20 + 3 * random.uniform())
        }
        for noise in 0..<1000 {
            detections += track(
                Int64(10_000 + noise), at: (150 + 3 * random.uniform(), 3 * random.uniform()), rate: 0, pa: 0,
                magnitude: 20 + 3 * random.uniform(), minutes: [noise % 2 == 0 ? 0 : 33], bands: [.r])
        }
        let pairs = chosen(detections)
        let right = pairs.filter { detections[$0.first].id.rawValue / 10 == detections[$0.second].id.rawValue / 10 }.count
        let used = pairs.flatMap { [$0.first, $0.second] }
        #expect(Set(used).count == used.count)
        #expect(right >= 485, "seed 41: \(right) of 500")
        #expect(pairs == pairs.sorted(by: <))
    }

    /// The work follows the neighbours, and a heap of detections at one place stops it.
    @Test func manyCandidatesAreBounded() {
        var random = SeededRandom(seed: 42)
        var candidates = MoverCandidates()
        for index in 0..<30_000 {
            candidates.detections += track(
                Int64(index + 1), at: (100 + 60 * random.uniform(), -30 + 60 * random.uniform()), rate: 0, pa: 0,
                minutes: [Double(index % 300)], bands: [.r])
        }
        #expect(!candidates.pairs(MoverLimits()).isTruncated)
        var limits = MoverLimits()
        limits.mostNeighbours = 1000
        #expect(candidates.pairs(limits).isTruncated)
        limits = MoverLimits()
        limits.mostPairs = 1
        let found = candidates.pairs(limits)
        #expect(found.isTruncated && found.possible.count == 1)
    }
}
