import ADQL
import Core
import FilterEngine
import Testing

/// The catalogue that these tests check against.
let testCatalog = Catalog.filters(nearest: [
    (
        "gaia_dr3",
        NearestMatches.schema(
            catalogue: "gaia_dr3", idType: .int64,
            extras: [
                ColumnSchema(id: 6, name: "parallax", type: .float32, unit: "mas"),
                ColumnSchema(id: 7, name: "parallax_error", type: .float32, unit: "mas"),
            ])
    ), ("ned", NearestMatches.schema(catalogue: "ned", idType: .string, extras: [])),
])

func faults(_ text: String) -> [String] {
    do throws(QueryFault) {
        _ = try Checker.check(text, catalog: testCatalog)
        return []
    } catch {
        return error.diagnostics.map { "\($0.line):\($0.column) \($0.message) [\($0.hint)]" }
    }
}

@Suite struct CheckerTests {
    @Test func theFieldsSpellingsAreAccepted() {
        for text in [
            "SELECT diaSourceId FROM alert",
            "select a.diaSourceId as distance from alert a where a.psfFlux between 1 and 10and a.band = 'g';",
            "SELECT a.* FROM alert AS a LEFT OUTER JOIN object o ON a.diaObjectId = o.diaObjectId WHERE o.nDiaSources > 3",
            "SELECT 1 AS one FROM alert WHERE 1=CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 10, -5, 1.75))",
            "SELECT ra FROM alert WHERE NOT isDipole AND diaObjectId = '123' AND is_sso = 0",
            "SELECT CASE WHEN psfFlux > 0 THEN ABMAG(psfFlux) END FROM alert WHERE MJD_NOW() - midpointMjdTai < 1",
            "SELECT scisql_nanojanskyToAbMag(psfFlux) FROM alert WHERE EXISTS (SELECT * FROM forced f WHERE f.diaObjectId = alert.diaObjectId)",
        ] {
            #expect(faults(text) == [], "\(text)")
        }
    }

    @Test func wrongNamesAreToldWithTheNearestOne() {
        #expect(faults("SELECT a.psfFlx FROM alert AS a") == ["1:8 alert has no column psfFlx [did you mean psfFlux?]"])
        #expect(faults("SELECT ra FROM alerts") == ["1:16 there is no table alerts [did you mean alert?]"])
        #expect(faults("SELECT ABSMAG(ra) FROM alert") == ["1:8 there is no function ABSMAG [did you mean ABMAG?]"])
        let several = faults("SELECT a.rx, a.psfFlux FROM alert AS a\nWHERE a.bnd = 'g' AND a.ra > 'x'")
        #expect(several.count == 3)
        #expect(several.last?.hasPrefix("2:30 a number is compared") == true)
    }

    @Test func syntaxErrorsSayWhatWasExpected() {
        #expect(faults("SELECT ra FROM alert WHERE") == ["1:27 expected a value, found the end of the query []"])
        #expect(faults("SELECT ra FROM alert GROUP BY ra").first?.contains("GROUP has no meaning") == true)
        #expect(faults("SELECT 'abc FROM alert") == ["1:8 this string has no end [close it with ']"])
        #expect(faults("SELECT 99999999999999999999 FROM alert").first?.contains("too large") == true)
    }

    @Test func theMessageShowsThePlace() throws {
        let text = "SELECT a.ra\nFROM alert AS a\nWHERE a.psfFlx > 3"
        do throws(QueryFault) {
            _ = try Checker.check(text, catalog: testCatalog)
            Issue.record("a wrong column was accepted")
        } catch {
            #expect(
                error.rendered(name: "f.sql") == """
                    f.sql:3:7: error: alert has no column psfFlx
                     3 | WHERE a.psfFlx > 3
                       |       ^^^^^^^^
                       = hint: did you mean psfFlux?

                    """)
        }
    }

    @Test func conditionsThatCannotBeMeantAreWarnedOf() throws {
        for (condition, words) in [
            ("a.psfFlux > 5 AND a.psfFlux < 3", "no psfFlux fulfils"),
            ("a.isDipole = 2", "never 2"), ("a.band = 'R'", "never 'R'"),
            ("a.psfFlux = NULL", "never true"), ("a.diaSourceId IS NULL", "never NULL"),
        ] {
            let query = try Checker.check("SELECT a.ra FROM alert AS a WHERE \(condition)", catalog: testCatalog)
            #expect(query.warnings.contains { $0.message.contains(words) }, "\(condition)")
        }
        let clean = try Checker.check("SELECT a.ra FROM alert AS a WHERE a.psfFlux > 3 AND a.psfFlux < 5", catalog: testCatalog)
        #expect(clean.warnings.isEmpty)
    }

    @Test func conditionsThatHangOnNothingAreWarnedOf() throws {
        for (condition, expected) in [
            ("1 = 2", ["1:35 this condition is never true"]), ("2 > 1", ["1:35 this condition is always true"]),
            ("a.ra > 1 AND (a.dec < 0 OR 1 = 1)", ["1:62 this condition is always true"]),
            ("LOWER('R') = 'r' AND ABS(-3) < 2", ["1:35 this condition is always true", "1:56 this condition is never true"]),
            ("'\u{e9}' = 'e\u{301}'", ["1:35 this condition is never true"]), ("1 / 0 = 1", ["1:35 this condition is never true"]),
            ("3 BETWEEN 1 AND 5", ["1:35 this condition is always true"]),
            ("9223372036854775807 + 1 > 0", ["1:35 this condition always fails"]),
            (
                "(SELECT COUNT(*) FROM forced f WHERE f.diaObjectId = a.diaObjectId AND 3 BETWEEN 1 AND 5) > 1",
                [
                    "1:106 this condition is always true"
                ]
            ),
            ("a.ra = a.ra OR a.snr IS NULL AND MJD_NOW() > 3", []),
        ] {
            let text = "SELECT a.ra FROM alert AS a WHERE \(condition)"
            let definition = try FilterDefinition(text: text, name: "f", catalog: testCatalog)
            #expect(definition.warnings.map { "\($0.line):\($0.column) \($0.message)" } == expected, "\(condition)")
        }
    }

    @Test func outputNamesAreLegalAndUnique() throws {
        let query = try Checker.check(
            "SELECT ra, RA, ABMAG(psfFlux), 1 + 1, dec AS \"2 x\" FROM alert", catalog: testCatalog)
        #expect(query.items.map(\.name) == ["ra", "ra_2", "abmag", "column_4", "_2_x"])
    }

    @Test func hostileNestingEndsInAMessage() {
        for open in ["(", "NOT ", "- ", "ABS(", "CASE WHEN "] {
            let text = "SELECT ra FROM alert WHERE " + String(repeating: open, count: 2000) + "1"
            #expect(!faults(text).isEmpty)
        }
        let chain = "SELECT " + Array(repeating: "1", count: 3000).joined(separator: "+") + " FROM alert"
        #expect(faults(chain).first?.contains("nests deeper") == true)
        let wide = "SELECT ra FROM alert WHERE " + Array(repeating: "ra > 1", count: 1000).joined(separator: " AND ")
        #expect(faults(wide) == [])
    }

    @Test func noTextTrapsTheFrontEnd() {
        var random = SeededRandom(seed: 20_260_704)
        let words = [
            "SELECT", "FROM", "WHERE", "alert", "a", ".", ",", "(", ")", "psfFlux", "'x'", "1", "2.5e3", "AND", "OR", "NOT",
            "IN", "BETWEEN", "CASE", "WHEN", "THEN", "END", "COUNT", "*", "-", "/", "<", ">=", "IS", "NULL", "LIKE", "forced",
            "JOIN", "USING", "sso", "status", "diaSourceId", "AS", "\"", "'", "--", "\n", ";", "é", "\u{0}", "9223372036854775807",
            "CAST", "ABS",
        ]
        for _ in 0..<3000 {
            var text = random.uniform() < 0.7 ? "SELECT ra FROM alert AS a WHERE " : ""
            for _ in 0..<Int.random(in: 0..<24, using: &random) {
                text += words[Int.random(in: 0..<words.count, using: &random)] + (random.uniform() < 0.8 ? " " : "")
            }
            _ = faults(text)
        }
    }
}

@Suite struct ExcerptTests {
    @Test func ofAVeryLongLineOnlyThePlaceIsShown() {
        let text =
            "SELECT a.ra FROM alert AS a WHERE a.ra > 1 " + String(repeating: " AND a.dec > 1", count: 300) + " AND a.nothing > 1"
        do throws(QueryFault) {
            _ = try Checker.check(text, catalog: .filters())
            Issue.record("a column that does not exist was accepted")
        } catch {
            let rendered = error.rendered(name: "long")
            #expect(rendered.utf8.count < 800)
            #expect(rendered.contains("a.nothing > 1"))
            let lines = rendered.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard let shown = lines.first(where: { $0.contains("| ") && $0.contains("a.nothing > 1") }),
                let carets = lines.first(where: { $0.contains("^") })
            else {
                Issue.record("no excerpt: \(rendered)")
                return
            }
            #expect(carets.prefix { $0 != "^" }.count == shown.components(before: "a.nothing"))
        }
    }
}

extension String {
    /// How many characters stand before a text, −1 when it is not there.
    fileprivate func components(before text: String) -> Int {
        firstRange(of: text).map { distance(from: startIndex, to: $0.lowerBound) } ?? -1
    }
}
