import Core
import Sky
import Testing

@testable import Pipeline
@testable import SolarSystem

/// What goes wrong in saying whose an orbit is, from alerts to the standing of each in its visit.
@Suite struct SolarTrapTests {
    private static let night = NightlyOptions(night: Night(dayObs: 20_261_121)).midnightMjdTai
    private static let place = SkyPosition(raDegrees: 60, decDegrees: 10)

    /// How each detection stands once all of them have come, in the order given.
    private func standings(
        _ orbits: [(String, CometaryElements)], _ detections: [(id: Int64, place: SkyPosition)]
    ) throws -> [Int64: VisitClaims.Standing] {
        let scratch = SolarScratch()
        try scratch.publish(orbits)
        let alerts = detections.map { SolarFixtures.alert($0.id, $0.place, Self.night, visit: 7) }
        let found = SolarAssociation(host: scratch.host(), waits: true).associate(AlertWriter.batch(alerts))
        let visit = VisitID(rawValue: 7)
        let columns = SolarCandidateColumns(found.table)
        var claims = VisitClaims()
        claims.load(visit, record: nil, sources: SolarSources())
        for (range, one) in zip(found.ranges, detections) {
            let rows = try #require(range)
            let candidates = rows.map { VisitClaims.Candidate(Int($0), columns) }
            claims.put(DiaSourceID(rawValue: one.id), candidates, at: MJD(Self.night), in: visit)
        }
        var standings: [Int64: VisitClaims.Standing] = [:]
        for one in detections { standings[one.id] = claims.standing(DiaSourceID(rawValue: one.id), in: visit) }
        return standings
    }

    private func orbit(east: Double, deltaAu: Double = 2, kind: BodyKind = .asteroid) -> CometaryElements {
        SolarFixtures.standing(
            at: Self.place.moved(east: east, north: 0), mjdTai: Self.night, deltaAu: deltaAu, kind: kind)
    }

    /// Two bodies within a second of arc of one detection: it is of the nearer one, and nobody is of the other.
    @Test func twoOrbitsWithinASecond() throws {
        let orbits = [("2026 AB1", orbit(east: 0.7)), ("2026 AB2", orbit(east: -0.3, deltaAu: 2.5))]
        let only = try #require(try standings(orbits, [(1, Self.place)])[1])
        #expect(only.isMatched && only.rank == 1 && only.ssObjectId == SSObjectID(packed: "K26A02B"))
        // A second detection, nearer to the other body: each has its own.
        let both = try standings(orbits, [(1, Self.place), (2, Self.place.moved(east: 0.6, north: 0))])
        #expect(both[1]?.attribution == SSObjectID(packed: "K26A02B"))
        #expect(both[2]?.attribution == SSObjectID(packed: "K26A01B"))
    }

    /// One body and two detections of a visit: the nearer has rank 1 and is matched, the other is nobody's, whatever their order.
    @Test func oneOrbitWithTwoDetections() throws {
        let (near, far) = (Self.place.moved(east: 0.2, north: 0), Self.place.moved(east: 0, north: -0.6))
        let orders: [[(id: Int64, place: SkyPosition)]] = [
            [(1, near), (2, far)], [(2, far), (1, near)], [(1, far), (2, near)],
        ]
        for detections in orders {
            let found = try standings([("2026 AB1", orbit(east: 0))], detections)
            for one in detections {
                let isNearer = one.place == near
                #expect(found[one.id]?.isMatched == isNearer && found[one.id]?.rank == (isNearer ? 1 : 2))
            }
        }
    }

    /// A comet claims within 15″ and an asteroid within 5″, but beyond a second of arc a detection is neither's.
    @Test func nobodyIsMatchedBeyondASecond() throws {
        for (kind, arcsec, isCandidate) in [
            (BodyKind.asteroid, 0.95, true), (.asteroid, 1.05, true), (.asteroid, 5.1, false), (.comet, 0.95, true),
            (.comet, 14.9, true), (.comet, 15.1, false),
        ] {
            let name = kind == .comet ? "C/2026 A1" : "2026 AB1"
            let found = try standings(
                [(name, orbit(east: 0, kind: kind))], [(1, Self.place.moved(east: 0, north: arcsec))])
            #expect((found[1] != nil) == isCandidate, "\(kind) at \(arcsec)″")
            #expect((found[1]?.isMatched ?? false) == (arcsec < 1), "\(kind) at \(arcsec)″")
        }
    }
}
