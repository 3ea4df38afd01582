import Core
import Glibc
import SolarSystem
import Testing

@Suite struct OrbitSetTests {
    private static let header = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g\n"

    private func row(_ name: String, q: Double = 2, epoch: Double = 61_000) -> String {
        "\(name),\(q),0.1,5,50,60,60900,\(epoch),18,0.15"
    }

    private func table(_ rows: [String]) -> String { Self.header + rows.joined(separator: "\n") + "\n" }

    @Test func theNewestEpochWinsWhateverTheOrder() throws {
        let rows = [
            row("2006 TK6", q: 1, epoch: 60_000), row("2006 TK6", q: 2, epoch: 61_000), row("K06T06K", q: 3, epoch: 60_500),
            row("Own body", q: 4, epoch: 60_000), row("Own body", q: 5, epoch: 60_001), row("433", q: 6),
            row("(433) Eros", q: 7), row("Other", q: 8),
        ]
        let scratch = OrbitScratch()
        let report = try scratch.imports(scratch.file("f", table(rows)), strict: true)
        #expect(report.orbits == 4 && report.duplicates == 4)
        let set = try scratch.set()
        #expect(set.qAu[try #require(set.row(named: "2006 TK6"))] == 2)
        #expect(set.qAu[try #require(set.row(named: "own body"))] == 5)
        // Of equal epochs the later line.
        #expect(set.qAu[try #require(set.row(named: "433"))] == 7)
        // The content makes the version, not the order of lines.
        var others = rows
        others.swapAt(0, 7)
        others.swapAt(1, 3)
        #expect(try scratch.imports(scratch.file("f", table(others))).version == report.version)
        #expect(try scratch.imports(scratch.file("f", table(others + [row("New")]))).version != report.version)
    }

    @Test func aSetHoldsWhatItWasGiven() throws {
        var seed: UInt64 = 7
        func unit() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 11) / 9_007_199_254_740_992
        }
        var builder = OrbitSetBuilder()
        var given: [String: (CometaryElements, OrbitCovariance?)] = [:]
        for index in 0..<2000 {
            let name =
                index % 3 == 0 ? "\(1 + index * 7)" : index % 3 == 1 ? "20\(10 + index % 80) AB\(1 + index % 500)" : "body \(index)"
            let terms = index % 11 == 0 ? NonGravitationalTerms(a1: 1e-10 * unit(), a2: 1e-12, law: .inverseSquare) : nil
            let elements = CometaryElements(
                qAu: 0.1 + 40 * unit(), eccentricity: 1.2 * unit(), inclinationDeg: 180 * unit(), nodeDeg: 360 * unit(),
                argPeriDeg: 360 * unit(), timeOfPerihelionMjdTT: 60_000 + 2000 * unit(), epochMjdTT: 61_000,
                h: index % 5 == 0 ? nil : 18.25, g: index % 4 == 0 ? nil : 0.15, g12: index % 4 == 0 ? 0.5 : nil,
                nonGravitational: terms)
            let triangle = (0..<21).map { $0 == 0 ? 1e-9 : 1e-12 * unit() }
            let covariance = index % 7 == 0 ? OrbitCovariance(basis: .cometary, upperTriangle: triangle) : nil
            #expect(builder.add(name: name, elements: elements, arcDays: Double(index), covariance: covariance) == nil)
            given[name] = (elements, covariance)
        }
        let scratch = OrbitScratch()
        let published = try scratch.store.publish(builder)
        let set = try scratch.set()
        #expect(set.versionID == published.version && set.count == given.count)
        var wrong = 0
        for (name, one) in given {
            guard let row = set.row(named: name), set.elements(row) == one.0, set.covariance(row) == one.1 else {
                wrong += 1
                continue
            }
            if set.designation(row) != name { wrong += 1 }
            if let id = set.ssObjectId(row), set.row(ssObjectId: id) != row { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(OrbitCounts(set).withCovariance == given.values.filter { $0.1 != nil }.count)
    }

    @Test func anOrbitTakesLessThanAHundredBytes() throws {
        var builder = OrbitSetBuilder()
        let elements = CometaryElements(
            qAu: 2, eccentricity: 0.1, inclinationDeg: 1, nodeDeg: 2, argPeriDeg: 3, timeOfPerihelionMjdTT: 60_000,
            epochMjdTT: 61_000, h: 18, g: 0.15)
        for index in 0..<20_000 { builder.add(name: "20\(10 + index / 500) AA\(1 + index % 500)", elements: elements) }
        let scratch = OrbitScratch()
        _ = try scratch.store.publish(builder)
        let set = try scratch.set()
        #expect(set.count == 20_000)
        #expect(Double(set.byteCount) / 20_000 < 100, "\(set.byteCount)")
    }

    @Test func onlyWholeFilesAreOpened() throws {
        let scratch = OrbitScratch()
        let report = try scratch.imports(scratch.file("f", table([row("433"), row("2006 TK6"), row("Own")])))
        let path = scratch.store.filePath(report.version)
        var bytes: [UInt8] = []
        let stream = try #require(fopen(path, "rb"))
        bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, stream))
        fclose(stream)
        #expect(throws: Never.self) { try OrbitSet(path: path) }
        var refused = 0
        // Every byte of the head and the table, and single bytes of the columns.
        let table = 32 + 25 * 32
        let places = Array(0..<table) + stride(from: 832, to: bytes.count, by: 64)
        for place in places {
            var damaged = bytes
            damaged[place] ^= 0x10
            let file = scratch.file("damaged", damaged)
            // Padding between sections is nobody's.
            if (try? OrbitSet(path: file)) == nil { refused += 1 }
        }
        #expect(refused >= table + 13, "\(refused) of \(places.count)")
        for length in [0, 7, 31, 32, 500, 831, bytes.count / 2] {
            #expect(throws: DependencyFault.self) {
                try OrbitSet(path: scratch.file("short", Array(bytes.prefix(length))))
            }
        }
        var newer = bytes
        newer[8] = 9
        do {
            _ = try OrbitSet(path: scratch.file("newer", newer))
            Issue.record("a newer format was read")
        } catch {
            #expect(error.detail.contains("format 9"))
        }
    }

    /// Cut in place while it is in use, within a page or by many: no signal, no trap, and nothing that it says counts; the same
    /// orbits imported again are used again.
    @Test(arguments: [3, 3000]) func aFileThatShrinksIsDamaged(count: Int) throws {
        let scratch = OrbitScratch()
        var builder = OrbitSetBuilder()
        let elements = CometaryElements(
            qAu: 2, eccentricity: 0.1, inclinationDeg: 1, nodeDeg: 2, argPeriDeg: 3, timeOfPerihelionMjdTT: 60_000,
            epochMjdTT: 61_000, h: 18, g: 0.15)
        for index in 0..<count {
            let covariance = OrbitCovariance(basis: .cartesian, upperTriangle: (0..<21).map { Double($0 + 1) })
            let names = index % 2 == 0 ? ["20\(10 + index / 500) AA\(1 + index % 500)"] : ["Body \(index)"]
            for name in names { #expect(builder.add(name: name, elements: elements, covariance: covariance) == nil) }
        }
        let orbits = builder
        let version = try scratch.store.publish(orbits).version
        let path = scratch.store.filePath(version)
        for length in [100, 2000, 5000, 50_000, 200_001] {
            let inUse = OrbitSetInUse(store: scratch.store)
            let set = try #require(inUse.current)
            #expect(!set.isDamaged && inUse.fault == nil)
            guard length < set.byteCount else { continue }
            #expect(truncate(path, off_t(length)) == 0)
            #expect(set.isDamaged && inUse.current == nil)
            #expect(inUse.fault?.contains("shrank") == true)
            for row in 0..<count {
                _ = (set.elements(row), set.covariance(row), set.designation(row), set.bodyId(row), set.aliases(row))
            }
            _ = (set.row(named: "Body 1"), set.row(named: "2010 AA1"), set.row(ssObjectId: set.bodyId(0)))
            inUse.refresh()
            #expect(inUse.current == nil && inUse.fault != nil)
            #expect(try scratch.store.publish(orbits).version == version)
            #expect(inUse.refresh() && inUse.current?.row(named: "Body 1") != nil && inUse.fault == nil)
            #expect(set.isDamaged)
        }
    }

    @Test func anImportReplacesOrMerges() throws {
        let scratch = OrbitScratch()
        let first = try scratch.imports(scratch.file("f", table([row("433", q: 1), row("2006 TK6", q: 1)])))
        let held = try scratch.set()
        let second = try scratch.imports(
            scratch.file("f", table([row("433", q: 2, epoch: 61_001), row("Own", q: 2)])), merges: true)
        #expect(second.orbits == 3 && second.duplicates == 1)
        let set = try scratch.set()
        #expect(set.qAu[try #require(set.row(named: "433"))] == 2 && set.row(named: "2006 TK6") != nil)
        // An older epoch changes nothing.
        let third = try scratch.imports(scratch.file("f", table([row("433", q: 9, epoch: 60_000)])), merges: true)
        #expect(third.version == second.version)
        let fourth = try scratch.imports(scratch.file("f", table([row("Own", q: 3)])))
        #expect(fourth.orbits == 1)
        #expect(held.qAu[try #require(held.row(named: "433"))] == 1 && held.versionID == first.version)
        #expect(scratch.store.versions().map(\.isCurrent) == [false, false, true])
        for index in 0..<6 { _ = try scratch.imports(scratch.file("f", table([row("Own", q: Double(5 + index))]))) }
        #expect(scratch.store.versions().count == OrbitStore.keptVersions)
        #expect(scratch.store.versions().last?.isCurrent == true)
        let copy = OrbitStore(path: scratch.path + "/copy")
        #expect(try scratch.store.copyCurrentVersion(to: copy.path) == scratch.store.currentVersion())
        #expect(try copy.openCurrent()?.count == 1)
        #expect(throws: UserFault.self) { try scratch.store.publish(OrbitSetBuilder()) }
    }

    @Test func importsAtTheSameTimeLoseNothing() throws {
        let scratch = OrbitScratch()
        let store = scratch.store
        let files = (0..<6).map { scratch.file("f\($0)", table([row("Own \($0)"), row("20\(10 + $0) AA")])) }
        let threads = files.map { file in
            NamedThread("import") {
                var options = OrbitImport.Options(store: store, files: [file])
                options.merges = true
                _ = try? OrbitImport.run(options)
            }
        }
        for thread in threads { thread.join() }
        #expect(try scratch.set().count == 12)
    }

    @Test func numberAndProvisionalDesignationMeet() throws {
        let scratch = OrbitScratch()
        // One table knows the body by its number, the alerts by its provisional designation with the number in the fit.
        _ = try scratch.imports(scratch.file("f", table([row("620010", q: 1, epoch: 60_800)])))
        let lines =
            #"{"designation":"2001 QB77","packed":"K01Q77B","permid":"620010","q":2,"e":0.1,"i":5,"node":50,"argperi":60,"peri_time":60900,"epoch_mjd":61000}"#
        let second = try scratch.imports(scratch.file("g", lines), merges: true)
        #expect(second.orbits == 1 && second.duplicates == 1)
        var set = try scratch.set()
        #expect(set.qAu[0] == 2 && set.designation(0) == "620010" && set.row(named: "2001 QB77") == 0)
        #expect(set.ssObjectId(0) == SSObjectID(packed: "K01Q77B"))
        // Now the provisional designation alone is enough, and keeps Rubin's id.
        let third = try scratch.imports(scratch.file("h", table([row("2001 QB77", q: 3, epoch: 61_100)])), merges: true)
        #expect(third.orbits == 1)
        set = try scratch.set()
        #expect(set.qAu[0] == 3 && set.designation(0) == "620010")
        #expect(set.ssObjectId(0) == SSObjectID(packed: "K01Q77B"))
        // A further import by number alone does not lose it.
        _ = try scratch.imports(scratch.file("f", table([row("620010", q: 4, epoch: 61_200)])), merges: true)
        set = try scratch.set()
        #expect(set.qAu[0] == 4 && set.row(named: "K01Q77B") == 0)
    }
}
