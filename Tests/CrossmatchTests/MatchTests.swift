import Core
import Glibc
import Sky
import TestSupport
import Testing

@testable import Crossmatch

@Suite struct MatchTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6]) func equalsAstropySearchAroundSky(seed: Int) throws {
        guard let reference = Reference("search", seed: seed, count: 300, width: 4) else { return }
        var sources: [SkyPosition] = []
        var queries: [SkyPosition] = []
        var pairs: [[Int: Double]] = []
        var radiusArcsec: Double = 0
        for row in 0..<reference.rowCount {
            let a = reference.double(row, 1)
            let b = reference.double(row, 2)
            switch reference.double(row, 0) {
            case 3: radiusArcsec = a
            case 0: sources.append(SkyPosition(raDegrees: a, decDegrees: b))
            case 1: queries.append(SkyPosition(raDegrees: a, decDegrees: b))
            default:
                if pairs.isEmpty { pairs = queries.map { _ in [:] } }
                pairs[Int(a)][Int(b)] = reference.double(row, 3) * 3600
            }
        }
        let scratch = Scratch()
        let catalogue = try scratch.catalogue("sky", sources, sortRunBytes: seed.isMultiple(of: 2) ? 20_000 : 1 << 20)
        let set = CatalogueSet(store: scratch.store, names: ["sky"])
        let radius = Angle(arcsec: radiusArcsec)
        let nearest = NearestMatcher(set: set, catalogue: "sky", radius: radius, neededColumns: []).match(
            batch(queries))
        var matches = 0
        for (index, query) in queries.enumerated() {
            let expected = pairs.isEmpty ? [:] : pairs[index]
            // Pairs at the radius to the last bit may fall on either side of it.
            let sure = expected.filter { $0.value < radiusArcsec * (1 - 1e-12) }
            var found: [Int: Double] = [:]
            for hit in catalogue.cone(query, radius: radius) {
                found[Int(catalogue.idText(hit.row)) ?? -1] = hit.separationArcsec
            }
            #expect(Set(sure.keys).isSubset(of: found.keys))
            for (id, separation) in found {
                #expect(abs((expected[id] ?? radiusArcsec) - separation) < 1e-9)
            }
            let status = nearest.table.string(NearestMatches.statusColumn, index)
            #expect(status == (found.isEmpty ? "unmatched" : "matched"))
            #expect(nearest.table.columns[NearestMatches.separationColumn].double(index) == found.values.min())
            matches += found.count
        }
        print("radius \(radiusArcsec) arcsec: \(matches) pairs")
        #expect(matches > 50)
    }

    @Test func nearestEqualsConeEverywhereAndAtEveryRadius() throws {
        var random = SeededRandom(seed: 2)
        var places: [SkyPosition] = []
        for _ in 0..<6000 {
            let dec: Double = asin(2 * random.uniform() - 1) * Angle.degreesPerRadian
            places.append(SkyPosition(raDegrees: 360 * random.uniform(), decDegrees: dec))
        }
        let scratch = Scratch()
        let catalogue = try scratch.catalogue("all", places)
        let set = CatalogueSet(store: scratch.store, names: ["all"])
        for radiusArcsec in [0.1, 1.5, 30, 300, 3600] {
            let radius = Angle(arcsec: radiusArcsec)
            // Beside a source by about the radius, so that half of them match.
            let queries = places.prefix(2000).map { place in
                let turn: Double = 2 * Double.pi * random.uniform()
                let step: Double = 2 * radiusArcsec / 3600 * random.uniform()
                let dec = max(-90, min(90, place.decDegrees + step * cos(turn)))
                var ra: Double = place.raDegrees + step * sin(turn) / max(0.01, cos(dec * Angle.radiansPerDegree))
                if ra < 0 { ra += 360 }
                if ra > 360 { ra -= 360 }
                return SkyPosition(raDegrees: ra, decDegrees: dec)
            }
            let matcher = NearestMatcher(set: set, catalogue: "all", radius: radius, neededColumns: [])
            let table = matcher.match(batch(queries)).table
            for (index, query) in queries.enumerated() {
                let best = catalogue.cone(query, radius: radius).first
                #expect(table.columns[NearestMatches.separationColumn].double(index) == best?.separationArcsec)
                #expect(
                    table.columns[NearestMatches.sourceIDColumn].int64(index).map(String.init)
                        == best.map { catalogue.idText($0.row) })
            }
            #expect(matcher.matchedCount > 500 && matcher.matchedCount + matcher.unmatchedCount == 2000)
        }
    }

    @Test func motionEqualsAstropy() throws {
        guard let reference = Reference("motion", seed: 17, count: 400, width: 7) else { return }
        var text = "source_id,ra,dec,pmra,pmdec,ref_epoch\n"
        var places: [SkyPosition] = []
        var times: [Double] = []
        for row in 0..<reference.rowCount {
            let values = (0..<5).map { reference.double(row, $0) }
            text += "\(9_007_199_254_740_993 + row),\(values[0]),\(values[1]),\(values[2]),\(values[3]),2016.0\n"
            places.append(SkyPosition(raDegrees: reference.double(row, 5), decDegrees: reference.double(row, 6)))
            times.append(51_544.5 + (16 + values[4]) * 365.25 - 32.184 / 86_400)
        }
        let scratch = Scratch()
        _ = try scratch.importing("moving", text)
        let catalogue = try scratch.open("moving")
        let set = CatalogueSet(store: scratch.store, names: ["moving"])
        // 0.05 mas: the float32 of the motions over 30 years; standing still would miss by tens of arcseconds.
        let matcher = NearestMatcher(
            set: set, catalogue: "moving", radius: Angle(arcsec: 5e-5), neededColumns: ["pmra", "ref_epoch"])
        let table = matcher.match(batch(places, mjd: times)).table
        #expect(matcher.matchedCount == places.count)
        for row in 0..<places.count {
            #expect(table.columns[NearestMatches.sourceIDColumn].int64(row) == Int64(9_007_199_254_740_993 + row))
            let hits = catalogue.cone(places[row], radius: Angle(arcsec: 5e-5), at: MJD(times[row]))
            #expect(hits.count == 1)
        }
        #expect(table.column("ref_epoch").number(0) == 2016)
        #expect(table.column("pmdec").state(0) == .absent)
    }

    /// A few stars like Barnard's among many slow ones, at the poles and RA 0 too, over a century: equal to trying every row.
    @Test func fastStarsAreFoundAndWidenNothing() throws {
        var random = SeededRandom(seed: 33)
        var text = "source_id,ra,dec,pmra,pmdec,ref_epoch\n"
        for row in 0..<4000 {
            var dec: Double = asin(2 * random.uniform() - 1) * Angle.degreesPerRadian
            var ra: Double = 360 * random.uniform()
            if row % 5 == 0 { ra = [0, 359.9999, 0.0001][row / 5 % 3] }
            if row % 7 == 0 { dec = [89.9999, -89.9999, 89.99][row / 7 % 3] }
            let isFast = row % 500 == 35 || row % 1000 == 70
            let scale: Double = isFast ? 8000 : 8
            text += "\(row),\(ra),\(dec),\(scale * random.normal()),\(scale * random.normal()),2016.0\n"
        }
        let scratch = Scratch()
        _ = try scratch.importing("stars", text)
        let catalogue = try scratch.open("stars")
        let slow = try #require(catalogue.manifest.slowMotionMasPerYear)
        #expect(catalogue.fast?.count == 15 && slow < 40 && catalogue.manifest.maxMotionMasPerYear > 8000)
        let time = MJD(51_544.5 + 80 * 365.25)
        #expect(catalogue.motionMarginRadians(years: catalogue.motionYears(at: time)) < Angle(arcsec: 3).radians)
        let set = CatalogueSet(store: scratch.store, names: ["stars"])
        let radius = Angle(arcsec: 2)
        var places: [SkyPosition] = []
        let fast = try #require(catalogue.fast).map { Int($0.row) }
        for row in fast + Array(stride(from: 0, to: 4000, by: 7)) {
            let moved = ProperMotion.propagate(
                catalogue.position(row), pmraMasPerYear: Double(catalogue.pmra?[row] ?? 0),
                pmdecMasPerYear: Double(catalogue.pmdec?[row] ?? 0), years: ProperMotion.years(from: 2016, to: time))
            let there = SkyPosition(moved)
            let step: Double = 3.0 / 3600 * random.uniform()
            places.append(
                SkyPosition(raDegrees: there.raDegrees, decDegrees: max(-90, min(90, there.decDegrees - step))))
            places.append(catalogue.position(row))
        }
        let matcher = NearestMatcher(set: set, catalogue: "stars", radius: radius, neededColumns: [])
        let table = matcher.match(batch(places, mjd: places.map { _ in time.days })).table
        var fastHits = 0
        for (index, place) in places.enumerated() {
            let all = (0..<catalogue.rowCount).map {
                (separation: catalogue.separationDegrees($0, place.raDegrees, place.decDegrees, at: time), row: $0)
            }.filter { $0.separation <= radius.degrees }.sorted { ($0.separation, $0.row) < ($1.separation, $1.row) }
            #expect(catalogue.cone(place, radius: radius, at: time).map(\.row) == all.map(\.row))
            let found = table.columns[NearestMatches.sourceIDColumn].int64(index)
            #expect(found.map(String.init) == all.first.map { catalogue.idText($0.row) })
            if let first = all.first, fast.contains(first.row) { fastHits += 1 }
        }
        #expect(fastHits >= 8)
    }
}
