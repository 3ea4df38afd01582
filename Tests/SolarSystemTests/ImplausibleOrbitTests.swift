import Core
import SolarSystem
import Testing

/// Orbits that would do harm for long: epochs of the far future, names that are none, absurd covariances, half a file.
@Suite struct ImplausibleOrbitTests {
    private static let header = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt\n"
    private let scratch = OrbitScratch()

    private func table(_ rows: [(name: String, epoch: Double)]) -> String {
        Self.header + rows.map { "\($0.name),1,0.1,5,50,60,60900,\($0.epoch)\n" }.joined()
    }

    @Test func anEpochFarAheadIsABadRecord() throws {
        let rows = [("433", 70_000.0), ("434", 61_566.0), ("435", 61_565.0), ("436", 20_000.0)]
        let report = try scratch.imports(scratch.file("f", table(rows)))
        #expect(report.orbits == 2 && report.badRecords == 2)
        #expect(report.firstBad.first?.contains("line 2: the epoch MJD 70000.0 is more than 200 days ahead") == true)
    }

    @Test func anEpochFarAheadInTheSetInUseGivesWay() throws {
        var builder = OrbitSetBuilder()
        for (name, epoch) in [("433", 70_000.0), ("434", 61_000)] {
            let elements = CometaryElements(
                qAu: 9, eccentricity: 0.1, inclinationDeg: 5, nodeDeg: 50, argPeriDeg: 60, timeOfPerihelionMjdTT: 60_900,
                epochMjdTT: epoch)
            #expect(builder.add(name: name, elements: elements) == nil)
        }
        _ = try scratch.store.publish(builder)
        let report = try scratch.imports(scratch.file("f", table([("433", 61_100)])), merges: true)
        #expect(report.orbits == 2 && report.leftOut == 1)
        let set = try scratch.set()
        #expect(set.qAu[try #require(set.row(named: "433"))] == 1)
    }

    @Test func namesThatAreNoneAreBadRecords() throws {
        let long = String(repeating: "x", count: 65)
        var bytes = Array(table([("good", 61_000), ("better", 61_000), ("best", 61_000), (long, 61_000)]).utf8)
        bytes += Array("bell\u{7}and\u{1B}[2J,1,0.1,5,50,60,60900,61000\n".utf8)
        bytes += [0x61, 0xFF, 0xFE] + Array(",1,0.1,5,50,60,60900,61000\n".utf8)
        let report = try scratch.imports(scratch.file("f", bytes))
        #expect(report.orbits == 3 && report.badRecords == 3)
        for (line, part) in zip(report.firstBad, ["65 bytes, 64 at most: \"xxxx", "bell?and?", "a??\" is not UTF-8"]) {
            #expect(line.contains(part), "\(line)")
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
        let name = String(repeating: "é", count: 32)
        #expect(try scratch.imports(scratch.file("f", table([(name, 61_000)])), strict: true).orbits == 1)
    }

    @Test func anAbsurdCovarianceIsLeftOutAndCounted() throws {
        func row(_ name: String, _ variance: String) -> String {
            let cells = (0..<6).flatMap { row in
                (row..<6).map { "\"cov\(row)\($0)\":\(row == $0 ? (row == 2 ? variance : "1e-12") : "0")" }
            }
            return
                "{\"designation\":\"\(name)\",\"q\":2.1,\"e\":0.1,\"i\":5,\"node\":50,\"argperi\":60,\"peri_time\":60900,"
                + "\"epoch_mjd\":61000,\"mpc_orb_jsonb\":{\"CAR\":{\"covariance\":{\(cells.joined(separator: ","))}}}}\n"
        }
        let text = row("433", "1e-12") + row("434", "1e300") + row("435", "-1") + row("436", "0")
        let report = try scratch.imports(scratch.file("f", text))
        #expect(report.orbits == 4 && report.badRecords == 0 && report.badCovariances == 3)
        #expect(report.counts.withCovariance == 1)
    }

    @Test func aSetOfLessThanHalfIsWarnedOf() throws {
        let rows = (1...10).map { ("\($0)", 61_000.0) }
        #expect(try scratch.imports(scratch.file("f", table(rows))).warning == nil)
        #expect(try scratch.imports(scratch.file("f", table([rows[0]])), merges: true).warning == nil)
        #expect(try scratch.imports(scratch.file("f", table(Array(rows.prefix(5))))).warning == nil)
        let report = try scratch.imports(scratch.file("f", table(Array(rows.prefix(2)))))
        #expect(report.orbitsBefore == 5 && report.warning?.contains("2 orbits, less than half of the 5") == true)
    }
}
