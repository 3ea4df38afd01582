import CFITSIO
import Core
import Glibc
import Sky
import Testing

@testable import Crossmatch

@Suite struct ImportTests {
    @Test func keepsEveryColumnTypedAndIdsExact() throws {
        let scratch = Scratch()
        let report = try scratch.importing(
            "mixed",
            """
            # made by a test
            RA_ICRS,DE_ICRS,Source,"mag, g",kind,good,count,dec,code\r
            10.5,-20.25,9007199254740993,17.5,"a ""star"", bright",true,3,x,007
            10.6,-20.25,-5,,QSO,false,,y,012

            359.9,89.5,9223372036854775807,NaN,,true,-4,,1
            """)
        #expect(report.rows == 3 && report.badRows == 0)
        let catalogue = try scratch.open("mixed")
        let types = catalogue.manifest.columns.map { "\($0.name):\($0.type)" }
        #expect(
            types == [
                "mag__g:float64", "kind:string", "good:bool", "count:int64", "catalogue_dec:string", "code:string",
            ])
        let hit = try #require(
            catalogue.cone(SkyPosition(raDegrees: 10.5, decDegrees: -20.25), radius: Angle(arcsec: 1)).first)
        #expect(catalogue.idText(hit.row) == "9007199254740993")
        let row = catalogue.row(hit.row)
        #expect(row.string("kind", 0) == "a \"star\", bright")
        #expect(row.column("good").bool(0) == true && row.column("count").int64(0) == 3)
        #expect(row.string("code", 0) == "007" && row.column("mag__g").double(0) == 17.5)
        let other = try #require(
            catalogue.cone(SkyPosition(raDegrees: 10.6, decDegrees: -20.25), radius: Angle(arcsec: 1)).first)
        #expect(catalogue.row(other.row).column("mag__g").state(0) == .null)
        #expect(catalogue.row(other.row).column("count").state(0) == .null)
    }

    @Test func badRowsAreCountedNamedAndRefusedWhenStrict() throws {
        let scratch = Scratch()
        var text = "id,ra,dec\n1,10,20\n2,361,20\n3,10\n4,,20\n5,ten,20\n,10,20\n6,10,-90.5\n"
        for index in 0..<20 { text += "\(index + 7),nan,0\n" }
        text += "99,5,5\n100,5,\"5"
        let report = try scratch.importing("some", text)
        #expect(report.rows == 2 && report.badRows == 27)
        #expect(report.firstBadRows.count == 10)
        #expect(report.firstBadRows[0].hasSuffix("some.csv, line 3: outside the sky: ra 361.0, dec 20.0"))
        #expect(report.firstBadRows[1].hasSuffix("line 4: 2 fields where the header has 3"))
        #expect(report.firstBadRows[2].hasSuffix("line 5: no right ascension"))
        #expect(report.firstBadRows[3].hasSuffix("line 6: ra is not a number: ten"))
        #expect(report.firstBadRows[4].hasSuffix("line 7: no identifier"))
        let version = try scratch.open("some").versionID
        #expect(throws: UserFault.self) { try scratch.importing("some", text + "\"\n", strict: true) }
        #expect(try scratch.open("some").versionID == version)
        #expect(throws: UserFault.self) { try scratch.importing("none", "id,ra,dec\n1,400,0\n") }
        #expect(throws: UserFault.self) { try scratch.importing("none", "a,b\n1,2\n") }
        #expect(throws: UserFault.self) { try scratch.importing("none", "") }
        #expect(throws: UserFault.self) { try scratch.importing("2mass", "id,ra,dec\n1,4,0\n") }
        #expect(throws: UserFault.self) {
            try scratch.importing("none", "id,ra,dec\n1,4,0\n", ColumnMapping(ra: "right"))
        }
    }

    @Test func manyRowsThroughSortedRunsEqualOneSort() throws {
        var random = SeededRandom(seed: 31)
        var text = "id,ra,dec,mag\n"
        for index in 0..<25_000 {
            let dec: Double = asin(2 * random.uniform() - 1) * Angle.degreesPerRadian
            text += "\(index),\(360 * random.uniform()),\(dec),\(Float(random.uniform()))\n"
        }
        let scratch = Scratch()
        let path = scratch.file("many.csv", text)
        let whole = try CatalogueImport.run(CatalogueImport.Options(store: scratch.store, name: "whole", files: [path]))
        let runs = try CatalogueImport.run(
            CatalogueImport.Options(store: scratch.store, name: "runs", files: [path], sortRunBytes: 1 << 20))
        #expect(whole.rows == 25_000 && whole.versionID == runs.versionID)
        #expect(whole.matchBytesPerRow <= 40)
        let catalogue = try scratch.open("runs")
        let pixels = (0..<catalogue.rowCount).map {
            HEALPix.index(raDegrees: catalogue.ra[$0], decDegrees: catalogue.dec[$0])
        }
        #expect(zip(pixels, pixels.dropFirst()).allSatisfy { $0 <= $1 })
        try catalogue.check()
    }

    @Test func aQuoteThatIsNeverClosedIsRefusedByLine() throws {
        let scratch = Scratch()
        let rows = (0..<50).map { "\($0),10,\($0)\n" }.joined()
        for tail in [rows, String(repeating: rows, count: 4000)] {
            let fault = #expect(throws: UserFault.self) {
                try scratch.importing("quote", "id,ra,dec\n1,10,20\n2,10,\"20\n" + tail)
            }
            #expect(fault?.what.contains("quote.csv, line 3: ") ?? false, "\(String(describing: fault))")
        }
        #expect(scratch.store.names() == [])
    }

    @Test func roundedIntegersAreTold() throws {
        let scratch = Scratch()
        let report = try scratch.importing(
            "wide", "id,ra,dec,other,n\n1,10,20,9007199254740993,5\n2,10,21,0.5,7\n")
        #expect(report.notes.filter { $0.contains("2^53") }.count == 1)
        #expect(report.notes.contains { $0.contains("column other has fractions and integers beyond 2^53") })
    }

    @Test func manyColumnsAreStoredAndNamesThatDifferInCaseAreNot() throws {
        let scratch = Scratch()
        let names = (0..<1100).map { "c\($0)" }.joined(separator: ",")
        let cells = (0..<1100).map { "t\($0)" }.joined(separator: ",")
        let report = try scratch.importing("many", "id,ra,dec,\(names)\n1,10,20,\(cells)\n")
        #expect(report.rows == 1)
        #expect(try scratch.open("many").manifest.columns.count == 1100)
        #expect(throws: UserFault.self) { try scratch.importing("twice", "id,ra,dec,A,a\n1,10,20,3,4\n") }
    }

    @Test func readsFITSTables() throws {
        let scratch = Scratch()
        let path = scratch.path + "/table.fits"
        try writeTable(path, rows: 20_000)
        let report = try CatalogueImport.run(
            CatalogueImport.Options(store: scratch.store, name: "fits", files: [path]))
        #expect(report.rows == 19_999 && report.badRows == 1)
        #expect(report.firstBadRows[0].hasSuffix("table.fits, line 5: outside the sky: ra 1.0, dec 95.0"))
        let catalogue = try scratch.open("fits")
        #expect(catalogue.manifest.columns.map(\.name) == ["mag", "name", "flag"])
        #expect(report.notes.contains { $0.hasSuffix("left out: spectrum") })
        #expect(catalogue.manifest.columns[0].unit == "mag" && catalogue.manifest.columns[0].type == .float32)
        let place = SkyPosition(raDegrees: 17.77, decDegrees: 0.1777)
        let hit = try #require(catalogue.cone(place, radius: Angle(arcsec: 1)).first)
        let row = catalogue.row(hit.row)
        #expect(row.column("source_id").int64(0) == Int64(9_007_199_254_742_770))
        #expect(row.column("mag").float(0) == 17.77 && row.string("name", 0) == "s1777")
        #expect(row.column("flag").bool(0) == true)
        // Cut in the middle of the data.
        truncate(path, 400_000)
        #expect(throws: UserFault.self) {
            try CatalogueImport.run(CatalogueImport.Options(store: scratch.store, name: "cut", files: [path]))
        }
        #expect(scratch.store.names() == ["fits"])
    }

    /// Numbers as programs write them, and what only looks like one: as strtod says, to the bit.
    @Test func plainNumbersAreThoseOfTheLibrary() {
        var random = SeededRandom(seed: 91)
        let alphabet = Array("0123456789.-+eE".utf8)
        var texts = ["0", "-0", "+.5", "5.", ".", "-", "1e", "1e+", "1e5", "1E-22", "9007199254740993", "1e400", "00.10", ""]
        for _ in 0..<20_000 {
            texts.append("\(1e3 * random.normal())")
            texts.append("\(Float(random.uniform()))")
            let count = Int(random.next() % 12)
            let bytes = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            texts.append(String(decoding: bytes, as: UTF8.self))
        }
        var exact = 0
        for text in texts {
            let bytes = Array(text.utf8)
            let plain = bytes.withUnsafeBytes { DecimalReader($0) }
            var end: UnsafeMutablePointer<CChar>?
            let (value, isWhole) = text.withCString { start in
                let value = strtod(start, &end)
                return (value, !bytes.isEmpty && end.map { UnsafePointer($0) - start == bytes.count } ?? false)
            }
            if plain != nil { #expect(isWhole, "\(text)") }
            if let quick = plain?.exactDouble {
                exact += 1
                #expect(quick.bitPattern == value.bitPattern, "\(text)")
            }
        }
        #expect(exact > 10_000)
    }

    /// Records that the buffer cuts, line ends of both kinds, quotes among plain records, empty lines, no end of line.
    @Test func recordsAreTheSameWhereverTheBufferEnds() throws {
        let scratch = Scratch()
        var text = "id,name,ra,dec\r\n"
        for row in 0..<60_000 {
            let name = row % 97 == 0 ? "\"a,\"\"\(row)\"\"\"" : "n\(row)"
            text += "\(row),\(name),\(Double(row) / 200),0.5" + (row % 3 == 0 ? "\r\n" : "\n") + (row % 501 == 0 ? "\n" : "")
        }
        text += "60000,last,359.5,0.5"
        let reader = try CSVReader(path: scratch.file("long.csv", text))
        var row = 0
        while try reader.next() {
            let name = row == 60_000 ? "last" : row % 97 == 0 ? "a,\"\(row)\"" : "n\(row)"
            let expected = ["\(row)", name, row == 60_000 ? "359.5" : "\(Double(row) / 200)", "0.5"]
            let found = (0..<reader.fieldCount).map { String(decoding: reader.field($0), as: UTF8.self) }
            if found != expected { Issue.record("row \(row): \(found)") }
            row += 1
        }
        #expect(row == 60_001)
    }

    private func writeTable(_ path: String, rows: Int) throws {
        var status: Int32 = 0
        var file: UnsafeMutablePointer<fitsfile>?
        ffinit(&file, path, &status)
        func texts(_ values: [String]) -> [UnsafeMutablePointer<CChar>?] { values.map { strdup($0) } }
        var names = texts(["source_id", "RA", "DEC", "mag", "name", "flag", "spectrum"])
        var forms = texts(["K", "D", "D", "E", "12A", "L", "4E"])
        var units = texts(["", "deg", "deg", "mag", "", "", ""])
        ffcrtb(file, BINARY_TBL, Int64(rows), 7, &names, &forms, &units, "T", &status)
        var ids = (0..<rows).map { LONGLONG(9_007_199_254_740_993 + $0) }
        var ra = (0..<rows).map { Double($0) / 100 }
        var dec = (0..<rows).map { Double($0) / 10_000 }
        (ra[4], dec[4]) = (1, 95)
        var magnitudes = (0..<rows).map { Float($0) / 100 }
        var flags = (0..<rows).map { CChar($0 % 2) }
        var labels = texts((0..<rows).map { "s\($0)" })
        ffpcljj(file, 1, 1, 1, Int64(rows), &ids, &status)
        ffpcld(file, 2, 1, 1, Int64(rows), &ra, &status)
        ffpcld(file, 3, 1, 1, Int64(rows), &dec, &status)
        ffpcle(file, 4, 1, 1, Int64(rows), &magnitudes, &status)
        ffpcls(file, 5, 1, 1, Int64(rows), &labels, &status)
        ffpcll(file, 6, 1, 1, Int64(rows), &flags, &status)
        ffclos(file, &status)
        for text in names + forms + units + labels { free(text) }
        try #require(status == 0)
    }
}
