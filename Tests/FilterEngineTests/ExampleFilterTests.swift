import Core
import FilterEngine
import Glibc
import Testing

/// A file of the repository as text.
func repositoryFile(_ path: String) throws -> String {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let file = try #require(fopen(root + "/" + path, "r"), "\(path) cannot be opened")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var byte = fgetc(file)
    while byte != EOF {
        bytes.append(UInt8(truncatingIfNeeded: byte))
        byte = fgetc(file)
    }
    return String(decoding: bytes, as: UTF8.self)
}

@Suite struct ExampleFilterTests {
    @Test(arguments: ["extragalactic_new", "missed_movers", "near_earth", "solar_system", "uniform_sample"])
    func theCasesBesideTheFilterHold(_ name: String) throws {
        let cases = try FilterCaseFile(text: repositoryFile("Filters/\(name).test"))
        let results = try FilterCaseRunner.run(filter: repositoryFile("Filters/\(name).sql"), name: name, cases: cases)
        #expect(results.count >= 3)
        for result in results { #expect(result.holds, "\(result.name): \(result.complaints.joined(separator: "; "))") }
        let definition = try FilterDefinition(
            text: repositoryFile("Filters/\(name).sql"), name: name, catalog: cases.catalog)
        #expect(definition.warnings.isEmpty)
        #expect(definition.topic == "nightjar_\(definition.owner)_\(name)")
    }

    /// What the manual says of tables is what there is.
    @Test func theManualListsEveryTable() throws {
        let page = try repositoryFile("Sources/Manual.docc/WritingFilters.md")
        for table in FilterCatalog.filters().tables {
            #expect(page.contains("\n| `\(table.name)` |"), "the manual does not list the table \(table.name)")
        }
        for column in Tables.sso.columns where Tables.ssSource.position(of: column.name) == nil {
            let unit = column.unit.isEmpty ? "" : ", \(column.unit)"
            let row = "\n| `\(column.name)` | \(column.type)\(unit) | \(column.description) |"
            #expect(page.contains(row), "the manual does not list the column:\(row)")
        }
    }

    @Test func aWrongExpectationIsTold() throws {
        let cases = try FilterCaseFile(text: "case a\nexpect rejected\ncase b\nselected ra = 151\n")
        let results = try FilterCaseRunner.run(filter: "SELECT ra FROM alert", name: "f", cases: cases)
        #expect(results.map(\.complaints) == [["expected rejected, was passed"], ["ra was expected to be 151, was 150.0"]])
    }
}
