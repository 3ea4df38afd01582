import Core

/// What a filter sees: the columns of a batch as they were known at its commit.
public struct FilterInput {
    public let source: ColumnTable
    public let packet: ColumnTable
    public let object: ColumnTable
    public let packetSSO: ColumnTable
    /// History of each alert's object in ascending time. The trigger may be among it or not: it is counted once.
    public let detections: ChildTable
    public let forced: ChildTable
    /// Catalogues that were asked; one that a filter names and that is not here is unknown.
    public let nearest: [NearestMatches]
    /// `Tables.sso`; nil where nobody could look: every alert's is unknown.
    public let sso: ColumnTable?
    /// What MJD_NOW says: the time that the commit records.
    public let recordedAt: MJD
    /// The alerts to look at, as rows of the tables.
    public let rows: [Int32]

    public init(
        source: ColumnTable, packet: ColumnTable, object: ColumnTable, packetSSO: ColumnTable, detections: ChildTable,
        forced: ChildTable, nearest: [NearestMatches], sso: ColumnTable? = nil, recordedAt: MJD, rows: [Int32]
    ) {
        self.source = source
        self.packet = packet
        self.object = object
        self.packetSSO = packetSSO
        self.detections = detections
        self.forced = forced
        self.nearest = nearest
        self.sso = sso
        self.recordedAt = recordedAt
        self.rows = rows
    }

    /// All alerts of a batch, or the rows given.
    public init(
        batch: AlertBatch, nearest: [NearestMatches], sso: ColumnTable? = nil, recordedAt: MJD, rows: [Int32]? = nil
    ) {
        self.init(
            source: batch.source, packet: batch.packet, object: batch.object, packetSSO: batch.packetSSO,
            detections: batch.detections, forced: batch.forced, nearest: nearest, sso: sso,
            recordedAt: recordedAt, rows: rows ?? Array(0..<Int32(batch.count)))
    }
}

/// Why a filter could not finish on an alert.
public struct FilterFailure: Sendable, Equatable {
    public enum Reason: UInt8, Sendable, CaseIterable {
        case integerOverflow = 1
        case cast = 2
        case budget = 4

        public var text: String {
            switch self {
            case .integerOverflow: "an integer did not fit into 64 bits"
            case .cast: "a value could not be cast"
            case .budget: "the alert cost more than the filter's budget"
            }
        }
    }

    /// Row of the input's tables.
    public let row: Int32
    public let reason: Reason
}

/// What a filter said of a batch.
public struct FilterResult {
    /// One for each of the input's rows, in their order.
    public var verdicts: [FilterVerdict]
    /// Rows of the input's tables that passed, in the order of the input.
    public var passedRows: [Int32]
    /// The selected columns of the passed rows; valid until the next evaluation.
    public let selected: ColumnTable
    public var failures: [FilterFailure]
}
