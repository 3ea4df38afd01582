import Core
import Service
import Sky

/// Questions: light curves, cones, status. The same answers as over HTTP, from the same code.
enum QuestionCommands {
    static let specs = [lightcurve, cone, status]

    private static let lightcurve = CommandSpec(
        "lightcurve", "ID|NAME", "the light curve of an object: a diaObjectId, or any name of a Solar System object",
        options: DataAccess.options + [
            OptionSpec("--format", "json|csv|svg|ndjson|votable", "default json; the last two for Solar System objects"),
            OptionSpec("--band", "BAND", "one of u g r i z y"),
            OptionSpec("--start", "TIME", "MJD (TAI), or ISO 8601 with Z (UTC)"),
            OptionSpec("--stop", "TIME", "the same; not included"),
            OptionSpec("--origin", "detection|forced", "default both"),
            OptionSpec("--as-of", "COMMIT", "as it was known at a commit"),
            OptionSpec("--limit", "N", "at most N points"),
            OptionSpec("--sso", nil, "a Solar System object, even by a bare number: 433, or an ssObjectId"),
        ], positionalCount: 1...20
    ) { arguments in
        let name = arguments.positionals.joined(separator: " ")
        let format = try arguments.choice("--format", ["json", "csv", "svg", "ndjson", "votable"], default: "json")
        // A bare number is a diaObjectId: numbered minor planets need --sso or brackets.
        let isSolarSystem = arguments.has("--sso") || (!name.isEmpty && Double(name) == nil)
        if !isSolarSystem { _ = try arguments.identifier(0, "diaObjectId") }
        let path =
            (isSolarSystem ? "/api/v1/sso/\(PercentCoding.encode(name))" : "/api/v1/objects/\(name)")
            + "/lightcurve" + (format == "svg" ? ".svg" : "")
        return try DataAccess.printAnswer(
            arguments, "GET", path,
            [
                ("format", format == "svg" ? nil : format), ("band", arguments.text("--band")),
                ("start", arguments.text("--start")), ("stop", arguments.text("--stop")),
                ("origin", arguments.text("--origin")), ("as_of", arguments.text("--as-of")),
                ("limit", arguments.text("--limit")),
            ])
    }

    private static let cone = CommandSpec(
        "cone", "RA DEC RADIUS", "objects around a place (degrees; the radius with a unit: 2arcsec, 10arcmin, 1deg)",
        options: DataAccess.options + [
            OptionSpec("--format", "json|csv", "default json"), OptionSpec("--limit", "N", "at most N objects"),
        ], positionalCount: 3...3
    ) { arguments in
        _ = try Angle(parsingRadius: arguments.positionals[2])
        return try DataAccess.printAnswer(
            arguments, "GET", "/api/v1/cone",
            [
                ("ra", arguments.positionals[0]), ("dec", arguments.positionals[1]),
                ("radius", arguments.positionals[2]), ("limit", arguments.text("--limit")),
                ("format", try arguments.choice("--format", ["json", "csv"], default: "json")),
            ])
    }

    private static let status = CommandSpec(
        "status", "", "counters, offsets and readiness of a broker or a directory",
        options: DataAccess.options + [OptionSpec("--format", "json", "the only form")], positionalCount: 0...0
    ) { arguments in
        _ = try arguments.choice("--format", ["json"], default: "json")
        return try DataAccess.printAnswer(arguments, "GET", "/api/v1/status")
    }
}
