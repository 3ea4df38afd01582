/// One alert with all that was known of it at its commit: a row of each table, matches, verdicts and what made them.
public struct AnnotatedAlert {
    /// What one filter version said of the alert.
    public struct Verdict: Sendable, Equatable {
        public let filter: String
        public let version: Int32
        public let verdict: FilterVerdict

        public init(filter: String, version: Int32, verdict: FilterVerdict) {
            self.filter = filter
            self.version = version
            self.verdict = verdict
        }
    }

    public let night: Night
    /// One row of `Tables.diaSource`: the trigger.
    public let source: ColumnTable
    /// One row of `Tables.diaObject`, not present when the packet has none.
    public let object: ColumnTable
    /// One row of `Tables.ssSource`, the packet's word on the Solar System.
    public let packetSSO: ColumnTable
    /// One row of `Tables.mpcOrbits`.
    public let mpcOrbits: ColumnTable
    /// One row of `Tables.packet`, without cutouts.
    public let packet: ColumnTable
    /// Of each catalogue asked: a table of one row.
    public let nearest: [NearestMatches]
    /// One row of `Tables.sso`, as filters saw it; nil where nothing was associated.
    public var sso: ColumnTable?
    /// The orbits near it as stored now: one source, or none.
    public var solar = SolarSources()
    /// In the order in which the filters were deployed.
    public let verdicts: [Verdict]
    /// Fields that the writer has and the model does not, as the decoder keeps them; nil when there are none.
    public let extras: [UInt8]?
    /// What made the commit.
    public let lineage: Lineage?
    public let recordedAt: MJD?

    public init(
        night: Night, source: ColumnTable, object: ColumnTable, packetSSO: ColumnTable, mpcOrbits: ColumnTable,
        packet: ColumnTable, nearest: [NearestMatches], verdicts: [Verdict], extras: [UInt8]?, lineage: Lineage?,
        recordedAt: MJD?
    ) {
        self.night = night
        self.source = source
        self.object = object
        self.packetSSO = packetSSO
        self.mpcOrbits = mpcOrbits
        self.packet = packet
        self.nearest = nearest
        self.verdicts = verdicts
        self.extras = extras
        self.lineage = lineage
        self.recordedAt = recordedAt
    }
}
