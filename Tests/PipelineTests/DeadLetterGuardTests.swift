import Core
import Testing

@testable import Pipeline

@Suite struct DeadLetterGuardTests {
    @Test func stopsAboveOnePercentOfOneReason() {
        var limit = DeadLetterGuard()
        for _ in 0..<5000 { limit.received(visit: VisitID(rawValue: 9)) }
        let stops = (0..<60).map { _ in limit.deadLetter(.malformed) }
        // 51 of 5051 is the first above 1 %.
        #expect(stops.firstIndex(of: true) == 50)
    }

    @Test func reasonsCountApartAndAFewSayNothing() {
        var limit = DeadLetterGuard()
        for _ in 0..<19 {
            let stops = [limit.deadLetter(.malformed), limit.deadLetter(.schema)]
            #expect(stops == [false, false])
        }
        let stops = limit.deadLetter(.schema)
        #expect(stops)
    }

    @Test func aNewerVisitStartsAnewAndALateAlertDoesNot() {
        var limit = DeadLetterGuard()
        for _ in 0..<19 { _ = limit.deadLetter(.malformed) }
        limit.received(visit: VisitID(rawValue: 10))
        for _ in 0..<19 {
            let stops = limit.deadLetter(.malformed)
            #expect(!stops)
            limit.received(visit: VisitID(rawValue: 9))
            limit.received(visit: VisitID(rawValue: 10))
        }
        let stops = limit.deadLetter(.malformed)
        #expect(stops)
    }
}
