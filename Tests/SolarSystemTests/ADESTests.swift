import Core
import Testing

@testable import SolarSystem

/// The shape of the text; that programs of the standard read it is tested with the command.
@Suite struct ADESTests {
    private func fields(_ observation: ADESObservation) -> [String: String] {
        var text = ADESText(submitter: "A. Nyone", comments: ["one|two"])
        text.append(observation)
        let lines = text.writer.text.split(separator: "\n").map(String.init)
        let heads = lines[lines.count - 2].split(separator: "|").map(String.init)
        let cells = lines[lines.count - 1].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "# version=2022" && heads[0] == "permID" && heads.count == cells.count)
        #expect(lines.contains("! line one?two") && lines.contains("! name A. Nyone") && lines.contains("! mpcCode X05"))
        return Dictionary(zip(heads, cells)) { first, _ in first }
    }

    private func observation(_ name: String) throws -> ADESObservation {
        ADESObservation(
            subject: .body(try #require(Designation(name))), id: "170028502123456791", time: MJD(61_095.25),
            raDeg: 0.25, decDeg: -0.000_000_04, raErrArcsec: 0.0312, decErrArcsec: 12.345_678, correlation: 0.25,
            magnitude: 21.12345, magnitudeErr: 0.04567, band: .z, remark: "a remark")
    }

    @Test func valuesAndNames() throws {
        let names = [
            ("433", "433", ""), ("2006 TK6", "", "2006 TK6"), ("A904 OA", "", "A904 OA"), ("2040 P-L", "", "2040 P-L"),
            ("73P-C", "73P-C", ""), ("C/2020 F3", "", "C/2020 F3"), ("K06T06K", "", "2006 TK6"),
        ]
        for (name, permanent, provisional) in names {
            let found = fields(try observation(name))
            #expect(found["permID"] == permanent && found["provID"] == provisional && found["trkSub"] == "")
        }
        let found = fields(try observation("433"))
        // MJD 61095.25 TAI less 37 s.
        #expect(found["obsTime"] == "2026-02-24T05:59:23.000Z" && found["stn"] == "X05" && found["mode"] == "CCD")
        #expect(found["ra"] == "0.250000000" && found["dec"] == "-0.000000040")
        #expect(found["rmsRA"] == "0.03120" && found["rmsDec"] == "12.3456" && found["rmsCorr"] == "0.250")
        #expect(found["mag"] == "21.123" && found["rmsMag"] == "0.046" && found["band"] == "Lz")
        #expect(found["astCat"] == "Gaia3" && found["obsSubID"] == "170028502123456791" && found["remarks"] == "a remark")
    }

    @Test func whatIsUnknownIsEmpty() throws {
        var one = try observation("433")
        one.raErrArcsec = .nan
        one.magnitude = .nan
        var found = fields(one)
        for name in ["rmsRA", "rmsCorr", "mag", "rmsMag", "band"] { #expect(found[name] == "", "\(name)") }
        #expect(found["rmsDec"] == "12.3456")
        one = try observation("433")
        one.raDeg = 359.999_999_999_9
        one.raErrArcsec = 1e-9
        one.correlation = 0.999_99
        one.magnitudeErr = .infinity
        found = fields(one)
        #expect(found["ra"] == "0.000000000" && found["rmsRA"] == "0.00001" && found["rmsCorr"] == "0.999")
        #expect(found["rmsMag"] == "" && found["mag"] == "21.123")
    }

    /// Names of tracklets are eight letters and digits, and different.
    @Test func trackletsHaveNames() {
        var names = Set<String>()
        for id in Int64(170_028_502_123_456_000)..<170_028_502_123_466_000 {
            guard case .tracklet(let name) = ADESObservation.Subject.tracklet(of: DiaSourceID(rawValue: id)) else { continue }
            #expect(name.utf8.count == 8 && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            names.insert(name)
        }
        #expect(names.count == 10_000)
    }
}
