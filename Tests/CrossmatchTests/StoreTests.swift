import Core
import Glibc
import Sky
import Testing

@testable import Crossmatch

@Suite struct StoreTests {
    private let here = SkyPosition(raDegrees: 10, decDegrees: 20)

    @Test func aNewVersionReplacesTheOldWhileItIsMapped() throws {
        let scratch = Scratch()
        _ = try scratch.importing("gaia", "id,ra,dec\n1,10,20\n2,11,20\n")
        let set = CatalogueSet(store: scratch.store, names: ["gaia"])
        let old = try #require(set.current("gaia"))
        _ = try scratch.importing("gaia", "id,ra,dec\n7,10,20\n")
        #expect(set.current("gaia")?.versionID == old.versionID)
        #expect(set.refresh() == ["gaia"])
        #expect(set.refresh() == [])
        let new = try #require(set.current("gaia"))
        #expect(new.versionID != old.versionID)
        FileSystem.removeTree(old.path)
        #expect(old.idText(old.cone(here, radius: Angle(arcsec: 1))[0].row) == "1")
        #expect(new.idText(new.cone(here, radius: Angle(arcsec: 1))[0].row) == "7")
        try new.check()
    }

    @Test func oldVersionsGoUnlessSomebodyNamesThem() throws {
        let scratch = Scratch()
        let versions = try (1...4).map { try scratch.importing("gaia", "id,ra,dec\n\($0),10,20\n").versionID }
        _ = try scratch.importing("other", "id,ra,dec\n1,10,20\n")
        #expect(scratch.store.versions(of: "gaia") == versions.sorted())
        let mapped = try Catalogue(path: scratch.store.versionPath("gaia", versions[0]), name: "gaia")
        let removed = try scratch.store.prune(keeping: ["gaia@\(versions[1])", "other@\(versions[2])"])
        #expect(Set(removed.map(\.version)) == [versions[0], versions[2]])
        #expect(removed.allSatisfy { $0.name == "gaia" && $0.bytes > 0 })
        #expect(scratch.store.versions(of: "gaia") == [versions[1], versions[3]].sorted())
        #expect(try scratch.store.prune(keeping: ["gaia@\(versions[1])"]).isEmpty)
        #expect(mapped.idText(0) == "1")
        #expect(try scratch.open("gaia").idText(0) == "4")
    }

    @Test func missingAndBrokenCataloguesAreUnknown() throws {
        let scratch = Scratch()
        _ = try scratch.importing("good", "id,ra,dec,mag\n1,10,20,3\n")
        let set = CatalogueSet(store: scratch.store, names: ["good", "missing"])
        let places = [here, SkyPosition(raDegrees: .nan, decDegrees: 0), SkyPosition(raDegrees: 50, decDegrees: 0)]
        let missing = NearestMatcher(set: set, catalogue: "missing", radius: Angle(arcsec: 2), neededColumns: ["mag"])
        let answer = missing.match(batch(places))
        #expect(answer.versionID == "" && missing.unknownCount == 3)
        #expect((0..<3).allSatisfy { answer.table.string("status", $0) == "unknown" })
        let good = NearestMatcher(set: set, catalogue: "good", radius: Angle(arcsec: 2), neededColumns: ["mag"])
        let table = good.match(batch(places)).table
        #expect((0..<3).map { table.string("status", $0) } == ["matched", "unknown", "unmatched"])
        #expect(table.column("mag").number(0) == 3 && table.column("mag").state(1) == .null)
        #expect(set.fault("missing") != nil && set.fault("good") == nil)
        _ = try scratch.importing("missing", "id,ra,dec,mag\n1,10,20,3\n")
        #expect(set.refresh() == ["missing"])
        #expect(missing.match(batch(places)).table.string("status", 0) == "matched")
    }

    @Test func aCatalogueUnderANewNameIsAdopted() throws {
        let scratch = Scratch()
        _ = try scratch.importing("first", "id,ra,dec\n1,10,20\n")
        let set = CatalogueSet(store: scratch.store, names: scratch.store.names())
        #expect(set.adoptNewNames() == [])
        _ = try scratch.importing("second", "id,ra,dec,mag\n5,10,20,3\n")
        #expect(set.names == ["first"])
        #expect(set.adoptNewNames() == ["second"])
        #expect(set.adoptNewNames() == [] && set.refresh() == [])
        #expect(set.names == ["first", "second"] && set.nearestSchema("second")?.position(of: "mag") != nil)
    }

    @Test func theVersionsInUseAreCopied() throws {
        let scratch = Scratch()
        let old = try scratch.importing("stars", "id,ra,dec\n1,10,20\n")
        let new = try scratch.importing("stars", "id,ra,dec\n2,10,20\n")
        _ = try scratch.importing("galaxies", "id,ra,dec\n3,10,20\n")
        let copy = CatalogueStore(path: scratch.path + "/copy")
        let copied = try scratch.store.copyCurrentVersions(to: copy.path)
        #expect(copied.map(\.name) == ["galaxies", "stars"] && copied[1].version == new.versionID)
        FileSystem.removeTree(old.path)
        FileSystem.removeTree(new.path)
        let stars = try Catalogue.open("stars", in: copy)
        try stars.check()
        #expect(stars.idText(0) == "2")
        #expect(CatalogueListing.all(in: copy, isThorough: true).allSatisfy { $0.fault == nil })
    }

    @Test(arguments: ["cells", "key", "ra", "dec", "id", "x0", "manifest", "current"])
    func damageIsFound(file: String) throws {
        let scratch = Scratch()
        var text = "id,ra,dec,mag\n"
        for index in 0..<500 { text += "\(index),\(Double(index) / 2),\(Double(index) / 10),1.5\n" }
        let report = try scratch.importing("sky", text)
        _ = try scratch.open("sky")
        usleep(20_000)
        let path = file == "current" ? scratch.store.path + "/sky/current" : "\(report.path)/\(file)"
        let stream = fopen(path, "r+b")
        fseek(stream, 9, SEEK_SET)
        let byte = fgetc(stream)
        fseek(stream, 9, SEEK_SET)
        fputc(byte ^ 0x10, stream)
        fclose(stream)
        #expect(CatalogueListing("sky", in: scratch.store, isThorough: true).fault != nil)
        #expect(throws: (any Error).self) { try scratch.open("sky") }
    }

    @Test func filesThatShrinkWhileMappedMakeTheCatalogueUnknown() throws {
        let scratch = Scratch()
        var text = "id,ra,dec,mag\n"
        for index in 0..<20_000 { text += "\(index),\(Double(index) / 100),\(Double(index % 900) / 10),1.5\n" }
        let places = (0..<2_000).map { SkyPosition(raDegrees: Double($0) / 10, decDegrees: Double($0 * 10 % 900) / 10) }
        for file in ["cells", "key", "ra", "dec", "id", "x0"] {
            let report = try scratch.importing("sky", text)
            let set = CatalogueSet(store: scratch.store, names: ["sky"])
            let matcher = NearestMatcher(set: set, catalogue: "sky", radius: Angle(arcsec: 2), neededColumns: ["mag"])
            #expect(matcher.match(batch(places)).table.string("status", 7) == "matched")
            truncate("\(report.path)/\(file)", 5)
            let answer = matcher.match(batch(places))
            #expect(answer.versionID == "" && answer.table.string("status", 7) == "unknown", "\(file)")
            #expect(matcher.matchedCount == 2_000 && matcher.unknownCount == 2_000 && set.fault("sky") != nil)
            #expect(set.refresh() == [] && set.current("sky") == nil)
            FileSystem.removeTree(report.path)
            _ = try scratch.importing("sky", text)
            #expect(set.refresh() == ["sky"])
            #expect(matcher.match(batch(places)).table.string("status", 7) == "matched")
        }
    }

    @Test func truncationIsFoundAtOpen() throws {
        for file in ["cells", "key", "ra", "id", "manifest"] {
            let scratch = Scratch()
            let report = try scratch.importing("sky", "id,ra,dec\n1,10,20\n2,30,40\n")
            truncate("\(report.path)/\(file)", 5)
            #expect(throws: DependencyFault.self) { try scratch.open("sky") }
        }
        #expect(throws: UserFault.self) { try Scratch().open("nothing") }
    }

    @Test func matchJobWritesCSV() throws {
        let scratch = Scratch()
        _ = try scratch.importing("sky", "id,ra,dec,mag\n1,10,20,3.5\n2,10,20.0001,4\nx y,0,90,5\n")
        let positions = scratch.file("positions.csv", "name,ra,dec\na,10,20\nb,200,0\nc,400,0\n\"d\",123,90\n")
        func run(all: Bool) throws -> (String, CatalogueMatchJob.Counts) {
            var text = ""
            let job = CatalogueMatchJob(catalogue: try scratch.open("sky"), radius: Angle(arcsec: 1.5), all: all)
            let counts = try job.run(positionsPath: positions) { text += String(decoding: $0, as: UTF8.self) }
            return (text, counts)
        }
        let (nearest, counts) = try run(all: false)
        let lines = nearest.split(separator: "\n").map(String.init)
        #expect(lines[0] == "row,source_id,separation_arcsec,ra,dec,mag")
        #expect(lines[1] == "0,1,0.0,10.0,20.0,3.5")
        #expect(lines[2].hasPrefix("3,x y,") && lines.count == 3)
        #expect(counts.positions == 4 && counts.matchedPositions == 2 && counts.unknownPositions == 1)
        #expect(try run(all: true).0.split(separator: "\n").count == 4)
    }
}
