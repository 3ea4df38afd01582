import ADQL
import Core
import FilterEngine
import Testing

/// `sso`: what we say of an alert, known or unknown for each alert by itself.
@Suite struct SSOTests {
    let ours = "LEFT JOIN sso AS s USING (diaSourceId)"
    let unknown = "sso.status = unknown"
    let matched = "sso.status = matched\nsso.ssObjectId = 77\nsso.ephOffset = 0.25"

    @Test func anAlertIsUnmatchedUnlessTheCaseSaysOtherwise() throws {
        #expect(try verdict("s.status = 'unmatched' AND s.candidates = 0 AND s.ephOffset IS NULL", joins: ours) == .passed)
        #expect(try verdict("s.packet_agreement = 'none' AND NOT s.provisional", joins: ours) == .passed)
        #expect(try verdict("s.packet_agreement = 'packet_only'", "alert.ssObjectId = 5", joins: ours) == .passed)
        #expect(try verdict("s.status = 'matched' AND s.ephOffset < 0.3", matched, joins: ours) == .passed)
        #expect(try verdict("s.packet_agreement = 'ours_only'", matched, joins: ours) == .passed)
        #expect(try verdict("s.packet_agreement = 'agrees'", matched + "\nalert.ssObjectId = 77", joins: ours) == .passed)
        #expect(try verdict("s.packet_agreement = 'disagrees'", matched + "\nalert.ssObjectId = 78", joins: ours) == .passed)
        for impossible in ["sso.ephOffset = 1", "sso.status = maybe", "sso.nosuch = 1", unknown + "\nsso.candidates = 0"] {
            #expect(throws: UserFault.self) { try verdict("1 = 1", impossible, joins: ours) }
        }
    }

    @Test func everyColumnOfAnUnknownAlertIsUnknownButItsStatus() throws {
        for condition in [
            "s.ephOffset < 1", "NOT (s.ephOffset < 1)", "s.ssObjectId IS NULL", "s.candidates = 0", "s.provisional",
            "s.provisional = 0", "s.packet_agreement = 'ours_only'", "s.packet_agreement = 'unknown'",
            "s.designation LIKE 'C/%'", "COALESCE(s.mahalanobis, 9) = 9", "s.status = 'unknown' AND s.ephVmag > 3",
        ] {
            #expect(try verdict(condition, unknown, joins: ours) == .undetermined, "\(condition)")
        }
        #expect(try verdict("s.status = 'unknown'", unknown, joins: ours) == .passed)
        #expect(try verdict("s.status <> 'matched' OR s.ephOffset > 9", unknown, joins: ours) == .passed)
        #expect(try verdict("s.status = 'matched' AND s.ephOffset < 1", unknown, joins: ours) == .rejected)
        #expect(try verdict("s.ephOffset < 1 AND a.psfFlux < 0", unknown, joins: ours) == .rejected)
    }

    @Test func theKeyIsTheAlertsOwn() throws {
        #expect(try verdict("s.diaSourceId = 1 AND diaSourceId = 1", unknown, joins: ours) == .passed)
        let program = try self.program("s.*", "a.ra > 0")
        #expect(program.output.columns.map(\.name) == Tables.sso.columns.map(\.name))
        #expect(program.output.columns.map(\.type) == Tables.sso.columns.map(\.type))
    }

    @Test func thePacketsWordIsAnother() throws {
        let packet = "alert.ssObjectId = 5\npacket_sso.ephOffset = 2\n" + unknown
        let both = ours + " LEFT JOIN packet_sso AS p USING (diaSourceId)"
        #expect(try verdict("a.is_sso = 1 AND p.ephOffset = 2 AND s.status = 'unknown'", packet, joins: both) == .passed)
        #expect(try verdict("a.is_sso = 0 AND s.ssObjectId = 77", matched, joins: ours) == .passed)
        #expect(
            faults("SELECT ephOffset FROM alert a \(both)") == [
                "1:8 ephOffset is a column of more than one table [write s.ephOffset or p.ephOffset]"
            ])
    }

    @Test func whoConfusesPacketAndUsIsToldOfBoth() {
        #expect(
            faults("SELECT s.is_sso FROM alert a \(ours)") == [
                "1:8 sso has no column is_sso [a.is_sso is what the packet says, sso.status what we say]"
            ])
        #expect(
            faults("SELECT ra FROM alert LEFT JOIN ssSource USING (diaSourceId)") == [
                "1:32 there is no table ssSource [packet_sso is the packet's record, sso what we say]"
            ])
        #expect(
            faults("SELECT ra FROM alert LEFT JOIN ss USING (diaSourceId)") == [
                "1:32 there is no table ss [did you mean sso?]"
            ])
    }

    @Test func valuesThatAnAttributionNeverHasAreWarnedOf() throws {
        func warnings(_ condition: String) throws -> [String] {
            try Checker.check("SELECT a.ra FROM alert a \(ours) WHERE \(condition)", catalog: .filters()).warnings
                .map { "\($0.message) [\($0.hint)]" }
        }
        #expect(
            try warnings("s.packet_agreement = 'ours'") == [
                "packet_agreement is never 'ours' [it is one of agrees, disagrees, packet_only, ours_only, none]"
            ])
        #expect(
            try warnings("s.packet_agreement = 'unknown'") == [
                "a verdict that hangs on an unknown is undetermined [ask for sso.status = 'unknown']"
            ])
        #expect(try warnings("s.status = 'match'").count == 1 && warnings("s.provisional IS NULL").count == 1)
        #expect(try warnings("s.packet_agreement IN ('agrees', 'none') AND s.status = 'unknown'") == [])
        #expect(
            try Checker.check("SELECT s.ephRate FROM alert a JOIN sso s USING (diaSourceId)", catalog: .filters())
                .warnings.map(\.hint) == ["use LEFT JOIN, and test s.status"])
    }

    private func program(_ selected: String, _ condition: String) throws -> FilterProgram {
        let text = "SELECT \(selected) FROM alert AS a \(ours) WHERE \(condition)"
        return try FilterDefinition(text: text, name: "f", catalog: .filters()).program
    }

    @Test func aProgramSaysWhatItReads() throws {
        #expect(try !program("a.ra", "s.diaSourceId > 0").readsSSO)
        for (selected, condition) in [("s.ephOffset", "a.ra > 0"), ("a.ra", "s.status = 'matched'")] {
            #expect(try program(selected, condition).readsSSO && !program(selected, condition).readsProvisional)
        }
        for (selected, condition) in [("s.provisional", "a.ra > 0"), ("a.ra", "NOT s.provisional"), ("s.*", "1 = 1")] {
            #expect(try program(selected, condition).readsProvisional)
        }
        let inner = "(SELECT COUNT(*) FROM forced f WHERE f.diaObjectId = a.diaObjectId AND s.provisional) > 0"
        #expect(try program("a.ra", inner).readsProvisional)
    }
}
