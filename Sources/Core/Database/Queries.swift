/// Which points of which object a light curve shall have.
public struct LightCurveQuery: Sendable {
    public enum Subject: Sendable, Equatable {
        case diaObject(DiaObjectID)
        case ssObject(SSObjectID)
    }

    public var subject: Subject
    /// All bands when nil.
    public var band: Band?
    /// Half open, MJD TAI.
    public var start: MJD?
    public var stop: MJD?
    /// Both kinds when nil.
    public var kind: PointKind?
    /// As known at this commit; now when nil.
    public var asOf: CommitSeq?

    public init(_ subject: Subject) { self.subject = subject }
}

/// A light curve: points as they were written, ascending by time, newest revision of each, withdrawn ones left out.
public struct LightCurve {
    public let detections: ColumnTable
    public let forced: ColumnTable
    /// From which commit each row is known.
    public var detectionsKnownFrom: [CommitSeq] = []
    public var forcedKnownFrom: [CommitSeq] = []

    public init() {
        detections = ColumnTable(schema: Tables.diaSource)
        forced = ColumnTable(schema: Tables.diaForcedSource)
    }
}

/// An object with the newest diaObject record that a packet brought.
public struct StoredObject {
    public let record: ObjectRecord
    /// One row of `Tables.diaObject`, or none when no packet brought one.
    public let diaObject: ColumnTable

    public init(record: ObjectRecord, diaObject: ColumnTable) {
        self.record = record
        self.diaObject = diaObject
    }
}

/// Objects around a place, nearest first.
public struct ConeQuery: Sendable {
    public var raDegrees: Double
    public var decDegrees: Double
    public var radiusArcsec: Double
    /// At most this many.
    public var limit: Int

    public init(raDegrees: Double, decDegrees: Double, radiusArcsec: Double, limit: Int) {
        self.raDegrees = raDegrees
        self.decDegrees = decDegrees
        self.radiusArcsec = radiusArcsec
        self.limit = limit
    }
}

public struct ConeHit: Sendable {
    public let record: ObjectRecord
    public let separationArcsec: Double

    public init(record: ObjectRecord, separationArcsec: Double) {
        self.record = record
        self.separationArcsec = separationArcsec
    }
}

/// An alert as it was committed.
public struct StoredAlert {
    public let known: KnownAlert
    public let origin: InputPartition
    public let offset: Int64
    public let writerSchemaID: Int32
    /// The message as it arrived, framing included; nil when the archive is off or it has expired.
    public let message: [UInt8]?

    public init(known: KnownAlert, origin: InputPartition, offset: Int64, writerSchemaID: Int32, message: [UInt8]?) {
        self.known = known
        self.origin = origin
        self.offset = offset
        self.writerSchemaID = writerSchemaID
        self.message = message
    }
}

/// A published record as stored.
public struct StoredPublication: Sendable {
    public let offset: Int64
    public let kind: PublicationKind
    public let diaSourceId: DiaSourceID
    public let diaObjectId: DiaObjectID
    public let ssObjectId: SSObjectID
    public let commitSeq: CommitSeq
    public let schemaVersion: Int32
    public let payload: [UInt8]
    public let recordedAt: MJD
    public let producedAtUnixSeconds: Double

    public init(
        offset: Int64, kind: PublicationKind, diaSourceId: DiaSourceID, diaObjectId: DiaObjectID,
        ssObjectId: SSObjectID, commitSeq: CommitSeq, schemaVersion: Int32, payload: [UInt8], recordedAt: MJD,
        producedAtUnixSeconds: Double
    ) {
        self.offset = offset
        self.kind = kind
        self.diaSourceId = diaSourceId
        self.diaObjectId = diaObjectId
        self.ssObjectId = ssObjectId
        self.commitSeq = commitSeq
        self.schemaVersion = schemaVersion
        self.payload = payload
        self.recordedAt = recordedAt
        self.producedAtUnixSeconds = producedAtUnixSeconds
    }

    /// Kafka's key: diaObjectId, else ssObjectId, else diaSourceId, in decimal.
    public var messageKey: String {
        if !diaObjectId.isNone { return diaObjectId.description }
        return ssObjectId.isNone ? diaSourceId.description : ssObjectId.description
    }
}

/// The extent of a topic: offsets `earliest ..< next` can be read.
public struct TopicExtent: Sendable, Equatable {
    public let topic: String
    public let earliest: Int64
    public let next: Int64
    public let bytes: Int64

    public init(topic: String, earliest: Int64, next: Int64, bytes: Int64) {
        self.topic = topic
        self.earliest = earliest
        self.next = next
        self.bytes = bytes
    }
}

/// A dead letter as stored.
public struct StoredDeadLetter: Sendable {
    /// Dense, from 0.
    public let id: Int64
    public let letter: DeadLetter
    public let commitSeq: CommitSeq
    public let recordedAt: MJD
    /// The commit that read it at last, nil while it is open.
    public let retriedIn: CommitSeq?

    public init(id: Int64, letter: DeadLetter, commitSeq: CommitSeq, recordedAt: MJD, retriedIn: CommitSeq?) {
        self.id = id
        self.letter = letter
        self.commitSeq = commitSeq
        self.recordedAt = recordedAt
        self.retriedIn = retriedIn
    }
}

public struct CounterValue: Sendable, Equatable {
    public let visit: VisitID
    public let name: String
    public let value: Int64

    public init(visit: VisitID, name: String, value: Int64) {
        self.visit = visit
        self.name = name
        self.value = value
    }
}

/// The filter registry as the database keeps it: bytes that `FilterEngine` reads, and a version for compare-and-set.
public struct StoredRegistry: Sendable, Equatable {
    public let version: Int64
    public let bytes: [UInt8]

    public init(version: Int64, bytes: [UInt8]) {
        self.version = version
        self.bytes = bytes
    }
}
