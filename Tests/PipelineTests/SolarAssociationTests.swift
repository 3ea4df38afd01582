import Core
import Glibc
import Sky
import Testing

@testable import Pipeline
@testable import SolarSystem

/// Alerts against orbits on the reader's thread.
@Suite struct SolarAssociationTests {
    private static let night = NightlyOptions(night: Night(dayObs: 20_261_121)).midnightMjdTai

    private func associate(_ host: NightlyHost, _ alerts: [TestAlert]) -> (SolarCandidates, AlertBatch) {
        let batch = AlertWriter.batch(alerts)
        return (SolarAssociation(host: host, waits: true).associate(batch), batch)
    }

    /// What is said of an alert does not hang on the batch it comes in, nor on who comes with it: two nights and
    /// several visits, mixed.
    @Test func cutsAndOrderDoNotMatter() throws {
        let seed: UInt64 = 33
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var orbits: [(String, CometaryElements)] = []
        var alerts: [TestAlert] = []
        for body in 0..<40 {
            let time: Double = Self.night + Double(body % 2) + 0.3 * (random.uniform() - 0.5)
            let place = SkyPosition(raDegrees: 55 + 6 * random.uniform(), decDegrees: 18 + 4 * random.uniform())
            orbits.append(
                (
                    "2026 AB\(body + 1)",
                    SolarFixtures.standing(at: place, mjdTai: time, kind: body % 5 == 0 ? .comet : .asteroid)
                ))
            for copy in 0..<Int64(3) {
                let around = place.moved(east: 4 * random.normal(), north: 4 * random.normal())
                alerts.append(
                    SolarFixtures.alert(
                        Int64(body) * 10 + copy + 1, around, time + 1e-5 * Double(copy), visit: 100 + Int64(body % 4)))
            }
        }
        let scratch = SolarScratch()
        try scratch.publish(orbits)
        let host = scratch.host()
        let (whole, batch) = associate(host, alerts)
        let expected = SolarFixtures.told(whole, batch)
        #expect(whole.table.rowCount > 40 && expected.values.allSatisfy { $0 != nil })
        #expect(expected.values.contains { $0?.isEmpty == true })
        for size in [1, 7, 50] {
            let association = SolarAssociation(host: host, waits: true)
            let shuffled = alerts.shuffled(using: &random)
            for start in stride(from: 0, to: shuffled.count, by: size) {
                let part = AlertWriter.batch(Array(shuffled[start..<min(start + size, shuffled.count)]))
                for (id, told) in SolarFixtures.told(association.associate(part), part) {
                    #expect(told == expected[id])
                }
            }
        }
    }

    /// Right ascension 0/360 and the poles, through the whole stage.
    @Test(arguments: [(0.000_1, 3.0), (359.999_9, -40), (0, 0), (123, 89.999_9), (300, -89.999_95), (10, 90), (77, -90)])
    func edgesOfTheSky(ra: Double, dec: Double) throws {
        let place = SkyPosition(raDegrees: ra, decDegrees: dec)
        let scratch = SolarScratch()
        try scratch.publish([("2026 AB1", SolarFixtures.standing(at: place, mjdTai: Self.night))])
        let (found, _) = associate(scratch.host(), [SolarFixtures.alert(1, place.moved(east: 0.6, north: -0.5), Self.night)])
        #expect(found.ranges == [0..<1])
        let table = found.table
        #expect(abs((table.column("ephOffset").number(0) ?? 0) - hypot(0.6, 0.5)) < 0.005)
        #expect(SSObjectID(rawValue: table.column("ssObjectId").int64(0) ?? 0) == SSObjectID(packed: "K26A01B"))
        if abs(dec) < 89 {
            #expect(abs((table.column("ephOffsetRa").number(0) ?? 0) - 0.6) < 0.005)
            #expect(abs((table.column("ephOffsetDec").number(0) ?? 0) + 0.5) < 0.005)
        }
    }

    /// Nobody could look: not the same as nothing near.
    @Test func unknownIsNotUnmatched() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let scratch = SolarScratch()
        let alerts = [
            SolarFixtures.alert(1, place, Self.night), SolarFixtures.alert(2, place, Self.night - 3000),
            SolarFixtures.alert(3, SkyPosition(raDegrees: 80, decDegrees: 10), Self.night),
            // The year 1900, and a day that is no number of days.
            SolarFixtures.alert(4, place, 15_020), SolarFixtures.alert(5, place, 1e18),
        ]
        let (without, _) = associate(scratch.host(), alerts)
        #expect(without.orbitSet.isEmpty && without.ranges == [nil, nil, nil, nil, nil])
        let version = try scratch.publish([("2026 AB1", SolarFixtures.standing(at: place, mjdTai: Self.night))])
        let (with, _) = associate(scratch.host(), alerts)
        #expect(with.orbitSet == version && with.ranges == [0..<1, nil, 0..<0, nil, nil])
        // While it is not there and nobody waits.
        let host = scratch.host()
        let association = SolarAssociation(host: host, waits: false)
        let batch = AlertWriter.batch(alerts)
        #expect(association.associate(batch).ranges == [nil, nil, nil, nil, nil])
        while host.step() {}
        #expect(association.associate(batch).ranges == with.ranges)
    }

    /// Stopped while an index is waited for: not even "unknown" is said, and nothing is committed.
    @Test func whoIsStoppedSaysNothing() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let scratch = SolarScratch()
        try scratch.publish([("2026 AB1", SolarFixtures.standing(at: place, mjdTai: Self.night))])
        let host = scratch.host()
        let association = SolarAssociation(host: host, waits: true)
        let decoded = DecodedBatch(capacity: 2)
        AlertWriter.append(SolarFixtures.alert(1, place, Self.night), to: decoded.batch)
        #expect(association.associate(decoded.batch, isStopped: { true }) == nil)
        #expect(host.loaded.isEmpty)
        let stop = StopFlag()
        stop.request()
        let stage = AnnotateStage(
            catalogues: nil, solar: association, radiusArcsec: { _ in 1 }, clock: SleeplessClock(), stop: stop)
        #expect(!stage.match(decoded) && decoded.solar == nil)
        // What is ready needs no waiting.
        _ = host.wait(Night(dayObs: 20_261_121))
        #expect(stage.match(decoded) && decoded.solar?.ranges == [0..<1])
    }

    /// Of a damaged set nothing is said; an intact one that comes later is used.
    @Test func aDamagedSetIsUnknown() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let scratch = SolarScratch()
        let orbit = SolarFixtures.standing(at: place, mjdTai: Self.night)
        let version = try scratch.publish([("2026 AB1", orbit)])
        let file = try #require(fopen(scratch.store.filePath(version), "r+b"))
        let sections = OrbitSetFormat.headerBytes + OrbitSetFormat.entryBytes * OrbitSetFormat.Section.allCases.count
        fseek(file, OrbitSetFormat.aligned(sections), SEEK_SET)
        fputc(0x55, file)
        fclose(file)
        let clock = HandClock(mjdTai: Self.night)
        let host = scratch.host(clock: clock)
        #expect(host.reasonUnknown(Night(dayObs: 20_261_121))?.contains("checksum") == true)
        let alerts = [SolarFixtures.alert(1, place, Self.night)]
        #expect(associate(host, alerts).0.ranges == [nil])
        try scratch.publish([("2026 AB1", orbit), ("2026 AB2", orbit)])
        clock.advance(NightlyHost.refreshSeconds + 1)
        #expect(associate(host, alerts).0.ranges == [0..<2])
    }

    /// Its file shrinks while it is in use: what was matched is unknown from then on, the index is given up, and the same
    /// orbits imported again are used.
    @Test func aSetThatShrinksIsUnknown() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let scratch = SolarScratch()
        let orbit = SolarFixtures.standing(at: place, mjdTai: Self.night)
        let version = try scratch.publish([("2026 AB1", orbit)])
        let clock = HandClock(mjdTai: Self.night)
        let host = scratch.host(clock: clock)
        let alerts = [SolarFixtures.alert(1, place, Self.night, sso: SSObjectID(packed: "K26A01B")?.rawValue ?? 0)]
        let before = associate(host, alerts).0
        #expect(before.ranges == [0..<1])
        #expect(truncate(scratch.store.filePath(version), 100) == 0)
        let after = associate(host, alerts).0
        #expect(after.ranges == [nil] && after.orbitSet.isEmpty && after.table.rowCount == 0)
        #expect(after.packetBodies == before.packetBodies)
        let night = Night(dayObs: 20_261_121)
        #expect(host.find(night) == nil && host.currentSet == nil)
        #expect(host.reasonUnknown(night)?.contains("shrank") == true)
        clock.advance(NightlyHost.refreshSeconds + 1)
        #expect(associate(host, alerts).0.ranges == [nil])
        try scratch.publish([("2026 AB1", orbit)])
        clock.advance(NightlyHost.refreshSeconds + 1)
        #expect(associate(host, alerts).0.ranges == [0..<1])
    }

    /// More orbits near a detection than are kept: the nearest are, whatever the batch and its order.
    @Test func onlyTheNearestOrbitsAreKept() throws {
        var random = SeededRandom(seed: 64)
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let most = MatchLimits().mostOrbits
        let orbit = SolarFixtures.standing(at: place, mjdTai: Self.night)
        let scratch = SolarScratch()
        // Copies, and a nearer one that comes last.
        let copies = (1...most + 40).map { ("2026 AB\($0)", orbit) }
        try scratch.publish(
            copies + [("2026 YZ9", SolarFixtures.standing(at: place.moved(east: 0.1, north: 0), mjdTai: Self.night))])
        let host = scratch.host()
        let alerts = (0..<Int64(12)).map {
            SolarFixtures.alert($0 + 1, place.moved(east: 0.2 + random.uniform(), north: random.uniform()), Self.night)
        }
        let (whole, batch) = associate(host, alerts)
        let expected = SolarFixtures.told(whole, batch)
        #expect(whole.ranges.allSatisfy { $0?.count == most })
        let last = SSObjectID(packed: "K26Y09Z")?.rawValue
        #expect(whole.ranges.allSatisfy { whole.table.column("ssObjectId").int64(Int($0?.lowerBound ?? 0)) == last })
        for size in [1, 5] {
            let shuffled = alerts.shuffled(using: &random)
            for start in stride(from: 0, to: shuffled.count, by: size) {
                let (part, batch) = associate(host, Array(shuffled[start..<min(start + size, shuffled.count)]))
                for (id, told) in SolarFixtures.told(part, batch) { #expect(told == expected[id]) }
            }
        }
    }

    /// The packet's body by the set's id, by whatever the packet and the set have in common.
    @Test func packetBodies() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = SolarFixtures.standing(at: place, mjdTai: Self.night)
        let scratch = SolarScratch()
        try scratch.publish([("433", orbit), ("2026 AB1", orbit), ("Own body", orbit)])
        let host = scratch.host()
        func packed(_ text: String) -> Int64 { SSObjectID(packed: text)?.rawValue ?? 0 }
        let ids = [0, packed("K26A01B"), packed("00433"), packed("K99Z99Z"), packed("I98D00Q")]
        let batch = AlertWriter.batch(
            ids.enumerated().map { SolarFixtures.alert(Int64($0.offset + 1), place, Self.night, sso: $0.element) })
        // Eros is known by its number alone; the packet says its provisional designation, and its number beside it.
        let names: [String?] = [nil, nil, nil, nil, "(433) Eros"]
        batch.mpcOrbits.truncate(to: 0)
        for name in names {
            for (index, column) in batch.mpcOrbits.schema.columns.enumerated() {
                if column.name == "designation", let name {
                    batch.mpcOrbits.columns[index].append(batch.arena.append(name))
                } else {
                    batch.mpcOrbits.columns[index].appendMissing(.null)
                }
            }
            batch.mpcOrbits.finishRow()
        }
        let found = SolarAssociation(host: host, waits: true).associate(batch)
        #expect(found.packetBodies.map(\.rawValue) == [0, ids[1], ids[2], ids[3], packed("00433")])
        let own = (0..<found.table.rowCount).compactMap { found.table.column("ssObjectId").int64($0) }.filter { $0 < 0 }
        let set = try #require(host.currentSet)
        #expect(own.count == 5 && Set(own).count == 1)
        #expect(set.row(ssObjectId: SSObjectID(rawValue: own[0])) == set.row(named: "own body"))
        #expect(set.row(named: "\(own[0])") == set.row(named: "Own Body"))
    }
}
