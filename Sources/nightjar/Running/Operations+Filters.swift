import Core
import Crossmatch
import FilterEngine
import Pipeline
import Service
import SolarSystem
import Storage

/// `filter test FILE --night N` and `filter history NAME` as operations of the owner.
extension Operations {
    static func filters(
        _ database: EmbeddedDatabase, _ catalogues: CatalogueSet, _ orbits: OrbitSetInUse
    ) -> [String: Operation] {
        [
            "filter-test": { request in
                let arguments = try OperationArguments(request, ["format", "limit", "name", "night"])
                return try backtest(
                    database, catalogues, orbits.current, arguments, text: String(decoding: request.body, as: UTF8.self))
            },
            "filter-history": { request in
                let name = try OperationArguments(request, ["name"]).required("name")
                return try history(of: name, database)
            },
        ]
    }

    /// Headers of a back-test's answer: what is counted, and what looks suspicious.
    static let summaryHeader = "Nightjar-Summary"
    static let warningHeader = "Nightjar-Warnings"

    // MARK: filter test --night

    private static func backtest(
        _ database: EmbeddedDatabase, _ catalogues: CatalogueSet, _ orbits: OrbitSet?, _ arguments: OperationArguments,
        text: String
    ) throws -> APIResponse {
        guard let night = try arguments.night("night") else { throw UserFault(.usage, "parameter night is missing") }
        let format = arguments.text("format") ?? "csv"
        guard ["csv", "json"].contains(format) else {
            throw UserFault(.usage, "format is csv or json, not \"\(format)\"")
        }
        catalogues.refresh()
        catalogues.adoptNewNames()
        let name = try arguments.required("name")
        let definition = try FilterDefinition(text: text, name: name, catalog: FilterHost.catalog(of: catalogues))
        var hits = HitList(format: format, limit: try arguments.integer("limit", in: 0...1_000_000) ?? 20)
        var run = Backtest(database: database, catalogues: catalogues, orbits: orbits, definition: definition)
        try run.run(night: night) { hits.append($0) }
        let outcome = run.outcome
        guard outcome.alerts > 0 else {
            throw UserFault(
                .notFound, "no alert of night \(night) is stored", hint: "a night is YYYYMMDD, the date of its evening")
        }
        let warnings = warnings(outcome)
        let body = format == "csv" ? hits.csv(definition) : json(name, night, outcome, warnings, hits)
        var response = APIResponse(format == "csv" ? .csv : .json, body)
        response.headers.append((summaryHeader, summary(outcome)))
        response.headers.append((warningHeader, warnings.joined(separator: "; ")))
        return response
    }

    private static let shown: [FilterVerdict] = [.passed, .rejected, .failed, .undetermined]

    private static func summary(_ outcome: Backtest.Outcome) -> String {
        "\(outcome.alerts) alerts: " + shown.map { "\(outcome.count($0)) \($0.name)" }.joined(separator: ", ")
    }

    private static func warnings(_ outcome: Backtest.Outcome) -> [String] {
        var warnings: [String] = []
        if outcome.count(.passed) == outcome.alerts { warnings.append("every alert passes") }
        if outcome.count(.passed) == 0 { warnings.append("nothing passes") }
        for (name, count) in outcome.unasked.sorted(by: { $0.key < $1.key }) {
            warnings.append("\(count) alerts were never matched against the catalogue \(name)")
        }
        if outcome.withoutSSO > 0 { warnings.append("\(outcome.withoutSSO) alerts were not compared with any orbit") }
        for reason in FilterFailure.Reason.allCases {
            if let count = outcome.failures[reason] { warnings.append("\(count) alerts failed: \(reason.text)") }
        }
        return warnings
    }

    private static func json(
        _ name: String, _ night: Night, _ outcome: Backtest.Outcome, _ warnings: [String], _ hits: HitList
    ) -> [UInt8] {
        var writer = TextWriter()
        writer.append("{\"filter\":")
        writer.append(jsonString: name)
        writer.append(string: ",\"night\":\(night),\"alerts\":\(outcome.alerts),\"verdicts\":{")
        writer.append(string: shown.map { "\"\($0.name)\":\(outcome.count($0))" }.joined(separator: ","))
        writer.append("},\"warnings\":[")
        for (index, warning) in warnings.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: warning)
        }
        writer.append("],\"hits\":[")
        writer.append(raw: hits.bytes)
        writer.append("]}\n")
        return writer.bytes
    }

    // MARK: filter history

    private static func history(of name: String, _ database: EmbeddedDatabase) throws -> APIResponse {
        let stored = try database.filterRegistry()
        let registry = stored.bytes.isEmpty ? FilterRegistry() : try FilterRegistry(decoding: stored.bytes)
        let record = try registry.filter(named: name)
        let words: [FilterEvent.Action: String] = [
            .deploy: "deploy", .pause: "pause", .resume: "resume", .retire: "retire",
        ]
        var writer = TextWriter()
        writer.append("{\"name\":")
        writer.append(jsonString: record.name)
        writer.append(string: ",\"state\":\"\(record.state)\",\"version\":\(record.current.number),\"events\":[")
        for (index, event) in record.events.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            let time = ISO8601.text(unixSecondsUTC: event.at.unixSecondsUTC)
            writer.append(
                string: "{\"at\":\"\(time)\",\"action\":\"\(words[event.action] ?? "")\",\"version\":\(event.version)}")
        }
        writer.append("]}\n")
        return APIResponse(.json, writer.bytes)
    }
}

/// The first hits of a back-test, as they will be shown.
struct HitList {
    private let isJSON: Bool
    private let limit: Int
    private var count = 0
    private var writer = TextWriter()

    init(format: String, limit: Int) {
        isJSON = format == "json"
        self.limit = limit
    }

    var bytes: [UInt8] { writer.bytes }

    mutating func append(_ selected: ColumnTable) {
        for row in 0..<selected.rowCount where count < limit {
            if isJSON { appendJSON(row, of: selected) } else { appendCSV(row, of: selected) }
            count += 1
        }
    }

    private mutating func appendCSV(_ row: Int, of selected: ColumnTable) {
        for column in selected.columns.indices {
            if column > 0 { writer.append(",") }
            writer.append(csvCell: row, column: column, of: selected)
        }
        writer.append("\n")
    }

    private mutating func appendJSON(_ row: Int, of selected: ColumnTable) {
        writer.append(string: count == 0 ? "\n{" : ",\n{")
        for (column, declared) in selected.schema.columns.enumerated() {
            if column > 0 { writer.append(",") }
            writer.append(jsonString: declared.name)
            writer.append(":")
            writer.append(jsonCell: row, column: column, of: selected)
        }
        writer.append("}")
    }

    func csv(_ definition: FilterDefinition) -> [UInt8] {
        var header = TextWriter()
        for (index, column) in definition.outputColumns.enumerated() {
            if index > 0 { header.append(",") }
            header.append(csvField: column.name)
        }
        header.append("\n")
        return header.bytes + writer.bytes
    }
}
