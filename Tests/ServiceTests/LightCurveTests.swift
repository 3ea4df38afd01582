import Core
import Testing

@testable import Service

@Suite struct LightCurveTests {
    let router = FakeSky.router()
    let path = "/api/v1/objects/\(FakeSky.object)/lightcurve"

    func rows(_ query: String) throws -> [[String: String]] {
        let response = router.respond(to: APIRequest(target: path + "?format=csv&" + query))
        try #require(response.status == 200)
        let lines = String(decoding: try #require(response.bytes), as: UTF8.self).split(separator: "\n")
        let names = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            #expect(cells.count == names.count)
            return Dictionary(zip(names, cells), uniquingKeysWith: { first, _ in first })
        }
    }

    @Test func ascendingInTimeWithBothOrigins() throws {
        let rows = try rows("")
        let times = rows.compactMap { $0["midpointMjdTai"].flatMap(Double.init) }
        #expect(times == times.sorted() && times.count == rows.count)
        #expect(rows.filter { $0["origin"] == "forced" }.count == 40)
        #expect(rows.filter { $0["origin"] == "detection" }.count > 5)
        #expect(rows[0]["scienceFlux"] == "")
        #expect(rows[0]["psfFlux"].flatMap(Float.init) != nil)
    }

    @Test func rangesAreHalfOpenInBothTimeScales() throws {
        let all = try rows("origin=forced")
        let time = try #require(all[5]["midpointMjdTai"])
        #expect(try rows("origin=forced&start=\(time)").count == 35)
        #expect(try rows("origin=forced&stop=\(time)").count == 5)
        // MJD 61095.25 TAI less 37 s is 2026-02-24T05:59:23Z.
        #expect(
            try rows("start=2026-02-24T05:59:23Z&columns=visit").count == rows("start=61095.25&columns=visit").count)
        let backwards = router.respond(to: APIRequest(target: path + "?start=61095&stop=61095"))
        #expect(backwards.status == 400)
    }

    @Test func bandsOriginsAndCommits() throws {
        #expect(try rows("band=r").allSatisfy { $0["band"] == "r" })
        #expect(try rows("band=all").count == rows("").count)
        #expect(try rows("as_of=0").count == 10)
        #expect(router.respond(to: APIRequest(target: path + "?as_of=5")).status == 200)
        #expect(try rows("as_of=0").allSatisfy { $0["known_from"] == "0" })
        for query in [
            "band=w", "as_of=6", "band=gr", "origin=both", "as_of=-1", "as_of=x", "start=yesterday", "start=2026-02-24",
            "start=nan", "limit=0", "limit=100001", "cursor=zz", "cursor=7ff0000000000000-0-1-0", "columns=",
        ] where query != "columns=" {
            #expect(router.respond(to: APIRequest(target: "\(path)?\(query)")).status == 400, "\(query)")
        }
    }

    @Test(arguments: [1, 7, 40]) func pagesMakeTheWhole(limit: Int) throws {
        let whole = try rows("")
        var target = "\(path)?format=csv&limit=\(limit)"
        var pages: [String] = []
        while true {
            let response = router.respond(to: APIRequest(target: target))
            pages += String(decoding: try #require(response.bytes), as: UTF8.self).split(separator: "\n").dropFirst()
                .map(String.init)
            guard let link = response.header("Link") else { break }
            target = String(link.dropFirst().prefix { $0 != ">" })
            try #require(pages.count <= whole.count)
        }
        #expect(pages.count == whole.count)
        let response = router.respond(to: APIRequest(target: path + "?format=csv"))
        #expect(
            pages
                == String(decoding: try #require(response.bytes), as: UTF8.self).split(separator: "\n").dropFirst()
                .map(String.init))
    }

    @Test func jsonHasIdsAsStringsAndNaNAsNull() throws {
        let response = router.respond(
            to: APIRequest(target: path + "?limit=2&columns=diaObjectId,psfFlux,scienceFlux,band,detector"))
        let text = String(decoding: try #require(response.bytes), as: UTF8.self)
        #expect(text.contains("\"count\":2,\"as_of\":null,\"next_cursor\":\""))
        #expect(
            text.contains("{\"origin\":\"forced\",\"diaObjectId\":\"170028502123456789\",\"psfFlux\":"), "\(text)")
        #expect(text.contains("\"scienceFlux\":null,\"band\":\"g\",\"detector\":94,\"known_from\":0}"), "\(text)")
    }

    @Test func plotIsDrawn() throws {
        for query in ["", "?width=380&height=240", "?band=u", "?origin=detection", "?as_of=0"] {
            let response = router.respond(to: APIRequest(target: "\(path).svg\(query)"))
            let text = String(decoding: try #require(response.bytes), as: UTF8.self)
            #expect(response.status == 200 && response.header("Content-Type") == "image/svg+xml")
            #expect(text.hasSuffix("</svg>\n") && text.contains("MJD (TAI, d)"))
            #expect(!text.contains("nan") && !text.contains("inf"), "\(query)")
            #expect(text.contains("no points") == (query == "?band=u"))
        }
        #expect(router.respond(to: APIRequest(target: path + ".svg?width=1")).status == 400)
    }
}
