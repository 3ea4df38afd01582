/// Detections with the orbits that are predicted near them, as stored.
public struct SolarSources {
    public struct Source: Sendable, Equatable {
        public let visit: VisitID
        public let diaSourceId: DiaSourceID
        public let midpoint: MJD
        /// The commit that wrote it.
        public let commitSeq: CommitSeq
        /// Version of the orbit set that was asked.
        public let orbitSet: String
        /// Its rows of the table, nearest orbit first; empty: none is near.
        public let rows: Range<Int>

        public init(
            visit: VisitID, diaSourceId: DiaSourceID, midpoint: MJD, commitSeq: CommitSeq, orbitSet: String,
            rows: Range<Int>
        ) {
            self.visit = visit
            self.diaSourceId = diaSourceId
            self.midpoint = midpoint
            self.commitSeq = commitSeq
            self.orbitSet = orbitSet
            self.rows = rows
        }
    }

    /// `Tables.ssoCandidate`
    public let table: ColumnTable
    public var sources: [Source] = []

    public init(table: ColumnTable = ColumnTable(schema: Tables.ssoCandidate)) { self.table = table }
}
