import Avro
import Core
import FilterEngine
import Testing

@testable import Pipeline

/// A catalogue of a newer version has other columns than on the day a filter was deployed: what it publishes stays the same.
@Suite struct CatalogueColumnsTests {
    private static let text = """
        SELECT n.*, a.psfFlux FROM alert AS a LEFT JOIN nearest.stars AS n USING (diaSourceId) WHERE n.mag < 18
        """

    private static func schema(_ extras: [(name: String, type: ColumnType)]) -> TableSchema {
        NearestMatches.schema(
            catalogue: "stars", idType: .int64, extras: extras.map { ColumnSchema(id: 0, name: $0.name, type: $0.type) })
    }

    private static let deployed = schema([("mag", .float32), ("kind", .string)])

    /// What is published of one alert beside a star, from a catalogue with these columns.
    private static func published(_ columns: TableSchema) throws -> (selected: [String], verdicts: [FilterVerdict]) {
        let table = ColumnTable(schema: columns)
        for (schema, column) in zip(columns.columns, table.columns) {
            switch (schema.name, schema.type) {
            case ("status", _): column.append(table.arena.append("matched"))
            case ("mag", .float32): column.append(Float(17.5))
            case ("mag", .float64): column.append(17.5)
            case (let name, .string): column.append(table.arena.append("a \(name)"))
            case (_, .float64): column.append(0.25)
            case (_, .float32): column.append(Float(-1))
            default: column.append(Int64(7))
            }
        }
        table.finishRow()
        let catalog = FilterCatalog.forFilters(nearest: [(catalogue: "stars", schema: deployed)])
        let plan = try SSOFilterTests.plan(
            ["unknown"], [("every", text)],
            nearest: [NearestMatches(catalogue: "stars", versionID: "2", table: table)], catalog: catalog)
        let promised = try FilterDefinition(text: text, name: "every", catalog: catalog).outputColumns
        let json = OutputSchema.avroJSON(topic: "t", columns: promised)
        let reader = AvroValueReader(writer: try AvroSchema(json: Array(json.utf8)))
        let selected = try plan.publications.map { write in
            let value = try write.payload.withUnsafeBytes { try reader.read($0) }
            return promised.map { "\($0.name) \(value["selected"]?[$0.name]?.unwrapped as Any)" }.joined(separator: ", ")
        }
        return (selected, plan.verdicts[0].verdicts)
    }

    @Test func newAndMovedColumnsChangeNothing() throws {
        let (wanted, verdicts) = try Self.published(Self.deployed)
        #expect(verdicts == [.passed] && wanted.count == 1 && wanted[0].contains("17.5") && wanted[0].contains("a kind"))
        for columns in [
            [("kind", .string), ("mag", .float32)],
            [("psfFlux", .float32), ("mag", .float32), ("colour", .float64), ("kind", .string)],
            [("mag", .float64), ("kind", .string), ("note", .string)],
        ] as [[(name: String, type: ColumnType)]] {
            #expect(try Self.published(Self.schema(columns)).selected == wanted, "\(columns)")
        }
    }

    @Test func withoutAColumnThatItReadsAFilterDoesNotRun() throws {
        for columns in [[("mag", .float32)], [("mag", .string), ("kind", .string)]] as [[(name: String, type: ColumnType)]] {
            let (selected, verdicts) = try Self.published(Self.schema(columns))
            #expect(selected.isEmpty && verdicts == [.notRun], "\(columns)")
        }
    }
}
