import Core
import Testing

@Suite struct ColumnTests {
    private static let schema = TableSchema(
        name: "t", description: "",
        columns: ColumnType.allCases.enumerated().map {
            ColumnSchema(id: UInt16($0.offset + 1), name: "c\($0.offset)", type: $0.element)
        })

    private static func append(_ number: Int, to table: ColumnTable) {
        let columns = table.columns
        columns[0].append(number % 2 == 0)
        columns[1].append(Int32(number))
        columns[2].append(Int64(number) << 33)
        columns[3].append(Float(number) / 3)
        columns[4].append(Double(number) / 3)
        columns[5].append(table.arena.append("text \(number)"))
        columns[6].append(table.arena.append(String(repeating: "b", count: number % 5)))
        table.finishRow()
    }

    @Test func growsWithoutLosingCells() {
        let table = ColumnTable(schema: Self.schema, arena: ByteArena(capacity: 1), capacity: 1)
        for number in 0..<1000 { Self.append(number, to: table) }
        for number in 0..<1000 {
            #expect(table.columns[0].bool(number) == (number % 2 == 0))
            #expect(table.columns[1].int32(number) == Int32(number))
            #expect(table.columns[2].int64(number) == Int64(number) << 33)
            #expect(table.columns[3].float(number) == Float(number) / 3)
            #expect(table.columns[4].double(number) == Double(number) / 3)
            #expect(table.string("c5", number) == "text \(number)")
            #expect(table.columns[6].reference(number)?.length == UInt32(number % 5))
        }
    }

    @Test func statesAreKeptApart() {
        let table = ColumnTable(schema: Self.schema)
        Self.append(4, to: table)
        table.appendMissingRow(.null)
        table.appendMissingRow(.absent)
        for column in table.columns {
            #expect((0..<3).map { column.state($0) } == [.value, .null, .absent])
            #expect((0..<3).map { column.hasValue($0) } == [true, false, false])
        }
        #expect((0..<3).map { table.isPresent($0) } == [true, false, false])
        #expect(table.columns[4].double(1) == nil)
        #expect(table.columns[4].number(2) == nil)
    }

    @Test func missingRunsAndOverwritesLeaveNoGarbage() {
        let column = Column(type: .float64, capacity: 1)
        for _ in 0..<20 { column.append(7.0) }
        column.truncate(to: 3)
        column.appendMissing(.null, repeatCount: 40)
        #expect(column.count == 43)
        #expect(Array(column.buffer(as: Double.self))[3...].allSatisfy { $0 == 0 })
        let cells = column.resizeForOverwrite(to: 60)
        #expect((43..<60).allSatisfy { cells.states[$0] == 0 })
        column.removeAll()
        column.append(1.0)
        #expect(column.double(0) == 1)
    }

    @Test func numbersOfEveryType() {
        let float = Column(type: .float32)
        for value in [Float(1.5), .nan, .infinity] { float.append(value) }
        #expect(float.number(0) == 1.5)
        #expect(float.number(1) == nil)
        #expect(float.number(2) == .infinity)
        let bool = Column(type: .bool)
        bool.append(true)
        #expect(bool.number(0) == 1)
    }

    @Test func rowsMoveTheirBytesBetweenArenas() {
        let source = ColumnTable(schema: Self.schema)
        for number in 0..<5 { Self.append(number, to: source) }
        source.appendMissingRow(.absent)
        let other = ColumnTable(schema: Self.schema)
        let sharing = ColumnTable(schema: Self.schema, arena: source.arena)
        let before = source.arena.count
        for row in [5, 3, 1] {
            sharing.appendRow(row, of: source)
            other.appendRow(row, of: source)
        }
        #expect(source.arena.count == before)
        source.arena.removeAll()
        _ = source.arena.append("XXXXXXXXXXXXXXXXXXXXXXXXXXXX")
        #expect((0..<3).map { other.string("c5", $0) } == [nil, "text 3", "text 1"])
        #expect(other.columns[5].state(0) == .absent)
        #expect((0..<3).map { other.isPresent($0) } == [false, true, true])
    }

    @Test func arenaTruncatesAndKeepsEmptyStrings() {
        let arena = ByteArena(capacity: 1)
        let first = arena.append("héllo")
        let empty = arena.append("")
        let mark = arena.count
        _ = arena.append(String(repeating: "x", count: 10_000))
        arena.truncate(to: mark)
        #expect(arena.append("y") == ByteReference(offset: UInt32(mark), length: 1))
        #expect(arena.string(first) == "héllo")
        #expect(arena.string(empty) == "")
    }

    @Test func childRowsFollowTheirParents() {
        let child = ChildTable(schema: Self.schema)
        for count in [2, 0, 3] {
            let first = child.table.rowCount
            for number in 0..<count { Self.append(number, to: child.table) }
            child.finishParent(firstRow: first, isGiven: count > 0)
        }
        #expect((0..<3).map { child.rows(of: $0) } == [0..<2, 2..<2, 2..<5])
        #expect(child.isGiven == [true, false, true])
        child.setRows(of: 1, to: 3..<5)
        #expect(child.rows(of: 1) == 3..<5)
        child.truncate(parents: 1, rows: 2)
        #expect(child.parentCount == 1)
        #expect(child.table.rowCount == 2)
        child.truncate(parents: 9, rows: 9)
        #expect(child.parentCount == 1)
    }
}
