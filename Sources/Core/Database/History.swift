/// What the pipeline asks of the database before it plans a batch: one request an alert, one call a batch.
public struct HistoryRequests: Sendable {
    public struct Alert: Sendable {
        public let diaSourceId: DiaSourceID
        /// None for Solar System alerts.
        public let diaObjectId: DiaObjectID
        /// The packet's window: points before it are not in the packet.
        public let windowStart: MJD
        /// The packet's points of this object in `points`, ascending by time; empty without an object.
        public var points: Range<Int>

        public init(diaSourceId: DiaSourceID, diaObjectId: DiaObjectID, windowStart: MJD, points: Range<Int>) {
            self.diaSourceId = diaSourceId
            self.diaObjectId = diaObjectId
            self.windowStart = windowStart
            self.points = points
        }
    }

    public var alerts: [Alert] = []
    public var points: [KnownPoint] = []
    /// Whether a deployed filter reads history, so that points which a packet lacks are needed in full.
    public var wantsMissingPoints = false

    public init() {}

    public mutating func removeAll() {
        alerts.removeAll(keepingCapacity: true)
        points.removeAll(keepingCapacity: true)
    }
}

/// What the database knows of a diaSourceId that came as an alert.
public struct KnownAlert: Sendable, Equatable {
    public let contentHash: UInt64
    public let revision: Int32
    public let diaObjectId: DiaObjectID
    public let ssObjectId: SSObjectID
    public let home: Home
    public let midpoint: MJD
    public let commitSeq: CommitSeq

    public init(
        contentHash: UInt64, revision: Int32, diaObjectId: DiaObjectID, ssObjectId: SSObjectID, home: Home,
        midpoint: MJD, commitSeq: CommitSeq
    ) {
        self.contentHash = contentHash
        self.revision = revision
        self.diaObjectId = diaObjectId
        self.ssObjectId = ssObjectId
        self.home = home
        self.midpoint = midpoint
        self.commitSeq = commitSeq
    }
}

/// The database's answer: what it knows of each alert's object.
public struct Histories {
    public struct Alert: Sendable {
        /// This diaSourceId as an alert of its own, nil when none was committed.
        public var alert: KnownAlert?
        /// Where this diaSourceId is stored, as an alert or as another's history; nil when it is not.
        public var place: DetectionPlace?
        public var object: ObjectRecord?
        /// Months whose points had to be read, because the directory could not tell.
        public var readMonths: [CalendarMonth] = []
        /// The points (newest revisions) of those months.
        public var readPoints: [KnownPoint] = []
        public init() {}
    }

    public var alerts: [Alert]
    /// Stored points, inside the packet's window, that the packet lacks (newest revision, withdrawn ones left out);
    /// only when asked for. One parent an alert.
    public let missingDetections: ChildTable
    public let missingForced: ChildTable
    /// Light-curve reads that this call needed: the figure to keep below 0.05 an alert.
    public var storedReads = 0

    public init(count: Int) {
        alerts = Array(repeating: Alert(), count: count)
        missingDetections = ChildTable(schema: Tables.diaSource)
        missingForced = ChildTable(schema: Tables.diaForcedSource)
    }
}
