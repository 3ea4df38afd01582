import Core
import Crossmatch
import Pipeline
import Service
import SolarSystem
import Storage

/// `sso match` as an operation of the owner.
extension Operations {
    static func match(
        _ database: EmbeddedDatabase, _ catalogues: CatalogueSet, _ nightly: NightlyHost, _ commits: CommitSignal,
        _ gate: CommitGate, _ options: PipelineOptions
    ) -> [String: Operation] {
        [
            "sso-match": { request in
                let arguments = try OperationArguments(request, ["night", "dry_run", "format"])
                guard let night = try arguments.night("night") else {
                    throw UserFault(.usage, "parameter night is missing", hint: "YYYYMMDD, the date of its evening")
                }
                let isDryRun = arguments.text("dry_run") ?? "false"
                guard ["true", "false"].contains(isDryRun) else {
                    throw UserFault(.usage, "dry_run is true or false, not \"\(isDryRun)\"")
                }
                let format = arguments.text("format") ?? "json"
                guard ["json", "table"].contains(format) else {
                    throw UserFault(.usage, "format is json or table, not \"\(format)\"")
                }
                let match = NightMatch(
                    database: database, catalogues: catalogues, host: nightly, gate: gate, options: options)
                let report = try match.run(night, isDryRun: isDryRun == "true") { commits.notify() }
                return format == "json"
                    ? APIResponse(.json, json(report)) : APIResponse(.text, Array(table(report).utf8))
            }
        ]
    }

    private static func numbers(_ report: NightMatch.Report) -> [(name: String, title: String, value: Int)] {
        let counts = report.counts
        return [
            ("alerts", "alerts", counts.alerts), ("unknown_before", "unknown before", counts.unknownBefore),
            ("unknown_after", "unknown after", counts.unknownAfter),
            ("matched_before", "matched before", counts.matchedBefore),
            ("matched_after", "matched after", counts.matchedAfter), ("gained", "gained a body", counts.gained),
            ("lost", "lost their body", counts.lost), ("moved", "moved to another", counts.moved),
            ("visits_left_open", "visits left open", counts.leftOpen), ("new", "new records", counts.new),
            ("updates", "updates", counts.updates),
            ("retractions", "retractions", counts.retractions),
        ]
    }

    private static func json(_ report: NightMatch.Report) -> [UInt8] {
        var writer = TextWriter()
        writer.append(string: "{\"night\":\(report.night),\"orbit_set\":\"\(report.orbitSet)\",\"dry_run\":\(report.isDryRun)")
        for one in numbers(report) { writer.append(string: ",\"\(one.name)\":\(one.value)") }
        writer.append("}\n")
        return writer.bytes
    }

    private static func table(_ report: NightMatch.Report) -> String {
        var rows = [("night", "\(report.night)"), ("orbit set", report.orbitSet)]
        rows += numbers(report).map { ($0.title, "\($0.value)") }
        if report.isDryRun { rows.append(("written", "nothing: a dry run")) }
        return rows.map { name, value in
            "  \(name)" + String(repeating: " ", count: max(1, 20 - name.count)) + value + "\n"
        }.joined()
    }
}
