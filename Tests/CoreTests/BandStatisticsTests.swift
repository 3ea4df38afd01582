import Core
import Testing

@Suite struct BandStatisticsTests {
    /// Against the formulae in two passes, about a large offset that would cancel.
    @Test(arguments: [(UInt64(1), 0.0), (2, 1e6), (3, -1e9)]) func agreesWithTwoPasses(seed: UInt64, offset: Double)
        throws
    {
        var random = SeededRandom(seed: seed)
        let points = (0..<300).map { _ in (flux: offset + 100 * random.normal(), err: 1 + 10 * random.uniform()) }
        var statistics = BandStatistics()
        for (index, point) in points.enumerated() {
            statistics.add(flux: point.flux, fluxErr: point.err, midpoint: MJD(61_000 + Double(index)))
        }
        let fluxes = points.map(\.flux)
        let mean = fluxes.reduce(0, +) / 300
        let sigma = (fluxes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 299).squareRoot()
        let weights = points.map { 1 / ($0.err * $0.err) }
        let weighted = zip(weights, fluxes).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        #expect(abs(try #require(statistics.fluxSigma) - sigma) < 1e-6 * sigma)
        #expect(abs(try #require(statistics.meanFlux) - weighted) < 1e-9 * max(100, abs(offset)))
        #expect(abs(try #require(statistics.meanFluxErr) - (1 / weights.reduce(0, +)).squareRoot()) < 1e-12)
        #expect(statistics.minFlux == fluxes.min())
        #expect(statistics.maxFlux == fluxes.max())
        #expect(statistics.lastFlux == fluxes.last)
    }

    /// Whatever the order, the bits are the same; hostile values, equal times and signs of zero included.
    @Test(arguments: [UInt64(11), 12, 13]) func theOrderOfArrivalLeavesNoTrace(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let odd: [Double?] = [nil, .nan, .infinity, -0.0, 0, 1e300, -1e300, 0x1p36, 5e-300, 5e10, -0.1]
        let oddErrors: [Double?] = [nil, .nan, 0, 1e-300, 0x1p-8, 1e200, -3, 0.1]
        var points = (0..<200).map { index -> (flux: Double?, err: Double?, midpoint: MJD) in
            let isOdd = random.next() % 3 == 0
            let flux = isOdd ? odd[Int(random.next() % UInt64(odd.count))] : Double(Float(1e4 * random.normal()))
            let err = isOdd ? oddErrors[Int(random.next() % UInt64(oddErrors.count))] : Double(Float(random.uniform() * 99))
            return (flux, err, MJD(61_000 + Double(index / 4)))
        }
        func sum() -> BandStatistics {
            var statistics = BandStatistics()
            for point in points { statistics.add(flux: point.flux, fluxErr: point.err, midpoint: point.midpoint) }
            return statistics
        }
        let first = sum()
        for _ in 0..<50 {
            points.shuffle(using: &random)
            #expect(sum() == first)
        }
        #expect(first.count == 200 && first.fluxCount > 100)
        #expect(try #require(first.meanFlux).isFinite && #require(first.fluxSigma).isFinite)
    }

    @Test func missingValuesCountAsPointsOnly() {
        var statistics = BandStatistics()
        #expect(statistics == BandStatistics())
        statistics.add(flux: nil, fluxErr: 1, midpoint: MJD(61_005))
        statistics.add(flux: .nan, fluxErr: 1, midpoint: MJD(61_001))
        statistics.add(flux: .infinity, fluxErr: 1, midpoint: MJD(61_002))
        #expect(statistics.count == 3)
        #expect(statistics.fluxCount == 0)
        #expect(statistics.meanFlux == nil)
        statistics.add(flux: 5, fluxErr: 0, midpoint: MJD(61_003))
        statistics.add(flux: 7, fluxErr: .nan, midpoint: MJD(61_004))
        #expect(statistics.meanFlux == nil)
        #expect(statistics.fluxSigma == 2.0.squareRoot())
        #expect(statistics.firstMidpoint == 61_001)
        #expect(statistics.lastMidpoint == 61_005)
        #expect((statistics.minFlux, statistics.maxFlux) == (5, 7))
        #expect(statistics != BandStatistics())
    }
}
