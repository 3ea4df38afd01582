import Core
import Testing

@testable import Pipeline
@testable import Storage

/// Visits that come in pieces, and what filters say when they are closed.
@Suite struct SolarClosingTests {
    private static let visit: Int64 = 2_026_112_100_001

    private static func alert(_ id: Int64, _ near: [(orbit: Int64, arcsec: Double)]?, visit: Int64 = visit) -> SolarAlert {
        SolarAlert(id: id, visit: visit, near: near)
    }

    @Test func aNearerSourceTakesOver() throws {
        for isRestarted in [false, true] {
            let harness = try SolarHarness()
            harness.commit([Self.alert(1, [(7, 0.8)])])
            if isRestarted { harness.restart() }
            harness.commit([Self.alert(2, [(7, 0.3)]), Self.alert(3, [(8, 0.2)]), Self.alert(4, [])])
            #expect(try harness.records("whose") == ["new 1 body 7 1", "new 2 body 7 1", "new 3 body 8 1"])
            if isRestarted { harness.restart() }
            harness.wait(60)
            #expect(try harness.records("whose").count == 3)
            harness.wait(61)
            #expect(try harness.records("whose").dropFirst(3) == ["retraction 1"])
            #expect(try harness.records("nobodys") == ["new 4 unmatched none", "new 1 unmatched none"])
            #expect(try harness.records("near") == ["new 2 0.3", "new 3 0.2"])
            #expect(try harness.records("plain").count == 4)
            #expect(try harness.database.pendingSolarVisits().isEmpty)
            try harness.expectSound("restarted: \(isRestarted)")
            harness.restart()
            harness.finish()
            #expect(try harness.records("whose").count == 4)
        }
    }

    @Test func theNearerFirstNeedsNoSecondWord() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(2, [(7, 0.3)]), Self.alert(1, [(7, 0.8)])])
        harness.finish()
        #expect(try harness.records("whose") == ["new 2 body 7 1"])
        #expect(try harness.records("nobodys") == ["new 1 unmatched none"])
        try harness.expectSound("in order")
    }

    /// A late alert opens the visit again; who was nearest is not any more.
    @Test func aLateAlertOpensTheVisitAgain() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(1, [(7, 0.8)])])
        harness.wait(200)
        #expect(try harness.database.solarVisit(VisitID(rawValue: Self.visit))?.isOpen == false)
        harness.commit([Self.alert(9, [(7, 0.1)])])
        #expect(try harness.database.solarVisit(VisitID(rawValue: Self.visit))?.isOpen == true)
        harness.wait(200)
        #expect(try harness.records("whose") == ["new 1 body 7 1", "new 9 body 7 1", "retraction 1"])
        try harness.expectSound("late")
    }

    /// Numbers of visits that are no date have no night that anybody could name; their time comes all the same.
    @Test func aVisitThatIsNoDateIsClosed() throws {
        let harness = try SolarHarness()
        let visits: [Int64] = [0, -5, 2_026_139_900_100]
        for (place, visit) in visits.enumerated() {
            let id = Int64(place) * 10
            harness.commit([Self.alert(id + 1, [(7, 0.8)], visit: visit)])
            harness.commit([Self.alert(id + 2, [(7, 0.3)], visit: visit)])
        }
        #expect(try harness.database.openSolarVisits().count == 3)
        harness.wait(121)
        #expect(try harness.database.openSolarVisits().isEmpty)
        #expect(Set(try harness.standing("whose").keys) == ["2", "12", "22"])
        #expect(Set(try harness.standing("nobodys").keys) == ["1", "11", "21"])
        try harness.expectSound("no date")
    }

    /// What a write committed in several rounds, too.
    @Test func aWriteIsReadOnce() throws {
        let harness = try SolarHarness(filters: SolarHarness.filters + [SolarHarness.sure])
        var revised = Self.alert(1, [(8, 0.2)])
        revised.flux = 5
        harness.commit([Self.alert(1, [(7, 0.1)]), Self.alert(2, [(7, 0.3)]), revised, Self.alert(3, [])])
        harness.commit([Self.alert(4, [(9, 0.2)])])
        let sources = try harness.database.solarSources(of: VisitID(rawValue: Self.visit)).sources
        #expect(Set(sources.map(\.commitSeq)).count == 3)
        let database = FaultyDatabase(harness.database, seed: 1, faultShare: 0)
        let closing = VisitClosing(SolarHarness.context(database, harness.clock), book: nil, secondsOpen: 120)
        try closing.look(isUrgent: true)
        while closing.isPending { _ = try closing.step() }
        #expect(database.writesRead.load(ordering: .relaxed) == 2)
        #expect(Set(try harness.standing("sure").keys) == ["1", "2", "4"])
        #expect(try harness.standing("nobodys").keys.sorted() == ["3"])
        try harness.expectSound("rounds")
    }

    /// A revision of a matched alert that moves away hands the orbit to the second.
    @Test func aRevisionHandsTheOrbitOn() throws {
        for isRestarted in [false, true] {
            let harness = try SolarHarness()
            harness.commit([Self.alert(1, [(7, 0.2)]), Self.alert(2, [(7, 0.6)])])
            if isRestarted { harness.restart() }
            var revised = Self.alert(1, [(8, 0.9)])
            revised.flux = 5
            harness.commit([revised])
            harness.finish()
            #expect(try harness.records("whose") == ["new 1 body 7 1", "update 1 body 8 1", "new 2 body 7 1"])
            #expect(try harness.standing("nobodys").isEmpty)
            let claims = try harness.database.solarClaims(on: [SSObjectID(rawValue: 7)], start: nil, stop: nil)
            #expect(claims.map(\.diaSourceId.rawValue) == [2])
            try harness.expectSound("revised")
        }
    }

    @Test func whatIsSureIsSaidWhenTheVisitIsClosed() throws {
        let harness = try SolarHarness(filters: SolarHarness.filters + [SolarHarness.sure])
        harness.commit([Self.alert(1, [(7, 0.8)]), Self.alert(2, [(8, 0.8)])])
        harness.commit([Self.alert(3, [(7, 0.1)]), Self.alert(4, [])])
        #expect(try harness.records("sure").isEmpty)
        harness.finish()
        #expect(try harness.records("sure") == ["new 2 body 8", "new 3 body 7"])
        try harness.expectSound("sure")
        harness.finish()
        #expect(try harness.records("sure").count == 2)
    }

    /// Before any orbits: nothing is known, nothing is refused; later it is, once.
    @Test func whatWasUnknownIsSettledLater() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(1, nil), Self.alert(2, nil), Self.alert(3, nil)])
        harness.finish()
        #expect(try harness.counter("filter/nobodys/rejected") == 0)
        #expect(try harness.standing("nobodys").count == 3)
        #expect(try harness.counter("filter/near/waiting") == 3)
        let visit = VisitID(rawValue: Self.visit)
        let record = try #require(try harness.database.solarVisit(visit))
        #expect((record.alerts, record.unknown, record.isOpen) == (3, 3, false))
        try harness.expectSound("unknown")
        harness.restart()
        let near: [Int64: [(Int64, Double)]] = [1: [(7, 0.2)], 2: [(7, 0.4)]]
        #expect(harness.associate(.unknown([visit]), "set 1", near) == 3)
        #expect(harness.associate(.unknown([visit]), "set 1", near) == 0)
        harness.finish()
        #expect(try harness.standing("whose") == ["1": "body 7 1"])
        #expect(try harness.standing("nobodys") == ["2": "unmatched none", "3": "unmatched none"])
        #expect(try harness.standing("near") == ["1": "0.2"])
        #expect(try harness.counter("filter/near/waiting") == 0)
        #expect(try harness.counter("filter/near/undetermined") == 0)
        #expect(try harness.database.solarVisit(visit)?.unknown == 0)
        #expect(try harness.database.waitingVerdicts(after: nil, limit: 9).isEmpty)
        #expect(try harness.counter("sso/unknown") == 0)
        #expect(try harness.counter("sso/matched") == 1)
        try harness.expectSound("associated")
    }

    /// Another orbit set: gained, lost and moved, also those that nobody compared anew.
    @Test func anotherOrbitSetMovesWhatItMust() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(1, [(7, 0.2)]), Self.alert(2, [(8, 0.4)]), Self.alert(3, []), Self.alert(4, [(9, 0.7)])])
        harness.finish()
        let near: [Int64: [(Int64, Double)]] = [1: [(7, 0.25)], 2: [], 3: [(9, 0.1)], 4: [(9, 0.7)]]
        #expect(harness.associate(.all, "set 2", near) == 4)
        harness.finish()
        #expect(try harness.standing("whose") == ["1": "body 7 1", "3": "body 9 1"])
        #expect(try harness.standing("near") == ["1": "0.25", "3": "0.1"])
        #expect(Set(try harness.standing("nobodys").keys) == ["2", "4"])
        let count = try harness.records("whose").count
        #expect(harness.associate(.all, "set 2", near) == 0)
        harness.finish()
        #expect(try harness.records("whose").count == count)
        let changes = try harness.database.solarChanges(night: SolarHarness.night)
        let told = changes.map { "\($0.diaSourceId) \($0.before)>\($0.after)" }
        #expect(told == ["1 7>7", "2 8>0", "3 0>9", "4 9>0"])
        try harness.expectSound("another set")
    }
}
