import Core
import SolarSystem
import Testing

@Suite struct OrbitReaderTests {
    @Test func mpcorbIsReadWithItsHeading() throws {
        let scratch = OrbitScratch()
        let text =
            OrbitText.heading + [OrbitText.olderCeres, OrbitText.ceres, OrbitText.numbered].joined(separator: "\n")
            + "\n\n" + [OrbitText.provisional, OrbitText.shortArc, OrbitText.noMagnitude].joined(separator: "\r\n")
        let report = try scratch.imports(scratch.file("MPCORB.DAT", text), strict: true)
        #expect(report.files[0].format == .mpcorb)
        #expect(report.orbits == 5 && report.duplicates == 1 && report.badRecords == 0)
        #expect(report.counts.shortArcs == 1 && report.counts.withoutMagnitude == 1 && report.counts.numbered == 2)
        let set = try scratch.set()
        let ceres = try #require(set.row(named: "Ceres"))
        let elements = set.elements(ceres)
        // K2669: 2026 June 9.
        #expect(elements.epochMjdTT == 61_200)
        #expect(elements.h == 3.34 && elements.g == 0.15)
        #expect(abs(elements.qAu - 2.765_552_6 * (1 - 0.079_692_3)) < 1e-12)
        #expect(elements.inclinationDeg == 10.588_03 && elements.nodeDeg == 80.248_63)
        #expect(elements.argPeriDeg == 73.294_2 && elements.eccentricity == 0.079_692_3)
        #expect(abs(elements.timeOfPerihelionMjdTT - (61_200 + (360 - 274.419_35) / 0.214_304_45)) < 1e-4)
        for name in ["1", "(1)", "ceres", "CERES", "00001", "(1) Ceres", " 1 Ceres "] {
            #expect(set.row(named: name) == ceres, "\(name)")
        }
        let other = try #require(set.row(named: "2001 QB77"))
        #expect(set.designation(other) == "620010" && set.row(named: "620010") == other)
        #expect(set.ssObjectId(other) == SSObjectID(packed: "K01Q77B"))
        let id = SSObjectID(rawValue: 21_163_633_152_112_203)
        let provisional = try #require(set.row(ssObjectId: id))
        #expect(set.designation(provisional) == "2006 TK6" && set.name(provisional) == nil)
        #expect(set.row(named: "K06T06K") == provisional && set.row(named: "\(id)") == provisional)
        let short = try #require(set.row(named: "2026 DF62"))
        #expect(set.flags(short).contains(.shortArc) && set.arcDays(short) == 2 && set.elements(short).g == nil)
        #expect(set.elements(try #require(set.row(named: "2040 P-L"))).h == nil)
        #expect(set.row(named: "Vesta") == nil && set.row(named: "2") == nil && set.row(named: "") == nil)
    }

    @Test func theFormIsToldByContentsNotByName() throws {
        let scratch = OrbitScratch()
        let file = scratch.gzip("orbits.csv", OrbitText.ceres + "\n" + OrbitText.provisional + "\n")
        let report = try scratch.imports(file, strict: true)
        #expect(report.files[0].format == .mpcorb && report.orbits == 2)
    }

    @Test func cometsAreReadFromFixedColumns() throws {
        let scratch = OrbitScratch()
        let lines = [OrbitText.haleBopp, OrbitText.halley, OrbitText.piece, OrbitText.hyperbola]
        let report = try scratch.imports(scratch.file("c.txt", lines.joined(separator: "\n")), strict: true)
        #expect(report.files[0].format == .cometEls && report.orbits == 4)
        #expect(report.counts.comets == 4 && report.counts.unbound == 1)
        let set = try scratch.set()
        let row = try #require(set.row(named: "hale-bopp"))
        let one = set.elements(row)
        #expect(one.kind == .comet && one.h == -2 && one.g == 4 && one.qAu == 0.915_882 && one.eccentricity == 0.994_856)
        // 1997 March 30 is MJD 50537, 2024 March 31 is 60400.
        #expect(abs(one.timeOfPerihelionMjdTT - 50_537.437_4) < 1e-9 && one.epochMjdTT == 60_400)
        #expect(set.row(named: "C/1995 O1 (Hale-Bopp)") == row && set.row(named: "CJ95O010") == row)
        #expect(set.designation(try #require(set.row(named: "Halley"))) == "1P")
        let piece = try #require(set.row(named: "73P-C"))
        #expect(set.designation(piece) == "73P-C" && set.row(named: "73P") == nil)
        let visitor = set.elements(try #require(set.row(named: "3I")))
        #expect(visitor.eccentricity == 6.139 && visitor.qAu == 1.3565)
    }

    /// Undisturbed orbits have no epoch, and new comets have their perihelion in a year or two.
    @Test func cometsToComeWithoutAnEpochAreRead() throws {
        let scratch = OrbitScratch()
        let text = """
            [{"Orbit_type":"C","Provisional_packed_desig":"CK26A010","Year_of_perihelion":2028,"Month_of_perihelion":1,
            "Day_of_perihelion":5.5,"Perihelion_dist":1.9,"e":1.0,"Peri":10.5,"Node":20.5,"i":30.5,"H":8.0},
            {"Orbit_type":"C","Provisional_packed_desig":"CK24A010","Year_of_perihelion":2025,"Month_of_perihelion":1,
            "Day_of_perihelion":5.5,"Perihelion_dist":1.9,"e":1.0,"Peri":10.5,"Node":20.5,"i":30.5,"H":8.0}]
            """
        _ = try scratch.imports(scratch.file("c.json", text), strict: true)
        let set = try scratch.set()
        let coming = set.elements(try #require(set.row(named: "C/2026 A1")))
        let gone = set.elements(try #require(set.row(named: "C/2024 A1")))
        #expect(coming.epochMjdTT == 61_200 && coming.timeOfPerihelionMjdTT > 61_700)
        #expect(gone.epochMjdTT == gone.timeOfPerihelionMjdTT)
    }

    @Test func cometsAreReadFromJSONWithTheirJets() throws {
        let scratch = OrbitScratch()
        let text = """
            [{"Orbit_type":"C","Provisional_packed_desig":"J95O010","Year_of_perihelion":1997,"Month_of_perihelion":3,
            "Day_of_perihelion":30.4374,"Perihelion_dist":0.915882,"e":0.994856,"Peri":130.5887,"Node":282.4671,"i":89.4224,
            "Epoch_year":2024,"Epoch_month":3,"Epoch_day":31,"H":-2.0,"G":4.0,"A1":1.04,"A2":-0.05,
            "Designation_and_name":"C/1995 O1 (Hale-Bopp)","Ref":"MPC106342"},
            {"Orbit_type":"P","Comet_num":73,"Year_of_perihelion":2022,"Month_of_perihelion":8,"Day_of_perihelion":25.7,
            "Perihelion_dist":0.97,"e":0.68,"Peri":199.4,"Node":69.6,"i":11.2,"Epoch_year":2024,"Epoch_month":3,
            "Epoch_day":31,"H":13.0,"G":4.0,"Designation_and_name":"73P-C/Schwassmann-Wachmann"}]
            """
        let report = try scratch.imports(scratch.gzip("c.gz", text), strict: true)
        #expect(report.files[0].format == .cometJSON && report.orbits == 2 && report.counts.withNonGravitational == 1)
        let set = try scratch.set()
        let one = set.elements(try #require(set.row(named: "Hale-Bopp")))
        let terms = try #require(one.nonGravitational)
        #expect(terms.law == .waterIce && abs(terms.a1 - 1.04e-8) < 1e-20 && abs(terms.a2 + 5e-10) < 1e-20)
        #expect(set.row(named: "73P-C") != nil && set.row(named: "73P") == nil)
    }

    @Test func extendedJSONBringsAllNames() throws {
        let scratch = OrbitScratch()
        let text = """
            [
            {"H":3.34,"G":0.15,"Num_obs":7297,"Number":"(1)","Name":"Ceres","Principal_desig":"A801 AA",
             "Other_desigs":["A899 OF","1943 XB"],"Epoch":2461200.5,"M":274.41935,"Peri":73.2942,"Node":80.24863,"i":10.58803,
             "e":0.0796923,"n":0.21430445,"a":2.7655526,"Arc_years":"1801-2026","Tp":2461600.2,"Perihelion_dist":2.545},
            {"H":20.1,"Principal_desig":"2026 AB12","Epoch":2461000.5,"M":1.5,"Peri":10.5,"Node":20.5,"i":30.5,"e":0.5,
             "a":2.0,"Arc_length":2,"Num_opps":1}
            ]
            """
        let report = try scratch.imports(scratch.file("x.json", text), strict: true)
        #expect(report.files[0].format == .mpcExtendedJSON && report.orbits == 2 && report.counts.shortArcs == 1)
        let set = try scratch.set()
        let ceres = try #require(set.row(named: "1"))
        for name in ["A801 AA", "1943 XB", "A899 OF", "I99O00F", "Ceres"] { #expect(set.row(named: name) == ceres) }
        #expect(set.ssObjectId(ceres) == SSObjectID(packed: "I01A00A"))
        #expect(set.aliases(ceres).map(\.unpacked) == ["A899 OF", "1943 XB"])
        // As MPCORB gives it, not by the rounded perihelion.
        #expect(abs(set.elements(ceres).qAu - 2.765_552_6 * (1 - 0.079_692_3)) < 1e-12)
        #expect(set.elements(ceres).epochMjdTT == 61_200)
        #expect(set.elements(try #require(set.row(named: "2026 AB12"))).qAu == 1)
    }

    @Test func ourOwnTableIsReadAsItStands() throws {
        let scratch = OrbitScratch()
        let text = """
            designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g,a1,a2,a3
            Testbody-7,1.5,0.25,10,370,-20,60800.5,61000,20.25,0.15,,1e-13,
            "C/2020 F3 (NEOWISE)",0.29478,0.99915,128.9375,61.0104,37.2767,59033.68,59034,8,4,1e-9,2e-10,-3E-11
            2006 TK6,2.1,0.1,5,50,60,60900.125,61000,,,,,
            99942,0.7461,0.1914,3.339,204.0,126.6,60947.0,61000,19.7,0.24,0,-2.899e-14,0
            """
        let report = try scratch.imports(scratch.file("mine.txt", text), strict: true)
        #expect(report.files[0].format == .elementsCSV && report.orbits == 4)
        let set = try scratch.set()
        let own = set.elements(try #require(set.row(named: "testbody-7")))
        #expect(own.nodeDeg == 10 && own.argPeriDeg == 340 && own.h == 20.25 && own.timeOfPerihelionMjdTT == 60_800.5)
        #expect(own.nonGravitational == NonGravitationalTerms(a2: 1e-13, law: .inverseSquare))
        let comet = set.elements(try #require(set.row(named: "C/2020 F3")))
        #expect(comet.kind == .comet && comet.g == 4)
        #expect(comet.nonGravitational == NonGravitationalTerms(a1: 1e-9, a2: 2e-10, a3: -3e-11, law: .waterIce))
        #expect(set.elements(try #require(set.row(named: "2006 TK6"))).h == nil)
        #expect(set.elements(try #require(set.row(named: "99942"))).nonGravitational?.a2 == -2.899e-14)
    }

    @Test func tablesOfMPCOrbitsComeAsLinesAndAsCSV() throws {
        let fit =
            #"{\"CAR\":{\"coefficient_names\":[\"x\",\"y\",\"z\",\"vx\",\"vy\",\"vz\",\"yarkovsky\"],\"coefficient_values\":[1,2,3,4,5,6,7],\"covariance\":{"#
            + (0..<7).flatMap { row in (row..<7).map { #"\"cov\#(row)\#($0)\":\#(row == $0 ? row + 1 : 0)"# } }
            .joined(separator: ",") + #"}},\"designation_data\":{\"permid\":\"612345\",\"iau_name\":\"Über\"}}"#
        let lines =
            #"{"id":1,"designation":"2006 TK6","packed_primary_provisional_designation":"K06T06K","mpc_orb_jsonb":""#
            + fit
            + #"","a":NaN,"q":2.1,"e":0.1,"i":5.0,"node":50.0,"argperi":60.0,"peri_time":60900.125,"epoch_mjd":61000.0,"h":18.5,"g":0.15,"yarkovsky":-3.0,"arc_length_total":1.5}"#
            + "\n"
            + #"{"id":2,"designation":"S/2019 S 22","packed_primary_provisional_designation":"S/19S22","q":1,"e":0,"i":0,"node":0,"argperi":0,"peri_time":1,"epoch_mjd":61000}"#
            + "\n"
            + #"{"id":3,"designation":"C/2024 A1","packed_primary_provisional_designation":"CK24A010","q":3.9,"e":1.0012,"i":94.0,"node":50.0,"argperi":60.0,"peri_time":60500.5,"epoch_mjd":60400.0,"h":7.0,"g":0.15,"a1":2.0,"mpc_orb_jsonb":null}"#
        let scratch = OrbitScratch()
        let report = try scratch.imports(scratch.file("rows", lines), strict: true)
        #expect(report.files[0].format == .mpcOrbitsJSON && report.orbits == 2 && report.satellites == 1)
        let set = try scratch.set()
        let row = try #require(set.row(named: "Über"))
        #expect(set.designation(row) == "612345" && set.row(named: "2006 TK6") == row)
        #expect(set.ssObjectId(row)?.rawValue == 21_163_633_152_112_203 && set.flags(row).contains(.shortArc))
        #expect(set.elements(row).nonGravitational == NonGravitationalTerms(a2: -3e-10, law: .inverseSquare))
        let covariance = try #require(set.covariance(row))
        #expect(covariance.dimension == 7 && covariance.extraParameters == [.yarkovsky])
        #expect(covariance[6, 6] == 7 && covariance[0, 1] == 0 && covariance.values == [1, 2, 3, 4, 5, 6, 7])
        let comet = set.elements(try #require(set.row(named: "C/2024 A1")))
        #expect(comet.g == nil && comet.eccentricity == 1.0012 && comet.nonGravitational?.a1 == 2e-8)

        let table =
            "id,designation,packed_primary_provisional_designation,mpc_orb_jsonb,a,q,e,i,node,argperi,peri_time,epoch_mjd,h,g\n"
            + "1,2006 TK6,K06T06K,\"" + fit.replacing("\\\"", with: "\"\"")
            + "\",NaN,2.1,0.1,5.0,50.0,60.0,60900.125,61000.0,18.5,\\N\n"
        let again = try scratch.imports(scratch.file("rows.csv", table), strict: true)
        #expect(again.files[0].format == .elementsCSV && again.orbits == 1)
        #expect(try scratch.set().covariance(0) == covariance)
    }
}

extension String {
    fileprivate func replacing(_ old: String, with new: String) -> String {
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
