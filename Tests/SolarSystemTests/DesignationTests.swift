import Core
import SolarSystem
import Testing

@Suite struct DesignationTests {
    /// Packed and plain forms that belong together, from the Minor Planet Center's own pages and files.
    static let pairs: [(packed: String, plain: String)] = [
        ("00001", "1"), ("00433", "433"), ("99999", "99999"), ("A0000", "100000"), ("A0345", "100345"),
        ("B9999", "119999"), ("Z9999", "359999"), ("a0000", "360000"), ("a0017", "360017"), ("z9999", "619999"),
        ("~0000", "620000"), ("~0001", "620001"), ("~000z", "620061"), ("~0010", "620062"), ("~AZaz", "3140113"),
        ("~zzzz", "15396335"),
        ("J95X00A", "1995 XA"), ("J95X01L", "1995 XL1"), ("J95F13B", "1995 FB13"), ("J98SA8Q", "1998 SQ108"),
        ("J98SC7V", "1998 SV127"), ("J98SG2S", "1998 SS162"), ("K99AJ3Z", "2099 AZ193"), ("K08Aa0A", "2008 AA360"),
        ("K07Tf8A", "2007 TA418"), ("K06T06K", "2006 TK6"), ("K26D62F", "2026 DF62"), ("K07VY7Y", "2007 VY347"),
        ("K16Nz9Z", "2016 NZ619"), ("K24A00B", "2024 AB"), ("J25A00A", "1925 AA"),
        ("J04O00A", "A904 OA"), ("I98D00Q", "A898 DQ"), ("I73O00A", "A873 OA"), ("I01A00A", "A801 AA"),
        ("J24Y00Z", "A924 YZ"),
        ("_QC0000", "2026 CA620"), ("_QC0aEM", "2026 CZ6190"), ("_QCzzzz", "2026 CL591673"),
        ("_FB0001", "2015 BB620"), ("_FB000E", "2015 BP620"), ("_OA004S", "2024 AB631"),
        ("PLS2040", "2040 P-L"), ("T1S3138", "3138 T-1"), ("T2S1010", "1010 T-2"), ("T3S4101", "4101 T-3"),
        ("PLS0001", "0001 P-L"),
        ("0001P", "1P"), ("0354P", "354P"), ("0003D", "3D"), ("0001I", "1I"), ("0003I", "3I"), ("0073P", "73P"),
        ("0073Pc", "73P-C"), ("0073Pat", "73P-AT"),
        ("CJ95O010", "C/1995 O1"), ("CK20F030", "C/2020 F3"), ("CK24A010", "C/2024 A1"), ("PK19A040", "P/2019 A4"),
        ("DJ93F020", "D/1993 F2"), ("DJ93F02k", "D/1993 F2-K"), ("CI80S010", "C/1880 S1"), ("XI72X010", "X/1872 X1"),
        ("AK17U070", "A/2017 U7"), ("CK14UR1N", "C/2014 UN271"), ("PK08C94L", "P/2008 CL94"),
        ("PJ30J01aa", "P/1930 J1-AA"), ("C240V010", "C/240 V1"), ("C/56K010", "C/-43 K1"), ("C-59V010", "C/-240 V1"),
        ("CK19U15f", "C/2019 U15-F"),
    ]

    @Test(arguments: pairs) func theFormsBelongTogether(_ pair: (packed: String, plain: String)) {
        #expect(Designation(packed: pair.packed)?.unpacked == pair.plain)
        #expect(Designation(unpacked: pair.plain)?.packed == pair.packed)
        #expect(Designation(pair.packed) == Designation(pair.plain))
    }

    @Test(arguments: [
        ("(433) Eros", "00433"), ("433 Eros", "00433"), (" (433) ", "00433"), ("2006TK6", "K06T06K"),
        ("2006_TK6", "K06T06K"), ("2006 tk6", "K06T06K"), ("A904OA", "J04O00A"), ("1904 OA", "J04O00A"),
        ("1P/Halley", "0001P"), ("1p/halley", "0001P"), ("73P-C/Schwassmann-Wachmann", "0073Pc"),
        ("C/2020 F3 (NEOWISE)", "CK20F030"), ("c/2020 f3", "CK20F030"), ("D/1993 F2-K (Shoemaker-Levy 9)", "DJ93F02k"),
        ("C/2014 UN271 (Bernardinelli-Bernstein)", "CK14UR1N"), ("3I/ATLAS", "0003I"), ("2040_P-L", "PLS2040"),
        ("1221 Amor", "01221"), ("2007 Mcmahon", "02007"),
    ]) func peopleWriteThemInManyWays(_ pair: (text: String, packed: String)) {
        #expect(Designation(pair.text)?.packed == pair.packed)
    }

    @Test(arguments: [
        "", " ", "0", "00000", "(433", "(433 Eros", "15396336", "2006 TI6", "2006 IK6", "2006 ZK6", "2006 TK06", "2006 T",
        "2006 TK591674", "2200 AA", "1799 AA", "1960 AA620", "0000P", "10000P", "1X", "1C", "C/2020 F0", "C/2020 F620",
        "C/2020", "Q/2020 F3", "C/2020 F3-", "C/2020 F3-ABC", "2040 P-X", "0 P-L", "K06T06I", "C03UYWZ", "K06I06K",
        "S/2019 S 22", "SK19S220", "~00", "~00!0", "_!C0000", "K0ZT06K", "Eros", "K06T0AK", "A000A", "T4S1000",
        "0073PC", "CK20F03!",
    ]) func whatIsNoneIsRefused(_ text: String) {
        #expect(Designation(text) == nil, "\(Designation(text)?.packed ?? "")")
    }

    @Test func everyNumberComesBack() {
        var seed: UInt64 = 20_261_121
        print("seed \(seed)")
        var numbers = [1, 9999, 10_000, 99_999, 100_000, 619_999, 620_000, Designation.maxNumber]
        for _ in 0..<20_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            numbers.append(1 + Int(seed >> 33) % Designation.maxNumber)
        }
        var wrong = 0
        for number in numbers {
            let packed = Designation.number(number).packed
            if packed.utf8.count != 5 || Designation(packed: packed) != .number(number) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func everyProvisionalDesignationComesBack() {
        let letters = Array("ABCDEFGHJKLMNOPQRSTUVWXYZ".utf8)
        var wrong = 0
        var seen: Set<String> = []
        for year in [1898, 1924, 1925, 1999, 2000, 2026, 2061] {
            for half in letters.dropLast() {
                for second in letters {
                    let orders = year < 2000 ? [0, 1, 9, 10, 99, 100, 619] : [0, 7, 359, 360, 619, 620, 9999, 591_662]
                    for order in orders {
                        let plainYear = year < 1925 ? "A\(year % 1000)" : "\(year)"
                        let pair = String(decoding: [half, second], as: UTF8.self)
                        let plain = "\(plainYear) \(pair)\(order == 0 ? "" : "\(order)")"
                        guard let one = Designation(unpacked: plain) else {
                            wrong += 1
                            continue
                        }
                        if one.unpacked != plain || Designation(packed: one.packed) != one { wrong += 1 }
                        if one.packed.utf8.count != 7 || !seen.insert(one.packed).inserted { wrong += 1 }
                    }
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test func bodyKeysHoldThem() {
        for pair in Self.pairs where pair.packed.utf8.count <= 8 {
            guard let designation = Designation(packed: pair.packed), let key = BodyKey(designation) else {
                Issue.record("\(pair.packed) has no key")
                continue
            }
            #expect(key.designation == designation, "\(pair.packed)")
        }
        let both = BodyKey(number: 433, provisional: BodyKey(Designation("A898 DQ")!)!.provisional)
        #expect(both.designation == .number(433))
        #expect(both.provisionalDesignation?.unpacked == "A898 DQ")
        #expect(BodyKey(number: 5) < BodyKey(number: 6))
        #expect(BodyKey(number: 15_396_335) < BodyKey(Designation("1P")!)!)
        #expect(BodyKey(Designation("1P")!)! < BodyKey(Designation("2006 TK6")!)!)
    }

    @Test func rubinsIdIsThePackedDesignation() {
        // A real alert's: 2006 TK6.
        let id = SSObjectID(rawValue: 21_163_633_152_112_203)
        #expect(id.designation?.unpacked == "2006 TK6")
        #expect(SSObjectID(packed: "K06T06K") == id)
        #expect(BodyKey(Designation("2006 TK6")!)?.ssObjectId == id)
        #expect(BodyKey(number: 7, provisional: UInt64(id.rawValue)).ssObjectId == id)
        #expect(BodyKey(number: 433).ssObjectId?.designation == .number(433))
        #expect(SSObjectID(packed: "CK20F030")?.designation?.unpacked == "C/2020 F3")
        for rawValue: Int64 in [0, -1, 1, .max, .min, 0x4B00_3036_5430_364B, 0x4B30_3654_3036_4B00] {
            #expect(SSObjectID(rawValue: rawValue).designation == nil)
        }
        #expect(SSObjectID(packed: "") == nil && SSObjectID(packed: "123456789") == nil)
    }
}
