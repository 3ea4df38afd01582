import Core
import SolarSystem

/// `nightjar ephemeris`: predicted places of orbits from a file, at a site, at given times.
enum EphemerisCommand {
    static let spec = CommandSpec(
        "ephemeris", "",
        "places, rates, distances and brightness of the orbits of a file at given times; a CSV's own names are printed as they stand",
        options: [
            OptionSpec(
                "--orbits", "FILE", "MPCORB, comets, mpc_orbits or a CSV of elements (as orbits import); .gz as well",
                isRepeatable: true),
            OptionSpec("--site", "SITE", "code (default X05), or LONGITUDE,RHO_COS_PHI,RHO_SIN_PHI"),
            OptionSpec("--times", "FILE", "one MJD (TAI) a line, or ISO 8601 with Z (UTC)"),
            OptionSpec("--format", "csv|json|votable", "default csv"),
        ], positionalCount: 0...0
    ) { arguments in
        let names = EphemerisText.Format.allCases.map(\.rawValue)
        let format = EphemerisText.Format(rawValue: try arguments.choice("--format", names, default: "csv")) ?? .csv
        let site = try ObservingSite(parsing: arguments.text("--site") ?? "X05")
        guard let timesFile = arguments.text("--times"), arguments.has("--orbits") else {
            throw UserFault(
                .usage, "ephemeris needs --orbits and --times",
                hint: "nightjar ephemeris --orbits MPCORB.DAT --times times.txt")
        }
        let times = try times(TextFile.require(timesFile), timesFile)
        var orbits = OrbitSetBuilder()
        let isClean = try read(arguments.texts("--orbits"), &orbits)
        let skipped = try print(orbits, times, EphemerisComputer(site: site), format)
        return isClean && skipped == 0 ? .done : .no
    }

    private static func read(_ files: [String], _ orbits: inout OrbitSetBuilder) throws(UserFault) -> Bool {
        var isClean = true
        for file in files {
            let report = try OrbitFileReader.read(file, into: &orbits)
            guard report.badRecords > 0 else { continue }
            isClean = false
            Console.error("nightjar: \(report.badRecords) bad records of \(file) were left out, the first of them:")
            for line in report.firstBad { Console.error("  \(line)") }
        }
        guard orbits.count > 0 else {
            throw UserFault(
                .usage, "no orbit in \(files.joined(separator: ", "))", hint: "see nightjar help orbits import")
        }
        return isClean
    }

    /// Empty lines and those that begin with # are left out.
    private static func times(_ text: String, _ file: String) throws(UserFault) -> [Double] {
        var times: [Double] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let word = String(line.trimmingSpaces)
            guard !word.isEmpty, !word.hasPrefix("#") else { continue }
            do throws(UserFault) {
                times.append(try MJD(parsing: word).days)
            } catch {
                throw UserFault(
                    .usage, "\(file), line \(index + 1): \(error.what)", detail: error.detail, hint: error.hint)
            }
        }
        guard !times.isEmpty else {
            throw UserFault(.usage, "no time in \(file)", hint: "write one MJD (TAI) a line, such as 61000.25")
        }
        return times
    }

    /// Prints every orbit that can be predicted at all the times; of the others the first ten are named.
    /// - Returns: how many were left out.
    /// - Throws: `UserFault` where none is left.
    private static func print(
        _ orbits: OrbitSetBuilder, _ times: [Double], _ computer: EphemerisComputer, _ format: EphemerisText.Format
    ) throws(UserFault) -> Int {
        var text = EphemerisText(format)
        var (skipped, first) = (0, UserFault?.none)
        for index in 0..<orbits.count {
            let name = orbits.designation(index)
            do throws(UserFault) {
                text.append(try computer.predict(orbits.target(index), mjdTai: times), designation: name)
            } catch {
                skipped += 1
                first =
                    first
                    ?? UserFault(
                        error.kind, "\(name): \(error.what)", detail: error.detail, hint: error.hint)
                if skipped == orbits.count, let first { throw first }
                if skipped <= namedAtMost { Console.error("nightjar: \(name) was left out: \(error.what); \(error.detail)") }
            }
            if text.writer.count > 1 << 16 { Console.print(text.take()) }
        }
        text.end()
        Console.print(text.take())
        if skipped > namedAtMost { Console.error("nightjar: \(skipped) orbits were left out in all") }
        return skipped
    }

    private static let namedAtMost = 10
}
