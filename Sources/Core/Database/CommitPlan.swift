/// Everything that one batch writes, as a value: the database applies it in one atomic write or not at all.
public struct CommitPlan {
    /// Offsets that move: the stored next offset of each must equal `expectedNext`, else nothing is written.
    public var advances: [PartitionAdvance] = []
    /// The batch that rows refer to.
    public let batch: AlertBatch
    /// The number that the first round gets; must be the database's last one + 1.
    public var firstCommitSeq: CommitSeq
    /// Rounds in this write: an object occurs once a round, round `r` has commitSeq `firstCommitSeq + r`. At least 1.
    public var roundCount = 1
    /// One a batch row.
    public var outcomes: [AlertOutcome] = []
    public var points: [PointWrite] = []
    public var removals: [PointRemoval] = []
    /// Places of detections that the commit leaves where they are, though their alerts name others.
    public var places: [PlaceWrite] = []
    public var objects: [ObjectWrite] = []
    public var nearest: [NearestMatches] = []
    /// Nil where nothing is associated with orbits.
    public var solar: SolarWrites?
    public var verdicts: [FilterVerdicts] = []
    /// Undetermined verdicts of this batch that a catalogue may settle.
    public var waiting: [WaitingWrite] = []
    /// Verdicts of earlier commits that waited until now.
    public var settled: [SettledVerdict] = []
    /// In arrival order: offsets are given in this order.
    public var publications: [PublicationWrite] = []
    public var deadLetters: [DeadLetter] = []
    /// Ids of dead letters that this commit has read at last.
    public var retriedDeadLetters: [Int64] = []
    public var counters: [CounterDelta] = []
    public var lineage: Lineage
    public var recordedAt: MJD

    public init(batch: AlertBatch, firstCommitSeq: CommitSeq, lineage: Lineage, recordedAt: MJD) {
        self.batch = batch
        self.firstCommitSeq = firstCommitSeq
        self.lineage = lineage
        self.recordedAt = recordedAt
    }

    public var lastCommitSeq: CommitSeq { CommitSeq(rawValue: firstCommitSeq.rawValue + Int64(roundCount) - 1) }
}

/// How far one input moves in a commit.
public struct PartitionAdvance: Sendable, Equatable {
    public let partition: InputPartition
    /// What the database must hold; nil when it must not know the partition.
    public let expectedNext: Int64?
    public let newNext: Int64

    public init(partition: InputPartition, expectedNext: Int64?, newNext: Int64) {
        self.partition = partition
        self.expectedNext = expectedNext
        self.newNext = newNext
    }
}

/// What became of one alert of the batch.
public struct AlertOutcome: Sendable, Equatable {
    public enum Kind: UInt8, Sendable { case new = 1, revised = 2, duplicate = 3 }

    public var kind: Kind
    public var diaSourceId: DiaSourceID
    public var diaObjectId: DiaObjectID
    public var ssObjectId: SSObjectID
    /// Of its object, or the detection's own pixel when it has none.
    public var home: Home
    public var midpoint: MJD
    public var visit: VisitID
    public var detector: Int32
    public var contentHash: UInt64
    /// 0 for the first content of a diaSourceId.
    public var revision: Int32
    public var round: Int32

    public init(
        kind: Kind, diaSourceId: DiaSourceID, diaObjectId: DiaObjectID, ssObjectId: SSObjectID, home: Home,
        midpoint: MJD, visit: VisitID, detector: Int32, contentHash: UInt64, revision: Int32, round: Int32
    ) {
        self.kind = kind
        self.diaSourceId = diaSourceId
        self.diaObjectId = diaObjectId
        self.ssObjectId = ssObjectId
        self.home = home
        self.midpoint = midpoint
        self.visit = visit
        self.detector = detector
        self.contentHash = contentHash
        self.revision = revision
        self.round = round
    }
}

/// One point that was not known, or is known with another content.
public struct PointWrite: Sendable, Equatable {
    /// Where its cells are.
    public enum Place: UInt8, Sendable {
        /// `batch.source`
        case trigger
        /// `batch.detections.table`
        case detection
        /// `batch.forced.table`
        case forced
    }

    public let place: Place
    public let row: Int32
    public let diaObjectId: DiaObjectID
    public let ssObjectId: SSObjectID
    public let home: Home
    public let point: KnownPoint
    /// A known point with another content.
    public let isRevision: Bool
    /// A detection that was another object's, or at another time, before.
    public let isMoved: Bool
    public let round: Int32

    public init(
        place: Place, row: Int32, diaObjectId: DiaObjectID, ssObjectId: SSObjectID, home: Home, point: KnownPoint,
        isRevision: Bool, isMoved: Bool = false, round: Int32
    ) {
        self.isMoved = isMoved
        self.place = place
        self.row = row
        self.diaObjectId = diaObjectId
        self.ssObjectId = ssObjectId
        self.home = home
        self.point = point
        self.isRevision = isRevision
        self.round = round
    }
}

/// Where a detection is, when that is not where its newest alert says.
public struct PlaceWrite: Sendable, Equatable {
    public let diaSourceId: DiaSourceID
    public let place: DetectionPlace

    public init(diaSourceId: DiaSourceID, place: DetectionPlace) {
        self.diaSourceId = diaSourceId
        self.place = place
    }
}

/// The new state of an object; replaces the old one whole.
public struct ObjectWrite: Sendable {
    public let record: ObjectRecord
    /// Batch row whose `object` table holds the newest packet's diaObject; −1 keeps the stored one.
    public let packetRow: Int32

    public init(record: ObjectRecord, packetRow: Int32) {
        self.record = record
        self.packetRow = packetRow
    }
}

/// The verdicts of one filter version over the batch, one a row.
public struct FilterVerdicts: Sendable {
    public let filter: String
    public let version: Int32
    public let verdicts: [FilterVerdict]

    public init(filter: String, version: Int32, verdicts: [FilterVerdict]) {
        self.filter = filter
        self.version = version
        self.verdicts = verdicts
    }
}

/// An undetermined verdict of a batch that a catalogue may settle.
public struct WaitingWrite: Sendable, Equatable {
    public let filter: String
    public let version: Int32
    public let batchRow: Int32

    public init(filter: String, version: Int32, batchRow: Int32) {
        self.filter = filter
        self.version = version
        self.batchRow = batchRow
    }
}

/// Why a record is published.
public enum PublicationKind: UInt8, Sendable {
    case new = 1, update = 2, retraction = 3
    public var name: String { ["", "new", "update", "retraction"][Int(rawValue)] }
}

/// One record for a topic; its offset is given by the commit, dense per topic.
public struct PublicationWrite: Sendable {
    public let topic: String
    public let kind: PublicationKind
    public let diaSourceId: DiaSourceID
    public let diaObjectId: DiaObjectID
    public let ssObjectId: SSObjectID
    public let round: Int32
    /// Of the alert that it is about.
    public let revision: Int32
    /// Version of the topic's schema that `payload` is written with.
    public let schemaVersion: Int32
    /// Avro body, without framing.
    public let payload: [UInt8]
    /// When the message that caused it was produced, seconds since 1970 UTC; 0 when unknown.
    public let producedAtUnixSeconds: Double
    /// The batch row that caused it.
    public let batchRow: Int32

    public init(
        topic: String, kind: PublicationKind, diaSourceId: DiaSourceID, diaObjectId: DiaObjectID,
        ssObjectId: SSObjectID, round: Int32, revision: Int32 = 0, schemaVersion: Int32, payload: [UInt8],
        producedAtUnixSeconds: Double, batchRow: Int32 = 0
    ) {
        self.batchRow = batchRow
        self.revision = revision
        self.topic = topic
        self.kind = kind
        self.diaSourceId = diaSourceId
        self.diaObjectId = diaObjectId
        self.ssObjectId = ssObjectId
        self.round = round
        self.schemaVersion = schemaVersion
        self.payload = payload
        self.producedAtUnixSeconds = producedAtUnixSeconds
    }
}

/// A record that could not be used, kept whole.
public struct DeadLetter: Sendable, Equatable {
    public let partition: InputPartition
    public let offset: Int64
    public let fault: RecordFault
    public let message: [UInt8]

    public init(partition: InputPartition, offset: Int64, fault: RecordFault, message: [UInt8]) {
        self.partition = partition
        self.offset = offset
        self.fault = fault
        self.message = message
    }
}

/// A conservation counter of one visit (visit 0 when a record could not tell its visit) and how much it grows.
public struct CounterDelta: Sendable, Equatable {
    public let visit: VisitID
    /// `received`, `decoded`, `new`, … or `filter/<name>/passed`: the names of /metrics without their prefix.
    public let name: String
    public let amount: Int64

    public init(visit: VisitID, name: String, amount: Int64) {
        self.visit = visit
        self.name = name
        self.amount = amount
    }
}

/// What made a commit: stored once with it.
public struct Lineage: Sendable, Equatable {
    public var software: String
    /// Registry ids of the writer schemas in the batch, ascending.
    public var schemaIDs: [Int32]
    /// `name@version` of each catalogue, in order of name.
    public var catalogues: [String]
    /// Version of the orbit set, empty without one.
    public var orbitSet: String
    public var filterRegistryVersion: Int64

    public init(
        software: String, schemaIDs: [Int32] = [], catalogues: [String] = [], orbitSet: String = "",
        filterRegistryVersion: Int64 = 0
    ) {
        self.software = software
        self.schemaIDs = schemaIDs
        self.catalogues = catalogues
        self.orbitSet = orbitSet
        self.filterRegistryVersion = filterRegistryVersion
    }
}

/// What the database did with a plan.
public enum CommitOutcome: Sendable, Equatable {
    case committed
    /// Another owner moved this partition (or another commit took the number): discard the batch and read again.
    case stale(InputPartition?, storedNext: Int64?)
}
