import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

/// Each column of a candidate by its own definition, from the sighting alone.
@Suite struct SSSourceRowTests {
    private let scratch = OrbitScratch()
    private let night = TestOrbits.midnight
    private let place = SkyPosition(raDegrees: 359.999_9, decDegrees: -12)

    private func row(
        _ elements: CometaryElements, name: String, covariance: OrbitCovariance? = nil, east: Double, north: Double
    ) throws -> (table: ColumnTable, match: OrbitMatch, set: OrbitSet) {
        var builder = OrbitSetBuilder()
        #expect(builder.add(name: name, elements: elements, covariance: covariance) == nil)
        _ = try scratch.store.publish(builder)
        let set = try scratch.set()
        let index = NightlyIndex(
            set, options: NightlyOptions(midnightMjdTai: night), planets: DynamicsTests.planets)
        let seen = place.moved(east: east, north: north)
        let result = VisitMatcher(index: index, errors: set.nightlyErrors()).match(SourceColumns([seen], mjdTai: night))
        let match = try #require(result.matches.first)
        let table = ColumnTable(schema: Tables.ssoCandidate)
        SSSourceRow.append(match, diaSourceId: DiaSourceID(rawValue: 77), observed: seen, set: set, to: table)
        return (table, match, set)
    }

    @Test func everyColumnIsWhatItsNameSays() throws {
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 1.5)
        let (table, match, set) = try row(orbit, name: "2026 AB1", east: 0.4, north: -0.3)
        let (sighting, body) = (match.sighting, match.sighting.topo.position)
        let sun = -sighting.observer
        func speed(_ v: Vec3) -> Double { v.length * 149_597_870.7 / 86_400 }
        func radial(_ state: HelioState) -> Double { speed(state.velocity) * cos(state.position.angleRadians(to: state.velocity)) }
        let degree = 180 / Double.pi
        let (rateRa, rateDec) = sighting.rates
        let rate = hypot(rateRa, rateDec)
        let seen = place.moved(east: 0.4, north: -0.3)
        var expected: [String: Double] = [
            "elongation": sun.angleRadians(to: body) * degree,
            "phaseAngle": (-sighting.helio.position).angleRadians(to: -body) * degree, "topoRange": body.length,
            "topoRangeRate": radial(sighting.topo), "helioRange": sighting.helio.position.length,
            "helioRangeRate": radial(sighting.helio), "ephRa": sighting.place.raDegrees, "ephDec": sighting.place.decDegrees,
            "ephVmag": set.elements(0).magnitudeV(sighting), "ephRate": rate, "ephRateRa": rateRa, "ephRateDec": rateDec,
            "ephOffset": 0.5, "ephOffsetRa": 0.4, "ephOffsetDec": -0.3,
            // The component along the unit vector of motion, and along that vector turned by a right angle.
            "ephOffsetAlongTrack": (0.4 * rateRa - 0.3 * rateDec) / rate,
            "ephOffsetCrossTrack": (-0.4 * rateDec - 0.3 * rateRa) / rate,
            "helio_vtot": speed(sighting.helio.velocity), "topo_vtot": speed(sighting.topo.velocity), "orbit_rank": 1,
            "orbit_epoch_mjd_tt": orbit.epochMjdTT, "eclLambda": Frames.ecliptic(seen).lonDegrees,
            "eclBeta": Frames.ecliptic(seen).latDegrees, "galLon": Frames.galactic(seen).lDegrees,
            "galLat": Frames.galactic(seen).bDegrees, "diaSourceId": 77,
            "ssObjectId": Double(SSObjectID(packed: "K26A01B")?.rawValue ?? 0),
        ]
        for (prefix, state) in [("helio", sighting.helio), ("topo", sighting.topo)] {
            let (p, v) = (state.position, state.velocity)
            for (axis, x, speedAuPerDay) in [("x", p.x, v.x), ("y", p.y, v.y), ("z", p.z, v.z)] {
                expected["\(prefix)_\(axis)"] = x
                expected["\(prefix)_v\(axis)"] = speedAuPerDay * 149_597_870.7 / 86_400
            }
        }
        let nulls = ["diaDistanceRank", "mahalanobis", "sigma_major_arcsec", "sigma_minor_arcsec", "sigma_pa_deg"]
        for (position, column) in table.schema.columns.enumerated() where column.name != "designation" {
            let value = table.columns[position].number(0)
            guard !nulls.contains(column.name) else {
                #expect(value == nil, "\(column.name)")
                continue
            }
            let wanted = try #require(expected[column.name], "\(column.name)")
            let tolerance = column.name.contains("Offset") ? 0.002 : 1e-6 * max(1, abs(wanted))
            #expect(abs((value ?? .nan) - wanted) <= tolerance, "\(column.name): \(value ?? .nan), not \(wanted)")
        }
        #expect(table.string("designation", 0) == "2026 AB1")
        #expect(table.schema.columns.prefix(39).map(\.name) == Tables.ssSource.columns.map(\.name))
    }

    @Test func whatIsNotKnownIsNull() throws {
        var orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 1.5, kind: .comet)
        (orbit.h, orbit.g) = (nil, nil)
        let (table, _, _) = try row(orbit, name: "Own comet", east: 9, north: 0)
        #expect(!table.column("ephVmag").hasValue(0))
        #expect((table.column("ssObjectId").int64(0) ?? 0) < 0)
        #expect(table.string("designation", 0) == "Own comet")
    }

    @Test func theEllipseIsThere() throws {
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 1.5)
        let triangle = [0, 6, 11, 15, 18, 20].reduce(into: [Double](repeating: 0, count: 21)) { list, place in
            list[place] = place < 15 ? 1e-14 : 1e-19
        }
        let (table, match, _) = try row(
            orbit, name: "433", covariance: OrbitCovariance(basis: .cartesian, upperTriangle: triangle), east: 0.2, north: 0)
        let error = try #require(match.error)
        #expect(abs((table.column("sigma_major_arcsec").number(0) ?? 0) - error.majorArcsec) < 1e-6)
        #expect(abs((table.column("sigma_minor_arcsec").number(0) ?? 0) - error.minorArcsec) < 1e-6)
        #expect(abs((table.column("sigma_pa_deg").number(0) ?? 0) - error.positionAngleDeg) < 1e-4)
        #expect(abs((table.column("mahalanobis").number(0) ?? 0) - match.mahalanobis) < 1e-5)
        #expect(table.string("designation", 0) == "433")
    }

    /// The same id in every set, by name in any letters; back from the id to the row.
    @Test func bodiesWithoutDesignation() throws {
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 1.5)
        var ids: [String: SSObjectID] = [:]
        for names in [["Alpha", "Beta", "433", "2026 AB1", "73P-C"], ["BETA", "alpha", "Gamma", "73P-B"]] {
            var builder = OrbitSetBuilder()
            for name in names { #expect(builder.add(name: name, elements: orbit) == nil) }
            _ = try scratch.store.publish(builder)
            let set = try scratch.set()
            for name in names {
                let row = try #require(set.row(named: name))
                let id = set.bodyId(row)
                #expect(set.row(ssObjectId: id) == row && set.row(named: "\(id)") == row, "\(name)")
                #expect((id.rawValue < 0) == (set.ssObjectId(row) == nil), "\(name)")
                let known = ids[name.lowercased()] ?? id
                #expect(known == id, "\(name)")
                ids[name.lowercased()] = id
            }
            #expect(set.row(ssObjectId: SSObjectID(rawValue: -5)) == nil && set.row(ssObjectId: SSObjectID(rawValue: .min)) == nil)
        }
        #expect(Set(ids.values).count == ids.count)
        #expect(ids.values.filter { $0.rawValue < 0 }.count >= 3)
    }
}
