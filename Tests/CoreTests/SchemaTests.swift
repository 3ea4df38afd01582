import Core
import Testing

@Suite struct SchemaTests {
    static let tables = [
        Tables.diaSource, Tables.diaObject, Tables.diaForcedSource, Tables.ssSource, Tables.mpcOrbits, Tables.packet,
    ]

    /// The number of fields that the packet of version 11.1 gives each record.
    @Test func columnCountsAreThoseOfTheNewestPacket() {
        #expect(Self.tables.map(\.columns.count) == [102, 82, 14, 39, 53, 6])
    }

    @Test func everyColumnIsDescribedInOneSentence() {
        for table in Self.tables {
            for column in table.columns {
                #expect(column.description.hasSuffix("."), "\(table.name).\(column.name)")
                #expect(!column.description.contains(". "), "\(table.name).\(column.name)")
                #expect(column.description.count <= 87, "\(table.name).\(column.name)")
            }
        }
    }

    /// Stored rows name columns by these numbers.
    @Test func idsAreConsecutiveFromOne() {
        for table in Self.tables {
            #expect(table.columns.map { Int($0.id) } == Array(1...table.columns.count), "\(table.name)")
        }
    }

    @Test func positionFindsEachColumnAndNothingElse() {
        for table in Self.tables {
            for (position, column) in table.columns.enumerated() {
                #expect(table.position(of: column.name) == position)
            }
            #expect(table.position(of: "psfflux") == nil)
            #expect(table.position(of: "") == nil)
        }
    }

    @Test func physicalColumnsCarryUnits() {
        for table in Self.tables {
            for column in table.columns {
                let name = column.name
                // Magnitudes of flux and times are never pure numbers; flags and counts always are.
                if name.hasSuffix("MjdTai") { #expect(column.unit == "d", "\(table.name).\(name)") }
                if name.hasSuffix("Flux") || name.hasSuffix("FluxErr") {
                    #expect(column.unit == "nJy", "\(table.name).\(name)")
                }
                if column.type == .bool { #expect(column.unit.isEmpty, "\(table.name).\(name)") }
            }
        }
    }
}
