import Core
import Testing

@testable import Service

@Suite struct UnknownMoversTests {
    private static let night = Night(dayObs: 20_260_223)

    private func ask(_ database: FakeDatabase, _ query: String = "", status: Int = 200) throws -> String {
        let target = "/api/v1/sso/unknown?night=20260223" + query
        let response = Router(APIContext(database: database)).respond(to: APIRequest(target: target))
        #expect(response.status == status, "\(target)")
        return String(decoding: try #require(response.bytes), as: UTF8.self)
    }

    /// Each pair: the second 0.02° further, half an hour later.
    private func pair(_ id: Int64, ra: Double, _ change: (inout FakeOrbits.Detection) -> Void = { _ in })
        -> [FakeOrbits.Detection]
    {
        [Int64(0), 1].map { index in
            var one = FakeOrbits.Detection(
                id: id + index, visit: 2_026_022_300_001 + index, ra: ra + 0.02 * Double(index),
                time: 61_095.2 + Double(index) / 48, object: 1000 + id + index)
            change(&one)
            return one
        }
    }

    private func database(_ detections: [FakeOrbits.Detection]) -> FakeDatabase {
        let database = FakeDatabase()
        FakeOrbits.store(detections, in: database)
        FakeOrbits.commit(detections, night: Self.night, in: database)
        return database
    }

    @Test func onlyWhatMovesAndIsUnknownIsListed() throws {
        let detections =
            pair(10, ra: 150)
            + pair(20, ra: 151) { $0.near = [(FakeOrbits.body, 0.2)] }
            + pair(30, ra: 152) { $0.near = [(FakeOrbits.body, 4)] }
            + pair(40, ra: 153) { $0.isPackets = true }
            + pair(50, ra: 154) { $0.priorDetections = 3 }
            + pair(60, ra: 155) { $0.reliability = 0.1 }
            + pair(70, ra: 156) { $0.status = .unknown }
            + pair(80, ra: 157) { $0.flux = -500 }
            + pair(90, ra: .nan)
        let text = try ask(database(detections))
        #expect(
            text.contains(
                "\"counts\":{\"alerts\":18,\"unknown\":2,\"near_known_orbit\":4,\"named_by_packet\":2,\"known_object\":2,"
                    + "\"unreliable\":6,\"stationary\":0,\"candidates\":2}"), "\(text)")
        #expect(text.contains("\"truncated\":false,\"count\":1,\"pairs\":["), "\(text)")
        #expect(text.contains("\"first_diaSourceId\":\"10\",\"second_diaSourceId\":\"11\""), "\(text)")
        #expect(try ask(database(detections), "&min_reliability=0.05").contains("\"count\":2,\"pairs\""))
        #expect(try ask(database(detections), "&min_reliability=0.05&limit=1").contains("\"truncated\":true,\"count\":1,"))
        #expect(try ask(database(detections), "&max_rate=0.5").contains("\"count\":0,\"pairs\""))
    }

    /// The first alert of a new object says one detection; the database knows by now that there are more.
    @Test func objectsWithLaterDetectionsAreNoBodies() throws {
        let detections = pair(10, ra: 150)
        let database = database(detections)
        var record = ObjectRecord(
            diaObjectId: DiaObjectID(rawValue: 1010), home: Home(rawValue: 1), ra: 150, dec: 2.2,
            firstKnown: CommitSeq(rawValue: 1))
        for id in [Int64(10), 99] {
            record.add(
                KnownPoint(
                    key: PointKey(detection: DiaSourceID(rawValue: id)), contentHash: UInt64(id), midpoint: MJD(61_095.2)))
        }
        database.objects[record.diaObjectId] = StoredObject(
            record: record, diaObject: ColumnTable(schema: Tables.diaObject))
        let text = try ask(database)
        #expect(text.contains("\"stationary\":1,\"candidates\":1}") && text.contains("\"count\":0"), "\(text)")
    }

    /// Associated after it had been unknown, without any orbit near: now it may be a body that nobody knows.
    @Test func whatWasLookedUpLaterIsNoLongerUnknown() throws {
        let database = database(pair(10, ra: 150) { $0.status = .unknown })
        #expect(try ask(database).contains("\"unknown\":2"))
        for (id, visit) in [(Int64(10), Int64(2_026_022_300_001)), (11, 2_026_022_300_002)] {
            database.solar.sources.append(
                SolarSources.Source(
                    visit: VisitID(rawValue: visit), diaSourceId: DiaSourceID(rawValue: id), midpoint: MJD(61_095.2),
                    commitSeq: CommitSeq(rawValue: 9), orbitSet: "0123456789abcdef", rows: 0..<0))
        }
        let text = try ask(database)
        #expect(text.contains("\"unknown\":0") && text.contains("\"count\":1,\"pairs\""), "\(text)")
    }

    @Test func formsAndErrors() throws {
        let database = database(pair(10, ra: 150))
        let lines = try ask(database, "&format=csv").split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("trkSub,first_diaSourceId,"))
        #expect(try ask(database, "&format=ndjson").split(separator: "\n").count == 1)
        #expect(try ask(database, "&format=votable").contains("<TABLE name=\"unknown_movers\">"))
        let name = lines[1].prefix { $0 != "," }
        let observations = try ask(database, "&format=ades").split(separator: "\n").filter { $0.contains("|CCD|") }
        #expect(observations.count == 2 && observations.allSatisfy { $0.hasPrefix("||\(name)|1") }, "\(observations)")
        for query in ["&format=svg", "&max_rate=11", "&min_reliability=2", "&limit=0", "&night=20260223"] {
            _ = try ask(database, query, status: 400)
        }
        let other = Router(APIContext(database: database))
        #expect(other.respond(to: APIRequest(target: "/api/v1/sso/unknown")).status == 200)
        #expect(other.respond(to: APIRequest(target: "/api/v1/sso/unknown?night=20260231")).status == 400)
        // A night without alerts has none.
        let empty = other.respond(to: APIRequest(target: "/api/v1/sso/unknown?night=20200101"))
        #expect(String(decoding: try #require(empty.bytes), as: UTF8.self).contains("\"alerts\":0"))
    }
}
