import ADQL
import Core

/// Cases that a filter must fulfil, in a text file beside it:
///
/// ```
/// # A comment.
/// catalogue gaia_dr3 parallax:float32 parallax_error:float32
/// case a bright hostless source passes
///   alert.psfFlux = 5000
///   object.nDiaSources = 3
///   nearest.gaia_dr3.status = unmatched
///   sso.status = matched
///   sso.ephOffset = 0.2
///   forced band=g psfFlux=500 psfFluxErr=50
///   detections midpointMjdTai=60999.5 psfFlux=800
///   expect passed
///   selected mag = 22.15
/// ```
///
/// Each case is one alert with ordinary values (see `CaseAlert`) and the given ones. Texts have no quotes; `null` is null.
public struct FilterCaseFile: Sendable {
    public struct Setting: Sendable {
        public let table: String
        public let column: String
        public let value: String
    }

    public struct Case: Sendable {
        public let name: String
        public let line: Int
        public var settings: [Setting] = []
        /// Rows of `forced` and `detections`.
        public var rows: [(table: String, cells: [(column: String, value: String)])] = []
        public var expected: FilterVerdict = .passed
        public var selected: [(column: String, value: String)] = []
    }

    public var catalogues: [(name: String, schema: TableSchema)] = []
    public var cases: [Case] = []

    /// The tables that the cases' filter is checked against.
    public var catalog: Catalog { Catalog.filters(nearest: catalogues.map { ($0.name, $0.schema) }) }

    public init(text: String) throws(UserFault) {
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = raw.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            do throws(UserFault) {
                try read(first, words, line: index + 1)
            } catch {
                throw UserFault(.usage, "line \(index + 1) of the cases: \(error.what)", hint: error.hint)
            }
        }
    }

    private mutating func read(_ first: String, _ words: [String], line: Int) throws(UserFault) {
        if first == "catalogue" { return try readCatalogue(words) }
        if first == "case" {
            cases.append(Case(name: words.dropFirst().joined(separator: " "), line: line))
            return
        }
        guard let last = cases.indices.last else { throw UserFault(.usage, "'\(first)' stands before the first case") }
        switch first {
        case "expect":
            guard let verdict = FilterVerdict(name: words.dropFirst().joined(separator: " ")) else {
                throw UserFault(.usage, "no such verdict", hint: FilterVerdict.allCases.map(\.name).joined(separator: ", "))
            }
            cases[last].expected = verdict
        case "selected":
            guard words.count >= 4, words[2] == "=" else { throw UserFault(.usage, "write: selected column = value") }
            cases[last].selected.append((words[1], words[3...].joined(separator: " ")))
        case "forced", "detections":
            var cells: [(column: String, value: String)] = []
            for word in words.dropFirst() {
                guard let equal = word.firstIndex(of: "=") else { throw UserFault(.usage, "write: \(first) column=value …") }
                cells.append((String(word[..<equal]), String(word[word.index(after: equal)...])))
            }
            cases[last].rows.append((first, cells))
        default:
            guard words.count >= 3, words[1] == "=", let dot = first.lastIndex(of: ".") else {
                throw UserFault(.usage, "'\(first)' is not understood", hint: "write: table.column = value")
            }
            let setting = Setting(
                table: String(first[..<dot]), column: String(first[first.index(after: dot)...]),
                value: words[2...].joined(separator: " "))
            cases[last].settings.append(setting)
        }
    }

    private mutating func readCatalogue(_ words: [String]) throws(UserFault) {
        guard words.count >= 2 else { throw UserFault(.usage, "write: catalogue name column:type …") }
        let types: [String: ColumnType] = [
            "bool": .bool, "int32": .int32, "int64": .int64, "float32": .float32, "float64": .float64, "string": .string,
        ]
        var extras: [ColumnSchema] = []
        for word in words.dropFirst(2) {
            let parts = word.split(separator: ":").map(String.init)
            guard parts.count == 2, let type = types[parts[1]] else {
                throw UserFault(.usage, "'\(word)' is not column:type", hint: types.keys.sorted().joined(separator: ", "))
            }
            extras.append(ColumnSchema(id: 0, name: parts[0], type: type))
        }
        catalogues.append((words[1], NearestMatches.schema(catalogue: words[1], idType: .int64, extras: extras)))
    }
}
