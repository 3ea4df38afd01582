import Core
import Glibc

@testable import Service

/// A small sky for the tests: one supernova-like object with two bands, three alerts, two topics, two dead letters.
enum FakeSky {
    static let object = DiaObjectID(rawValue: 170_028_502_123_456_789)
    static let alert = DiaSourceID(rawValue: 170_028_502_123_456_791)
    static let expiredAlert = DiaSourceID(rawValue: 170_028_502_123_456_790)
    static let token = "correct-horse-battery"

    static func database(pointCount: Int = 40) -> FakeDatabase {
        let database = FakeDatabase()
        var record = ObjectRecord(
            diaObjectId: object, home: Home(rawValue: 77), ra: 150.1, dec: 2.2, firstKnown: CommitSeq(rawValue: 1))
        let curve = curve(pointCount, &record)
        database.curves[object] = curve
        database.objects[object] = StoredObject(record: record, diaObject: ColumnTable(schema: Tables.diaObject))
        let known = KnownAlert(
            contentHash: 1, revision: 0, diaObjectId: object, ssObjectId: SSObjectID(rawValue: 0),
            home: Home(rawValue: 77), midpoint: MJD(61_095.25), commitSeq: CommitSeq(rawValue: 5))
        let origin = InputPartition(topic: "lsst", partition: 3)
        database.alerts[alert] = StoredAlert(
            known: known, origin: origin, offset: 16, writerSchemaID: 1101, message: [0, 0, 0, 4, 0x4D, 9, 9])
        database.alerts[expiredAlert] = StoredAlert(
            known: known, origin: origin, offset: 15, writerSchemaID: 1101, message: nil)
        database.recent = [
            KnownAlertSummary(diaSourceId: alert, known: known),
            KnownAlertSummary(diaSourceId: expiredAlert, known: known),
        ]
        database.publish("nightjar_tests_full", 1000)
        for id: Int64 in 0..<2 {
            let fault = RecordFault(.truncated, "the body ends early", byteOffset: 12, fieldPath: "diaSource.ra")
            database.letters.append(
                StoredDeadLetter(
                    id: id, letter: DeadLetter(partition: origin, offset: id, fault: fault, message: [0, 1, 0xFF]),
                    commitSeq: CommitSeq(rawValue: 5), recordedAt: MJD(61_095.25),
                    retriedIn: id == 0 ? CommitSeq(rawValue: 6) : nil))
        }
        let visit = VisitID(rawValue: 2_026_022_300_001)
        for (name, value) in [
            ("received", 12), ("decoded", 10), ("filter/tests_full/passed", 3), ("filter/a\"b/failed", 1),
        ] {
            database.counts.append(CounterValue(visit: visit, name: name, value: Int64(value)))
        }
        return database
    }

    /// Rises and falls, g then r; early forced points are noise; the numbers come from a seed.
    private static func curve(_ count: Int, _ record: inout ObjectRecord) -> LightCurve {
        var random = SeededRandom(seed: 7)
        var curve = LightCurve()
        for index in 0..<count {
            let time = 61_040.1234567 + Double(index) * 1.531
            let phase = (time - 61_060) / 12
            let flux = phase > 0 ? 5200 * phase * exp(1 - phase) : 0
            let sigma = 130 + 30 * random.uniform()
            let band = index % 3 == 0 ? "g" : index % 3 == 1 ? "r" : "i"
            let measured = flux + random.normal() * sigma
            append(curve.forced, time: time, visit: Int64(index), flux: measured, sigma: sigma, band: band, id: nil)
            curve.forcedKnownFrom.append(CommitSeq(rawValue: Int64(index / 10)))
            if flux > 5 * sigma {
                let id = object.rawValue + Int64(index)
                append(
                    curve.detections, time: time, visit: Int64(index), flux: measured, sigma: sigma, band: band, id: id)
                curve.detectionsKnownFrom.append(CommitSeq(rawValue: Int64(index / 10)))
                if let known = Band(band) {
                    record.statistics[Int(known.rawValue)].add(flux: measured, fluxErr: sigma, midpoint: MJD(time))
                }
            }
        }
        return curve
    }

    private static func append(
        _ table: ColumnTable, time: Double, visit: Int64, flux: Double, sigma: Double, band: String, id: Int64?
    ) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch schema.name {
            case "diaSourceId": column.append(id ?? 0)
            case "diaForcedSourceId": column.append(object.rawValue + 1000 + visit)
            case "diaObjectId": column.append(object.rawValue)
            case "visit": column.append(visit)
            case "detector": column.append(Int32(94))
            case "midpointMjdTai": column.append(time)
            case "ra": column.append(150.1)
            case "dec": column.append(2.2)
            case "psfFlux": column.append(Float(flux))
            case "psfFluxErr": column.append(Float(sigma))
            case "scienceFlux": column.append(Float.nan)
            case "band": column.append(table.arena.append(band))
            default: column.appendMissing(.null)
            }
        }
        table.finishRow()
    }

    static func router(_ database: FakeDatabase = database(), limits: APILimits = APILimits()) -> Router {
        var context = APIContext(database: database)
        context.topics = FakeTopics()
        context.renderer = FakeRenderer()
        context.filters = FakeFilters()
        context.schemas = FakeSchemas()
        context.packets = FakePackets()
        context.metrics = MetricRegistry()
        context.writeToken = AccessToken(token)
        context.limits = limits
        context.softwareVersion = "1.2.3"
        context.operations["echo"] = { APIResponse(.text, $0.body) }
        context.operations["nap"] = { request in
            SystemClock().sleep(seconds: 2.5)
            return APIResponse(.text, request.body)
        }
        return Router(context)
    }
}

final class FakeTopics: TopicDirectory {
    private let known = ["nightjar_tests_empty", "nightjar_tests_full"].enumerated().map { index, name in
        TopicDescription(
            topic: name, title: "A <topic> & more", owner: "tests", filter: "tests",
            schemas: [
                TopicDescription.SchemaVersion(version: 1, id: Int32(100_000 + index), json: FakeTopics.schema)
            ], retentionDays: 7, retentionBytes: 1 << 30)
    }
    static let schema = #"{"type":"record","name":"Hit","fields":[{"name":"diaSourceId","type":"long"}]}"#
    func topics() throws -> [TopicDescription] { known }
    func topic(_ name: String) throws -> TopicDescription? { known.first { $0.topic == name } }
}

final class FakeRenderer: PublicationRenderer {
    func appendJSON(_ publication: StoredPublication, topic: String, to writer: inout TextWriter) throws {
        writer.append(string: "{\"diaSourceId\":\"\(publication.diaSourceId)\",\"mag\":null}")
    }
}

final class FakeFilters: FilterService {
    private func filter(_ state: FilterDescription.State = .active, text: String = "SELECT 1") -> FilterDescription {
        FilterDescription(
            name: "supernovae", owner: "tests", title: "T", topic: "nightjar_tests_full", version: 2, state: state,
            schemaID: 100_001, deployedAt: MJD(61_095), text: text)
    }
    func filters() throws -> [FilterDescription] { [filter()] }
    func versions(of name: String) throws -> [FilterDescription] { name == "supernovae" ? [filter()] : [] }
    func deploy(text: String, name: String?, allowBreaking: Bool) throws -> FilterDescription {
        guard text.contains("SELECT") else { throw UserFault(.usage, "no SELECT", detail: "line 1", hint: "write one") }
        return filter(text: text)
    }
    func setState(_ state: FilterDescription.State, of name: String) throws -> FilterDescription { filter(state) }
}

final class FakeSchemas: SchemaDirectory {
    func schemaIDs() throws -> [Int32] { [1101] }
    func schema(id: Int32) throws -> String? { id == 1101 ? #"{"type":"long"}"# : nil }
}

final class FakePackets: PacketReader {
    func bytes(field: String, message: [UInt8], writerSchemaID: Int32) throws -> [UInt8]? {
        field == "cutoutScience" ? Array("SIMPLE  =".utf8) : nil
    }
}
