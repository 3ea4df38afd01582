import Core
import Service

/// `nightjar sso …`: a night against newer orbits, bodies without an orbit, observations for those who compute orbits, summaries.
enum MoverCommands {
    static let specs = [match, unknown, ades, publish]

    private static let submitter = OptionSpec("--submitter", "NAME", "who answers for the observations (ADES)")

    private static let match = CommandSpec(
        "sso match", "", "compare the stored alerts of a night with the newest orbits and publish what follows",
        options: DataAccess.options + [
            OptionSpec("--night", "NIGHT", "YYYYMMDD"), OptionSpec("--dry-run", nil, "only count what would change"),
            OptionSpec("--format", "table|json", "default table"),
            OptionSpec("--config", "FILE", "settings, where no broker runs"),
        ], positionalCount: 0...0
    ) { arguments in
        guard let night = arguments.text("--night") else {
            throw UserFault(.usage, "sso match needs --night", hint: "nightjar sso match --night 20260223")
        }
        let isDryRun = arguments.has("--dry-run")
        return try DataAccess.printAnswer(
            arguments, "POST", "/api/v1/operations/sso-match",
            [
                ("night", night), ("dry_run", isDryRun ? "true" : nil),
                ("format", try arguments.choice("--format", ["table", "json"], default: "table")),
            ], writes: !isDryRun)
    }

    private static let unknown = CommandSpec(
        "sso unknown", "", "pairs of detections of a night that move together and belong to no known orbit",
        options: DataAccess.options + [
            OptionSpec("--night", "NIGHT", "YYYYMMDD (default: tonight)"),
            OptionSpec("--format", "json|ndjson|csv|votable|ades", "default json; ades: the observations themselves"),
            OptionSpec("--min-reliability", "N", "0 to 1, default 0.5"),
            OptionSpec("--max-rate", "N", "degrees a day, default 1.5"),
            OptionSpec("--limit", "N", "at most N pairs"), submitter,
        ], positionalCount: 0...0
    ) { arguments in
        let format = try arguments.choice("--format", ["json", "ndjson", "csv", "votable", "ades"], default: "json")
        return try DataAccess.printAnswer(
            arguments, "GET", "/api/v1/sso/unknown",
            [
                ("night", arguments.text("--night")), ("format", format), ("min_reliability", arguments.text("--min-reliability")),
                ("max_rate", arguments.text("--max-rate")), ("limit", arguments.text("--limit")),
                ("submitter", arguments.text("--submitter")),
            ])
    }

    private static let ades = CommandSpec(
        "sso ades", "[NAME]",
        "detections of a Solar System object, or all of a night, as observations (ADES, pipe-separated)",
        options: DataAccess.options + [
            OptionSpec("--night", "NIGHT", "YYYYMMDD, instead of a name: what is attributed to known orbits"),
            OptionSpec("--limit", "N", "with --night: at most N observations"),
            OptionSpec("--band", "BAND", "with a name: one of u g r i z y"),
            OptionSpec("--start", "TIME", "with a name: MJD (TAI), or ISO 8601 with Z (UTC)"),
            OptionSpec("--stop", "TIME", "the same; not included"), submitter,
        ], positionalCount: 0...20
    ) { arguments in
        // A name of several words needs no quotes.
        let name = arguments.positionals.joined(separator: " ")
        let night = arguments.text("--night")
        guard name.isEmpty != (night == nil) else {
            throw UserFault(
                .usage, "sso ades needs a name or --night", hint: "nightjar sso ades 2006 TK6, nightjar sso ades --night 20260223")
        }
        let common = [("submitter", arguments.text("--submitter"))]
        if night != nil {
            return try DataAccess.printAnswer(
                arguments, "GET", "/api/v1/sso/ades", common + [("night", night), ("limit", arguments.text("--limit"))])
        }
        return try DataAccess.printAnswer(
            arguments, "GET", "/api/v1/sso/\(PercentCoding.encode(name))/ades",
            common + [
                ("band", arguments.text("--band")), ("start", arguments.text("--start")), ("stop", arguments.text("--stop")),
            ])
    }

    private static let publish = CommandSpec(
        "sso publish", "", "SSObject of every body that was seen in a night, into the topic nightjar_ssobject",
        options: DataAccess.options + [OptionSpec("--night", "NIGHT", "YYYYMMDD")], positionalCount: 0...0
    ) { arguments in
        guard let night = arguments.text("--night") else {
            throw UserFault(.usage, "sso publish needs --night", hint: "nightjar sso publish --night 20260223")
        }
        return try DataAccess.printAnswer(
            arguments, "POST", "/api/v1/operations/sso-publish", [("night", night)], writes: true)
    }
}
