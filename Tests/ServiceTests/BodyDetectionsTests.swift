import Core
import Glibc
import Testing

@testable import Service

@Suite struct BodyDetectionsTests {
    private static let path = "/api/v1/sso/2006%20TK6"

    private let database: FakeDatabase = {
        let database = FakeDatabase()
        let (body, other) = (FakeOrbits.body, FakeOrbits.other)
        FakeOrbits.store(
            [
                .init(id: 1, isPackets: true, near: [(body, 0.2)]),
                .init(id: 2, near: [(body, 0.3), (other, 2)]),
                // Nobody predicted it.
                .init(id: 3, isPackets: true),
                // Nearer to another orbit.
                .init(id: 4, near: [(other, 0.1), (body, 0.4)]),
                // Too far.
                .init(id: 5, near: [(body, 1.01)]),
                // Another detection of the visit is nearer; the packet says it is the body all the same.
                .init(id: 6, near: [(body, 0.5)], visit: 2_026_022_300_007),
                .init(id: 7, flux: -20, near: [(body, 0.1)]),
                .init(id: 8, isPackets: true, near: [(body, 0.5)], visit: 2_026_022_300_007),
            ], in: database)
        database.openVisits = [VisitID(rawValue: 2_026_022_300_002)]
        return database
    }()

    private func ask(_ target: String, status: Int = 200) throws -> String {
        let response = Router(APIContext(database: database)).respond(to: APIRequest(target: target))
        #expect(response.status == status, "\(target)")
        return String(decoding: try #require(response.bytes), as: UTF8.self)
    }

    private func rows(_ query: String = "") throws -> [[String: String]] {
        let lines = try ask(Self.path + "/lightcurve?format=csv&" + query).split(separator: "\n")
        let names = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            #expect(cells.count == names.count)
            return Dictionary(zip(names, cells)) { first, _ in first }
        }
    }

    @Test func whoSaysSo() throws {
        let rows = try rows()
        #expect(
            rows.map { "\($0["diaSourceId"] ?? "") \($0["association"] ?? "")" } == [
                "1 both", "2 ours", "3 packet", "7 ours", "8 packet",
            ])
        #expect(rows.map { $0["provisional"] } == ["false", "true", "false", "false", "false"])
        #expect(rows.allSatisfy { $0["origin"] == "detection" && $0["known_from"] == "3" })
        // r Δ = 5 au².
        let expected: Double = 31.4 - 2.5 * log10(1000) - 5 * log10(5)
        #expect(rows[0]["reducedMag"].flatMap(Double.init).map { abs($0 - expected) < 1e-9 } == true)
        let number = { (row: Int, name: String) in rows[row][name].flatMap { Float($0) } }
        #expect(number(0, "phaseAngle") == 1 && number(0, "ephOffset") == 0.2 && number(0, "topoRange") == 2)
        // No prediction, and no positive flux.
        #expect(rows[2]["reducedMag"] == "" && rows[2]["phaseAngle"] == "" && rows[3]["reducedMag"] == "")
        #expect(number(3, "helioRange") == 2.5 && number(4, "ephOffset") == 0.5)
    }

    /// A visit's own records tell the same as the claims on one orbit.
    @Test func visitsAgreeWithClaims() {
        var bodies: [Int64: SSObjectID] = [:]
        for visit in Set(database.solar.sources.map(\.visit)) {
            for (id, body) in VisitMatches(database.solarSources(of: visit)).bodies { bodies[id.rawValue] = body }
        }
        let (body, other) = (FakeOrbits.body, FakeOrbits.other)
        #expect(bodies == [1: body, 2: body, 4: other, 7: body])
    }

    @Test func queriesNarrowBothParts() throws {
        let time = 61_095.2 + 0.002
        #expect(try rows("start=\(time)").map { $0["diaSourceId"] } == ["2", "3", "7", "8"])
        #expect(try rows("stop=\(time)").map { $0["diaSourceId"] } == ["1"])
        #expect(try rows("band=g&start=61000").isEmpty)
        #expect(try rows("origin=forced").isEmpty)
        #expect(try rows("as_of=2").isEmpty)
        #expect(try rows("as_of=3").count == 5)
        let some = try ask(Self.path + "/lightcurve?columns=reducedMag,band,association&limit=1")
        #expect(some.contains("\"ssObjectId\":\"21163633152112203\",\"designation\":\"2006 TK6\",\"count\":1"))
        #expect(some.contains("\"band\":\"r\",\"association\":\"both\",\"known_from\":3}"), "\(some)")
        #expect(try ask(Self.path + "/lightcurve?columns=psfFluxx", status: 400).contains("did you mean psfFlux?"))
    }

    @Test func pagesMakeTheWhole() throws {
        let router = Router(APIContext(database: database))
        var target = Self.path + "/lightcurve?format=ndjson&limit=2"
        var pages: [String] = []
        while true {
            let response = router.respond(to: APIRequest(target: target))
            pages += String(decoding: try #require(response.bytes), as: UTF8.self).split(separator: "\n").map(String.init)
            guard let link = response.header("Link"), pages.count < 10 else { break }
            target = String(link.dropFirst().prefix { $0 != ">" })
        }
        #expect(pages.count == 5)
        let whole = try ask(Self.path + "/lightcurve?format=ndjson").split(separator: "\n").map(String.init)
        #expect(pages == whole)
    }

    @Test func otherNamesAndForms() throws {
        let all = try ask(Self.path + "/lightcurve")
        for name in ["K06T06K", "21163633152112203", "2006_TK6"] {
            let one = try ask("/api/v1/sso/\(name)/lightcurve")
            #expect(one.split(separator: "\n").dropFirst() == all.split(separator: "\n").dropFirst())
        }
        let byID = try ask("/api/v1/solarsystem/21163633152112203/lightcurve")
        #expect(byID == all)
        let table = try ask(Self.path + "/lightcurve?format=votable")
        #expect(table.contains("<FIELD name=\"reducedMag\" datatype=\"double\" unit=\"mag\""))
        #expect(table.contains("<TD>packet</TD>"))
        let plot = try ask(Self.path + "/lightcurve.svg")
        #expect(plot.contains("2006 TK6") && !plot.contains("no points"))
        #expect(try ask("/api/v1/sso/2006%20TK9/lightcurve", status: 404).contains("no detection of 2006 TK9"))
        #expect(try ask("/api/v1/sso/Nobody/lightcurve", status: 404).contains("no such Solar System object"))
    }

    @Test func theObjectIsSummarised() throws {
        let text = try ask(Self.path)
        #expect(text.contains("\"detection_count\":5"), "\(text)")
        #expect(text.contains("\"associations\":{\"both\":1,\"ours\":2,\"packet\":2}"), "\(text)")
        #expect(text.contains("\"nObs\":5,\"arc\":0.00"), "\(text)")
        #expect(text.contains("\"r_nObs\":5,\"r_H\":") && text.contains("\"r_nObsUsed\":3"), "\(text)")
        #expect(text.contains("\"lightcurve\":\"/api/v1/sso/2006%20TK6/lightcurve\""))
        #expect(text.contains("\"ephemeris\":null"))
    }

    @Test func observationsAreExported() throws {
        let lines = try ask(Self.path + "/ades?submitter=A.%20Nyone").split(separator: "\n").map(String.init)
        #expect(lines[0] == "# version=2022" && lines.contains("! name A. Nyone"))
        let data = lines.filter { $0.contains("|CCD|") }
        #expect(data.count == 5)
        #expect(data[0].hasPrefix("|2006 TK6||1|CCD|X05|") && data[0].hasSuffix("|Lr|"), "\(data[0])")
        #expect(data[1].hasSuffix("|attributed by prediction alone, provisional"))
        #expect(data[3].hasSuffix("|Gaia3||||attributed by prediction alone"), "no flux: \(data[3])")
    }
}
