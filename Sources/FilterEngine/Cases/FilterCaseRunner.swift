import ADQL
import Core

/// What came of a case.
public struct FilterCaseResult: Sendable {
    public let name: String
    public let line: Int
    /// Empty when the case holds; else what was expected and what came.
    public let complaints: [String]
    public var holds: Bool { complaints.isEmpty }
}

/// Runs the cases of a file against a filter's text.
public enum FilterCaseRunner {
    public static func run(filter text: String, name: String, cases: FilterCaseFile) throws(UserFault) -> [FilterCaseResult] {
        let definition = try FilterDefinition(text: text, name: name, catalog: cases.catalog)
        let evaluator = FilterEvaluator(definition.program)
        var results: [FilterCaseResult] = []
        for filterCase in cases.cases {
            let alert = try CaseAlert(filterCase, catalogues: cases.catalogues)
            let input = FilterInput(
                batch: alert.batch, nearest: alert.nearest, sso: alert.sso, recordedAt: MJD(61_000.01), rows: [0])
            let result = evaluator.evaluate(input)
            results.append(
                FilterCaseResult(
                    name: filterCase.name, line: filterCase.line, complaints: complaints(filterCase, result)))
        }
        return results
    }

    private static func complaints(_ filterCase: FilterCaseFile.Case, _ result: FilterResult) -> [String] {
        let verdict = result.verdicts[0]
        guard verdict == filterCase.expected else {
            let reason = result.failures.first.map { " (\($0.reason.text))" } ?? ""
            return ["expected \(filterCase.expected.name), was \(verdict.name)\(reason)"]
        }
        guard verdict == .passed else { return [] }
        return filterCase.selected.compactMap { column, value in
            guard let index = result.selected.schema.position(of: column) else { return "no column \(column) is selected" }
            let actual = text(result.selected, index)
            if actual == value { return nil }
            if let a = Double(actual), let b = Double(value), abs(a - b) <= 1e-6 * max(1, abs(b)) { return nil }
            return "\(column) was expected to be \(value), was \(actual)"
        }
    }

    private static func text(_ table: ColumnTable, _ index: Int) -> String {
        let column = table.columns[index]
        guard column.hasValue(0) else { return "null" }
        switch column.type {
        case .bool: return column.bool(0) == true ? "true" : "false"
        case .int64: return column.int64(0).map { "\($0)" } ?? "null"
        case .string: return table.string(index, 0) ?? "null"
        default: return column.number(0).map { "\($0)" } ?? "null"
        }
    }
}
