import Core
import Testing

@testable import Pipeline

@Suite struct SolarViewTests {
    @Test func rowsAreTheOrbitsOrNothing() {
        let candidates = ColumnTable(schema: Tables.ssoCandidate)
        for (orbit, separation) in [(3, 0.25), (4, 2.5), (5, 0.75)] {
            let one = VisitClaims.Candidate(ssObjectId: SSObjectID(rawValue: Int64(orbit)), separationArcsec: separation)
            SolarCells.append(one, of: DiaSourceID(rawValue: 1), to: candidates)
        }
        let none = SSObjectID(rawValue: 0)
        func standing(_ orbit: Int64, _ rank: Int, _ isMatched: Bool) -> VisitClaims.Standing {
            VisitClaims.Standing(ssObjectId: SSObjectID(rawValue: orbit), rank: rank, isMatched: isMatched)
        }
        let views = [
            SolarView.unknown,
            SolarView(rows: 0..<2, standing: standing(3, 1, true), packetBody: SSObjectID(rawValue: 3), isVisitOpen: true),
            SolarView(rows: 0..<0, standing: nil, packetBody: none, isVisitOpen: true),
            SolarView(rows: 2..<3, standing: standing(5, 2, false), packetBody: SSObjectID(rawValue: 9), isVisitOpen: true),
            SolarView(rows: 2..<3, standing: standing(5, 1, true), packetBody: SSObjectID(rawValue: 9), isVisitOpen: false),
            SolarView(rows: 2..<3, standing: standing(5, 1, true), packetBody: none, isVisitOpen: false),
        ]
        let table = SolarViews.table(views, of: candidates)
        #expect(table.rowCount == views.count)
        for column in table.columns { #expect(column.count == views.count) }
        func texts(_ name: String) -> [String?] { views.indices.map { table.string(name, $0) } }
        #expect(texts("status") == ["unknown", "matched", "unmatched", "unmatched", "matched", "matched"])
        #expect(texts("packet_agreement") == ["unknown", "agrees", "none", "packet_only", "disagrees", "ours_only"])
        #expect(texts("designation") == [nil, "body 3", nil, nil, "body 5", "body 5"])
        let (orbits, ranks) = (table.column("ssObjectId"), table.column("diaDistanceRank"))
        #expect(views.indices.map { orbits.int64($0) } == [nil, 3, nil, nil, 5, 5])
        #expect(views.indices.map { ranks.int32($0) } == [nil, 1, nil, nil, 1, 1])
        let (open, counts) = (table.column("provisional"), table.column("candidates"))
        #expect(views.indices.map { open.bool($0) } == [false, true, false, true, false, false])
        #expect(views.indices.map { counts.int32($0) } == [nil, 2, 0, 1, 1, 1])
        #expect(table.column("ephOffsetRa").double(1) == 0.25)
    }
}
