import Core
import Testing

@testable import Pipeline

/// Who holds which orbit, against brute force over whole visits.
@Suite struct VisitClaimsTests {
    /// A detection's content: where it is and which orbits are near.
    private struct Content: Equatable {
        let visit: VisitID
        let id: DiaSourceID
        let candidates: [VisitClaims.Candidate]
    }

    private static let midpoint = MJD(61_000.25)

    /// Few orbits and coarse distances, so that ties and takeovers are common.
    private static func content(_ random: inout SeededRandom, id: Int64? = nil) -> Content {
        let orbits = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            SSObjectID(rawValue: Int64.random(in: 1...9, using: &random))
        }
        var seen = Set<SSObjectID>()
        let candidates = orbits.filter { seen.insert($0).inserted }
            .map {
                VisitClaims.Candidate(ssObjectId: $0, separationArcsec: Double(1 + Int.random(in: 0..<8, using: &random)) * 0.2)
            }
            .sorted { ($0.separationArcsec, $0.ssObjectId) < ($1.separationArcsec, $1.ssObjectId) }
        let own = id ?? Int64.random(in: 1...40, using: &random)
        return Content(visit: VisitID(rawValue: 1 + own % 5), id: DiaSourceID(rawValue: own), candidates: candidates)
    }

    /// Mutually nearest within a second of arc, by looking at everything.
    private static func attribution(_ one: Content, among all: [Content]) -> VisitClaims.Standing? {
        guard let nearest = one.candidates.first else { return nil }
        let rivals = all.filter { $0.visit == one.visit }.flatMap { other in
            other.candidates.filter { $0.ssObjectId == nearest.ssObjectId }.map { ($0.separationArcsec, other.id) }
        }
        let rank = 1 + rivals.count { $0 < (nearest.separationArcsec, one.id) }
        return VisitClaims.Standing(
            ssObjectId: nearest.ssObjectId, rank: rank, isMatched: rank == 1 && nearest.separationArcsec <= 1)
    }

    private static func sources(_ stored: [Content]) -> SolarSources {
        var sources = SolarSources()
        for one in stored {
            let first = sources.table.rowCount
            for candidate in one.candidates { SolarCells.append(candidate, of: one.id, to: sources.table) }
            sources.sources.append(
                SolarSources.Source(
                    visit: one.visit, diaSourceId: one.id, midpoint: midpoint, commitSeq: CommitSeq(rawValue: 1),
                    orbitSet: "o", rows: first..<sources.table.rowCount))
        }
        return sources
    }

    /// Plays contents in order, forgetting and reading again in random places; answers how each stands at last.
    private static func play(_ stream: [Content], limit: Int, seed: UInt64) -> [DiaSourceID: VisitClaims.Standing] {
        var random = SeededRandom(seed: seed)
        var claims = VisitClaims(limit: limit)
        var stored: [DiaSourceID: Content] = [:]
        for one in stream {
            if random.uniform() < 0.1 { claims.removeAll() }
            if random.uniform() < 0.1 { claims.remove(one.visit) }
            if !claims.holds(one.visit) {
                let own = stored.values.filter { $0.visit == one.visit }.sorted { $0.id < $1.id }
                let record = SolarVisit(visit: one.visit, isOpen: true, lastAlertAt: midpoint, alerts: 1, unknown: 0)
                claims.load(one.visit, record: own.isEmpty ? nil : record, sources: sources(own))
            }
            let before = stored[one.id]?.candidates ?? []
            let withdrawn = claims.put(one.id, one.candidates, at: midpoint, in: one.visit)
            let gone = before.filter { old in !one.candidates.contains { $0.ssObjectId == old.ssObjectId } }
            #expect(withdrawn.map(\.ssObjectId) == gone.map(\.ssObjectId))
            claims.update(one.visit) { $0.alerts += 1 }
            stored[one.id] = one
            #expect(claims.standing(one.id, in: one.visit) == attribution(one, among: Array(stored.values)))
            claims.evict(keeping: [one.visit])
            #expect(claims.count <= max(limit, 1))
        }
        var standings: [DiaSourceID: VisitClaims.Standing] = [:]
        for one in stored.values {
            if !claims.holds(one.visit) {
                let own = stored.values.filter { $0.visit == one.visit }
                claims.load(one.visit, record: nil, sources: sources(own))
            }
            standings[one.id] = claims.standing(one.id, in: one.visit)
        }
        return standings
    }

    @Test(arguments: UInt64(1)...12) func attributionIsThatOfTheWholeVisit(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        // Revisions of random detections, and the same content again.
        var stream: [Content] = []
        for _ in 0..<150 {
            if let again = stream.last, random.uniform() < 0.1 { stream.append(again) }
            stream.append(Self.content(&random))
        }
        var newest: [DiaSourceID: Content] = [:]
        for one in stream { newest[one.id] = one }
        let all = newest.values.sorted { $0.id < $1.id }
        let wanted = newest.compactMapValues { Self.attribution($0, among: all) }
        #expect(wanted.values.contains { $0.isMatched } && wanted.values.contains { $0.rank > 1 })
        for limit in [1, 3, 64] {
            #expect(Self.play(stream, limit: limit, seed: seed) == wanted, "seed \(seed), \(limit) visits")
        }
        // In any order: late ones too.
        for _ in 0..<4 {
            let shuffled = all.shuffled(using: &random)
            #expect(Self.play(shuffled, limit: 2, seed: seed &+ 1) == wanted, "seed \(seed)")
        }
    }

    @Test func aTakeoverIsNoticedAndEvictionForgetsWhoCameFirst() {
        let visit = VisitID(rawValue: 7)
        let orbit = SSObjectID(rawValue: 5)
        func put(_ id: Int64, _ separation: Double, _ claims: inout VisitClaims) {
            let one = VisitClaims.Candidate(ssObjectId: orbit, separationArcsec: separation)
            claims.put(DiaSourceID(rawValue: id), [one], at: Self.midpoint, in: visit)
            claims.noteArrival(of: DiaSourceID(rawValue: id), in: visit)
        }
        var claims = VisitClaims()
        claims.load(visit, record: nil, sources: SolarSources())
        put(20, 0.7, &claims)
        put(30, 0.7, &claims)
        #expect(claims.changed(in: visit)?.isEmpty == true)
        put(10, 0.7, &claims)
        #expect(claims.holder(of: orbit, in: visit)?.rawValue == 10)
        #expect(claims.changed(in: visit)?.map(\.rawValue) == [20])
        let record = claims.record(visit)
        claims.load(visit, record: record, sources: SolarSources())
        #expect(claims.changed(in: visit) == nil)
    }
}

/// Cells of candidates as tests need them: who and how far.
enum SolarCells {
    static func append(_ candidate: VisitClaims.Candidate, of id: DiaSourceID, to table: ColumnTable) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch schema.name {
            case "diaSourceId": column.append(id.rawValue)
            case "ssObjectId": column.append(candidate.ssObjectId.rawValue)
            case "designation": column.append(table.arena.append("body \(candidate.ssObjectId)"))
            case "ephOffsetRa": column.append(candidate.separationArcsec)
            case "ephOffsetDec": column.append(0.0)
            case "ephOffset": column.append(Float(candidate.separationArcsec))
            case "orbit_rank": column.append(Int32(1))
            default: column.appendMissing(.null)
            }
        }
        table.finishRow()
    }
}
