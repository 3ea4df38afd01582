/// Rows that belong to the rows of another table: the history points of each alert of a batch.
///
/// Row `i` of the parent owns `table` rows `start(i) ..< start(i) + count(i)`, in ascending time. Ranges of different
/// parents need not be contiguous or in order: a merged history is appended at the end and its range moved there.
public final class ChildTable {
    public let table: ColumnTable
    public private(set) var starts: [Int32] = []
    public private(set) var counts: [Int32] = []
    /// False where the writer said null instead of an empty array.
    public private(set) var isGiven: [Bool] = []

    public init(schema: TableSchema, arena: ByteArena = ByteArena(), capacity: Int = 64) {
        table = ColumnTable(schema: schema, arena: arena, capacity: capacity)
    }

    public var parentCount: Int { starts.count }

    public func rows(of parent: Int) -> Range<Int> {
        Int(starts[parent])..<Int(starts[parent]) + Int(counts[parent])
    }

    /// Ends the rows of one more parent: those appended to the table since `firstRow`.
    public func finishParent(firstRow: Int, isGiven: Bool) {
        precondition(firstRow <= table.rowCount)
        starts.append(Int32(firstRow))
        counts.append(Int32(table.rowCount - firstRow))
        self.isGiven.append(isGiven)
    }

    /// Points a parent at other rows of the table.
    public func setRows(of parent: Int, to rows: Range<Int>) {
        precondition(rows.upperBound <= table.rowCount)
        starts[parent] = Int32(rows.lowerBound)
        counts[parent] = Int32(rows.count)
    }

    public func removeAll() { truncate(parents: 0, rows: 0) }

    public func truncate(parents: Int, rows: Int) {
        starts.removeSubrange(min(parents, starts.count)...)
        counts.removeSubrange(min(parents, counts.count)...)
        isGiven.removeSubrange(min(parents, isGiven.count)...)
        table.truncate(to: rows)
    }
}
