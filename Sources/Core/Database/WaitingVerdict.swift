/// An undetermined verdict that waits for a catalogue: who, of which filter version, and where the alert is.
public struct WaitingVerdict: Sendable, Equatable {
    /// The first number of the write that committed the alert.
    public let write: CommitSeq
    /// The alert's place in that write: with it entries are in order of arrival.
    public let row: Int32
    public let filter: String
    public let version: Int32
    /// The alert's own commit.
    public let commitSeq: CommitSeq
    public let diaSourceId: DiaSourceID
    public let visit: VisitID

    public init(
        write: CommitSeq, row: Int32, filter: String, version: Int32, commitSeq: CommitSeq, diaSourceId: DiaSourceID,
        visit: VisitID
    ) {
        self.write = write
        self.row = row
        self.filter = filter
        self.version = version
        self.commitSeq = commitSeq
        self.diaSourceId = diaSourceId
        self.visit = visit
    }
}

/// What became of a verdict after its alert's own commit: one that waited, or one that hung on what is known better now.
public struct SettledVerdict: Sendable, Equatable {
    public let waiting: WaitingVerdict
    /// What it was until now.
    public let previous: FilterVerdict
    /// Undetermined again where no catalogue can help, not run where nobody wants to know any more.
    public let verdict: FilterVerdict

    public init(waiting: WaitingVerdict, previous: FilterVerdict = .undetermined, verdict: FilterVerdict) {
        self.waiting = waiting
        self.previous = previous
        self.verdict = verdict
    }
}

/// Alerts of one write as they were committed, one row each.
public struct CommittedAlerts {
    /// Without histories, and without messages.
    public let batch: AlertBatch
    /// With revision and place; the kind is new or revised, the hash 0.
    public var outcomes: [AlertOutcome] = []
    public var commitSeqs: [CommitSeq] = []
    /// Whether another revision came since.
    public var isOutdated: [Bool] = []
    /// The first number of the write that committed them.
    public var write = CommitSeq(rawValue: 0)
    /// The place of each in that write.
    public var rows: [Int32] = []
    /// What filters said of them, as it stands now.
    public var verdicts: [FilterVerdicts] = []
    /// `Tables.sso` as filters saw it then; nil where nothing was associated.
    public var sso: ColumnTable?
    /// As the catalogues were then.
    public var nearest: [NearestMatches] = []
    public var recordedAt: MJD
    /// The orbit set of their commit.
    public var orbitSet = ""

    public init(batch: AlertBatch, recordedAt: MJD) {
        self.batch = batch
        self.recordedAt = recordedAt
    }
}
