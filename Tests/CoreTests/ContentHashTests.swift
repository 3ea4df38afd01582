import Core
import Testing

@Suite struct ContentHashTests {
    private static func hash(_ change: (ColumnTable) -> Void) -> UInt64 {
        let table = ColumnTable(schema: Tables.diaSource)
        change(table)
        var hashes: [UInt64] = []
        ContentHash.appendHashes(of: table, into: &hashes)
        #expect(hashes.count == 1)
        return hashes[0]
    }

    /// A row with a value in one column, everything else missing in one way.
    private static func row(
        _ state: CellState, _ name: String? = nil, _ append: (ColumnTable, Column) -> Void = { _, _ in }
    )
        -> UInt64
    {
        hash { table in
            for (schema, column) in zip(table.schema.columns, table.columns) {
                if schema.name == name { append(table, column) } else { column.appendMissing(state) }
            }
            table.finishRow()
        }
    }

    @Test func absentNullNaNAndNoIDAreTheSame() {
        let empty = Self.row(.null)
        #expect(Self.row(.absent) == empty)
        #expect(Self.row(.null, "psfFlux") { $1.append(Float.nan) } == empty)
        #expect(Self.row(.null, "ra") { $1.append(-Double.nan) } == empty)
        for name in ["diaObjectId", "ssObjectId", "parentDiaSourceId"] {
            #expect(Self.row(.null, name) { $1.append(Int64(0)) } == empty, "\(name)")
            #expect(Self.row(.null, name) { $1.append(Int64(1)) } != empty, "\(name)")
        }
        #expect(Self.row(.null, "visit") { $1.append(Int64(0)) } != empty)
        #expect(Self.row(.null, "psfFlux") { $1.append(Float(0)) } != empty)
    }

    /// The same value in each column, one at a time: all hashes differ, so each column counts and none is confused.
    @Test func everyColumnCounts() {
        var seen: Set<UInt64> = [Self.row(.null)]
        for column in Tables.diaSource.columns {
            for value in [1, 2] {
                let hash = Self.row(.absent, column.name) { table, cells in
                    switch cells.type {
                    case .bool: cells.append(value == 1)
                    case .int32: cells.append(Int32(value))
                    case .int64: cells.append(Int64(value))
                    case .float32: cells.append(Float(value))
                    case .float64: cells.append(Double(value))
                    case .string, .bytes: cells.append(table.arena.append("\(value)"))
                    }
                }
                #expect(seen.insert(hash).inserted, "\(column.name) \(value)")
            }
        }
    }

    @Test func rowsHashAloneAndFromAnyStart() {
        let table = ColumnTable(schema: Tables.diaForcedSource)
        var random = SeededRandom(seed: 3)
        for _ in 0..<50 {
            for column in table.columns {
                switch column.type {
                case .int64: column.append(Int64.random(in: 0...3, using: &random))
                case .float32: column.append(Float(random.uniform()))
                default: column.appendMissing(.null)
                }
            }
            table.finishRow()
        }
        var all: [UInt64] = []
        ContentHash.appendHashes(of: table, into: &all)
        var rest: [UInt64] = [42]
        ContentHash.appendHashes(of: table, from: 20, into: &rest)
        #expect(rest == [42] + all[20...])
        #expect(Set(all).count == 50)
    }
}
