import Avro
import Core
import SolarSystem

/// Rows of SSObject for all bodies that were seen in a night, as records of their topic.
public struct BodySummaries {
    private let database: any Database
    private let orbits: OrbitSet?
    public let night: Night
    /// Bodies that a detection of the night is attributed to, ascending.
    public let bodies: [SSObjectID]

    /// - Parameter since: only bodies with a detection that was written, or associated, after this commit.
    public init(
        night: Night, orbits: OrbitSet?, database: any Database, since: CommitSeq = CommitSeq(rawValue: 0)
    ) throws(DependencyFault) {
        self.night = night
        self.orbits = orbits
        self.database = database
        var seen = Set<SSObjectID>()
        for visit in Set(try database.counters(night: night, visit: nil).map(\.visit)) {
            let solar = try database.solarSources(of: visit)
            let matches = VisitMatches(solar)
            for source in solar.sources where source.commitSeq > since {
                if let body = matches.bodies[source.diaSourceId] { seen.insert(body) }
            }
        }
        bodies = seen.sorted()
    }

    /// The records of some bodies; those without a detection that is theirs have none.
    public func publications(of ids: some Sequence<SSObjectID>) throws(DependencyFault) -> [PublicationWrite] {
        var writes: [PublicationWrite] = []
        for id in ids {
            let body = SolarSystemBody(id: id, in: orbits)
            let found = try BodyDetections(body, LightCurveQuery(.ssObject(id)), database)
            guard found.curve.detections.rowCount > 0 else { continue }
            writes.append(
                PublicationWrite(
                    topic: SSObjectTopic.name, kind: .new, diaSourceId: DiaSourceID(rawValue: 0),
                    diaObjectId: DiaObjectID(rawValue: 0), ssObjectId: body.ids[0], round: 0,
                    schemaVersion: SSObjectTopic.schemaVersion, payload: payload(found.summary(of: body)),
                    producedAtUnixSeconds: 0, batchRow: -1))
        }
        return writes
    }

    /// The Avro body of a row.
    private func payload(_ table: ColumnTable) -> [UInt8] {
        var writer = AvroWriter(capacity: 512)
        writer.write(int: night.dayObs)
        writer.write(string: orbits?.versionID ?? "")
        for (schema, column) in zip(table.schema.columns, table.columns) {
            let hasValue = column.hasValue(0)
            if schema.isNullable { writer.write(branch: hasValue ? 1 : 0) }
            precondition(hasValue || schema.isNullable, "\(schema.name) must have a value")
            guard hasValue else { continue }
            switch schema.type {
            case .bool: writer.write(boolean: column.bool(0) ?? false)
            case .int32: writer.write(int: column.int32(0) ?? 0)
            case .int64: writer.write(long: column.int64(0) ?? 0)
            case .float32: writer.write(float: column.float(0) ?? 0)
            case .float64: writer.write(double: column.double(0) ?? 0)
            case .string, .bytes: if let text = column.reference(0) { writer.write(utf8: table.arena.bytes(text)) }
            }
        }
        return writer.bytes
    }
}
