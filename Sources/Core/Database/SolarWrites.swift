/// What a commit writes of the Solar System.
public struct SolarWrites {
    /// Of the batch's alerts. Duplicates are not written; of the others those that have candidates are, with their claims and
    /// in place of what was stored of the same detection. A revised alert without candidates takes the stored ones away.
    public var candidates: SolarCandidates
    /// `Tables.sso`, one row an alert of the batch, as filters saw it: goes into the alert block.
    public let views: ColumnTable
    /// Earlier alerts that were associated anew.
    public var updates: [SolarUpdate] = []
    /// What `updates` refer to: `Tables.ssoCandidate`.
    public let updateTable: ColumnTable
    /// Claims that no content makes any more: those of a detection that was revised or associated anew. Taken away after all
    /// candidates and updates are written: of a detection that comes several times in a batch the last content stays.
    public var withdrawn: [SolarClaim] = []
    /// New states of visits, each replacing the stored one.
    public var visits: [SolarVisit] = []

    public init(
        candidates: SolarCandidates, views: ColumnTable = ColumnTable(schema: Tables.sso),
        updateTable: ColumnTable = ColumnTable(schema: Tables.ssoCandidate)
    ) {
        self.candidates = candidates
        self.views = views
        self.updateTable = updateTable
    }
}

/// An earlier alert that was associated anew: its candidates replace the stored ones, even where there are none.
public struct SolarUpdate: Sendable, Equatable {
    public let visit: VisitID
    public let diaSourceId: DiaSourceID
    public let midpoint: MJD
    public let orbitSet: String
    /// Rows of `SolarWrites.updateTable`, nearest first.
    public let rows: Range<Int>
    /// Whom it was attributed to before and is now; none for nobody.
    public let before: SSObjectID
    public let after: SSObjectID
    /// Whether nothing was known before.
    public let wasUnknown: Bool

    public init(
        visit: VisitID, diaSourceId: DiaSourceID, midpoint: MJD, orbitSet: String, rows: Range<Int>, before: SSObjectID,
        after: SSObjectID, wasUnknown: Bool
    ) {
        self.visit = visit
        self.diaSourceId = diaSourceId
        self.midpoint = midpoint
        self.orbitSet = orbitSet
        self.rows = rows
        self.before = before
        self.after = after
        self.wasUnknown = wasUnknown
    }
}

/// A change of attribution after the alert's own commit, as stored.
public struct SolarChange: Sendable, Equatable {
    public let commitSeq: CommitSeq
    public let visit: VisitID
    public let diaSourceId: DiaSourceID
    public let orbitSet: String
    public let before: SSObjectID
    public let after: SSObjectID
    public let wasUnknown: Bool

    public init(commitSeq: CommitSeq, _ update: SolarUpdate) {
        self.commitSeq = commitSeq
        visit = update.visit
        diaSourceId = update.diaSourceId
        orbitSet = update.orbitSet
        before = update.before
        after = update.after
        wasUnknown = update.wasUnknown
    }

    public init(
        commitSeq: CommitSeq, visit: VisitID, diaSourceId: DiaSourceID, orbitSet: String, before: SSObjectID,
        after: SSObjectID, wasUnknown: Bool
    ) {
        self.commitSeq = commitSeq
        self.visit = visit
        self.diaSourceId = diaSourceId
        self.orbitSet = orbitSet
        self.before = before
        self.after = after
        self.wasUnknown = wasUnknown
    }
}
