import Core
import Glibc
import SolarSystem
import Testing

@Suite struct BadOrbitFileTests {
    private func fault(_ body: () throws -> some Any) -> UserFault? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? UserFault
        }
    }

    /// A line with other text in columns `first` and on (from 1).
    private func changed(_ line: String, _ first: Int, _ text: String) -> String {
        var bytes = Array(line.utf8)
        bytes.replaceSubrange(first - 1..<first - 1 + text.utf8.count, with: text.utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func badLinesAreCountedAndTheFirstTenNamed() throws {
        let scratch = OrbitScratch()
        let good = [OrbitText.ceres, OrbitText.provisional, OrbitText.numbered]
        let bad = [
            (changed(OrbitText.ceres, 1, "0!001  "), "packed designation"),
            (changed(OrbitText.ceres, 21, "K2F69"), "packed epoch"),
            (changed(OrbitText.ceres, 21, "K262V"), "packed epoch"),
            (changed(OrbitText.ceres, 21, "A2669"), "absurd"),
            (changed(OrbitText.ceres, 27, "  27x.41935"), "not a number"),
            (changed(OrbitText.ceres, 71, "1.0796923"), "no orbit has a"),
            (changed(OrbitText.ceres, 93, "-2.7655526 "), "no orbit has a"),
            (changed(OrbitText.ceres, 60, "190.58803"), "inclination"),
            (String(OrbitText.ceres.prefix(60)), "60 bytes"),
            ("\u{1}\u{2}\u{0}garbage", "bytes"),
            (changed(OrbitText.ceres, 93, " 99999.9999"), "absurd"),
        ]
        // Good ones outnumber the bad ones.
        let many = (0..<20).map { changed(OrbitText.provisional, 4, "A\(10 + $0)A") }
        let text = (many + good + bad.map(\.0)).joined(separator: "\n") + "\n"
        let file = scratch.file("bad", text)
        let report = try scratch.imports(file)
        #expect(report.orbits == 23 && report.badRecords == bad.count && report.firstBad.count == 10)
        for (index, one) in bad.prefix(10).enumerated() {
            #expect(report.firstBad[index].contains("line \(24 + index): "), "\(report.firstBad[index])")
            #expect(report.firstBad[index].contains(one.1), "\(report.firstBad[index])")
        }
        let version = report.version
        let refusal = fault { try scratch.imports(file, strict: true) }
        #expect(refusal?.what.contains("11 bad records") == true && refusal?.kind == .usage)
        #expect(scratch.store.currentVersion() == version)
    }

    @Test func aFileMostlyBadIsRefused() throws {
        let scratch = OrbitScratch()
        let text = [OrbitText.ceres, "x", "y", "z", ""].joined(separator: "\n")
        #expect(fault { try scratch.imports(scratch.file("f", text)) }?.what.contains("more than the 1 good") == true)
        #expect(scratch.store.currentVersion() == nil)
    }

    @Test func whatIsNoOrbitFileIsSaidToBeNone() throws {
        let scratch = OrbitScratch()
        for text in [
            "hello", "{}", "[]", "[1,2,3]", "designation,q\nx,1\n", "{\"a\":{\"b\":1}}", "\u{0}\u{1}\u{2}", "[{]",
            "designation,mjd_tai,ra_deg,dec_deg\n2026 DF62,60790.2,36.9,14.8\n",
        ] {
            let found = fault { try scratch.imports(scratch.file("f", text)) }
            #expect(found?.what.contains("no orbit file of a known format") == true, "\(text): \(found?.what ?? "taken")")
        }
        for text in ["", "\n \r\n"] {
            #expect(fault { try scratch.imports(scratch.file("f", text)) }?.what.contains("is empty") == true)
        }
        let header = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt\n"
        #expect(fault { try scratch.imports(scratch.file("f", header)) }?.what.contains("holds no orbit") == true)
        #expect(fault { try scratch.imports(scratch.path + "/nothing") }?.what.contains("cannot read") == true)
        #expect(fault { try scratch.imports(scratch.path) }?.kind == .usage)
        #expect(scratch.store.currentVersion() == nil)
    }

    @Test func truncatedFilesAreSeen() throws {
        let scratch = OrbitScratch()
        let lines = (10..<99).map { changed(OrbitText.provisional, 4, "A\($0)A") }.joined(separator: "\n")
        let whole = scratch.gzip("whole.gz", lines)
        let size = try #require(fileSize(whole))
        truncate(whole, size * 2 / 3)
        #expect(fault { try scratch.imports(whole) }?.what.contains("damaged or truncated") == true)

        let cut = String(lines.dropLast(150))
        #expect(fault { try scratch.imports(scratch.file("cut", cut)) }?.detail.contains("line 89") == true)
        // Cut where nothing is decided any more: the line is shorter than the one before.
        let late = scratch.file("late", String(lines.dropLast(5)))
        #expect(fault { try scratch.imports(late) }?.what.contains("is truncated") == true)
        #expect(try scratch.imports(scratch.file("whole", lines), strict: true).orbits == 89)
        let rows = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt\n433,1,0.1,5,50,60,60900,61000\n434,1,0.1,5"
        #expect(fault { try scratch.imports(scratch.file("rows", rows)) }?.what.contains("is truncated") == true)
        let comets = [OrbitText.haleBopp, OrbitText.halley].joined(separator: "\n").dropLast(20)
        #expect(fault { try scratch.imports(scratch.file("comets", String(comets))) }?.what.contains("truncated") == true)

        let object =
            #"{"designation":"2006 TK6","q":2.1,"e":0.1,"i":5,"node":50,"argperi":60,"peri_time":60900,"epoch_mjd":61000}"#
        for start in ["[", ""] {
            let inside = scratch.file("json", "\(start)\(object)\n\(object.dropLast(30))")
            #expect(fault { try scratch.imports(inside) }?.detail.contains("line 2: the file ends inside") == true)
        }
        let between = scratch.file("json", "[\(object),\n")
        #expect(fault { try scratch.imports(between) }?.detail.contains("ends before its list") == true)
        #expect(try scratch.imports(scratch.file("json", "[\(object)]"), strict: true).orbits == 1)
    }

    @Test func absurdElementsAreNamed() throws {
        let scratch = OrbitScratch()
        let header = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g,a1,a2,a3\n"
        let rows = [
            ("x1,,0.1,5,50,60,60900,61000,,,,,", "no perihelion distance"),
            ("x2,-1,0.1,5,50,60,60900,61000,,,,,", "perihelion distance"),
            ("x3,0,0.1,5,50,60,60900,61000,,,,,", "perihelion distance"),
            ("x4,1,-0.1,5,50,60,60900,61000,,,,,", "eccentricity"),
            ("x5,1,1e9,5,50,60,60900,61000,,,,,", "eccentricity"),
            ("x6,1,0.1,5,50,60,60900,2461000.5,,,,,", "epoch"),
            ("x7,1,0.1,5,50,60,60900,1e300,,,,,", "epoch"),
            ("x8,1,0.1,5,50,60,1e30,61000,,,,,", "time of perihelion"),
            ("x9,1,0.1,5,NaN,60,60900,61000,,,,,", "angle"),
            ("y1,1,0.1,5,50,60,60900,61000,,,1,,", "acceleration"),
        ]
        let moreRows = [
            (",1,0.1,5,50,60,60900,61000,,,,,", "no designation"), ("y2,1,0.1,5,50,60,60900", "7 columns"),
            ("y3,1,inf,5,50,60,60900,61000,,,,,", "not a number"), ("y4,1,0x1p3,5,50,60,60900,61000,,,,,", "not a number"),
        ]
        let good = (0..<30).map { "good\($0),1,\(Double($0) / 10),5,50,60,60900,61000,\($0 == 0 ? "99.99" : ""),,,," }
        for some in [rows, moreRows] {
            let text = header + (good + some.map(\.0)).joined(separator: "\n") + "\n"
            let report = try scratch.imports(scratch.file("f", text))
            #expect(report.orbits == 30 && report.badRecords == some.count)
            for (line, one) in zip(report.firstBad, some) { #expect(line.contains(one.1), "\(line)") }
        }
        let set = try scratch.set()
        // Parabolas and hyperbolas are orbits; an absurd magnitude is none.
        #expect(set.elements(try #require(set.row(named: "good10"))).eccentricity == 1)
        #expect(set.elements(try #require(set.row(named: "good29"))).eccentricity == 2.9)
        #expect(set.elements(try #require(set.row(named: "good0"))).h == nil)
    }

    @Test func rubbishNeverTraps() throws {
        var seed: UInt64 = UInt64(getpid()) &+ 7
        print("seed \(seed)")
        func next(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % limit
        }
        let object =
            #"{"designation":"2006 TK6","packed":"K06T06K","q":2.1,"e":0.1,"i":5,"node":50,"argperi":60,"peri_time":60900,"epoch_mjd":61000,"mpc_orb_jsonb":"{\"CAR\":{\"covariance\":{\"cov00\":1}}}"}"#
        let texts = [
            [OrbitText.ceres, OrbitText.provisional].joined(separator: "\n"),
            [OrbitText.haleBopp, OrbitText.piece].joined(separator: "\n"), "[\(object),\(object)]",
            "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt\n\"a\"\"b\",1,2,3,4,5,6,7\nc,1,0,3,4,5,6,7\n",
        ]
        let scratch = OrbitScratch()
        for round in 0..<400 {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0...next(6) {
                switch next(3) {
                case 0: bytes[next(bytes.count)] = UInt8(next(256))
                case 1: bytes.remove(at: next(bytes.count))
                default: bytes.insert(UInt8(next(128)), at: next(bytes.count))
                }
            }
            if next(4) == 0 { bytes.removeLast(next(bytes.count)) }
            var builder = OrbitSetBuilder()
            _ = try? OrbitFileReader.read(scratch.file("r", bytes), into: &builder)
        }
    }

    private func fileSize(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}
