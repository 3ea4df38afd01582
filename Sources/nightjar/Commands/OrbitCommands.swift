import Core
import Service
import SolarSystem

/// `nightjar orbits …`: files of orbits become the set in use; what is there; one body's orbit; orbits from the alerts.
enum OrbitCommands {
    static let specs = [importFiles, list, show, harvest]

    private static let dataOption = OptionSpec(
        "--data", "DIR", "the data directory (default: nightjar-data, or NIGHTJAR_DATA): orbits are in DIR/orbits")
    private static let format = OptionSpec("--format", "table|json", "default table")

    static func store(_ arguments: Arguments) -> OrbitStore {
        OrbitStore(path: DataAccess.directory(arguments) + "/orbits")
    }

    private static func wantsJSON(_ arguments: Arguments) throws(UserFault) -> Bool {
        try arguments.choice("--format", ["table", "json"], default: "table") == "json"
    }

    // MARK: import

    private static let importFiles = CommandSpec(
        "orbits import", "FILE…",
        "MPCORB, mpc_orbits, comet or CSV files become the orbits in use; a running broker takes them within 5 s",
        options: [
            dataOption, OptionSpec("--strict", nil, "one bad record refuses the import"),
            OptionSpec("--merge", nil, "keep the orbits in use, except where the files have newer ones"), format,
        ], positionalCount: 1...1000
    ) { arguments in
        let isJSON = try wantsJSON(arguments)
        var options = OrbitImport.Options(store: store(arguments), files: arguments.positionals)
        options.isStrict = arguments.has("--strict")
        options.merges = arguments.has("--merge")
        var bar = ProgressBar("orbits", total: 0)
        let report = try OrbitImport.run(options) { bar.update(Int64($0)) }
        bar.finish(Int64(report.orbits))
        if report.badRecords > 0 {
            Console.error("nightjar: \(report.badRecords) bad records were left out, the first of them:")
            for record in report.firstBad { Console.error("  \(record)") }
        }
        if let warning = report.warning { Console.error("nightjar: warning: \(warning)") }
        if report.leftOut > 0 {
            Console.error("nightjar: \(report.leftOut) orbits that were in use are left out: their epochs are too far ahead")
        }
        let read: [(name: String, value: Int)] = [
            ("duplicates", report.duplicates), ("satellites", report.satellites), ("bad_records", report.badRecords),
            ("bad_covariances", report.badCovariances), ("orbits_before", report.orbitsBefore),
            ("left_out", report.leftOut),
        ]
        if isJSON {
            Console.print(
                json(
                    version: report.version, report.counts, read, formats: report.files.map(\.format.rawValue),
                    warning: report.warning))
        } else {
            for file in report.files { Console.print("  \(file.path): \(file.format.rawValue), \(file.orbits) orbits") }
            Console.print(table(version: report.version, report.counts, read))
        }
        return .done
    }

    private static func table(version: String, _ counts: OrbitCounts, _ more: [(name: String, value: Int)]) -> String {
        var rows = [("version", version)]
        rows += (counts.named + more).filter { $0.value != 0 || $0.name == "orbits" }.map { ($0.name, "\($0.value)") }
        rows.append(("epochs", "\(counts.firstEpochMjdTT) to \(counts.lastEpochMjdTT) MJD (TT)"))
        return rows.map { name, value in
            "  \(name)" + String(repeating: " ", count: max(1, 24 - name.count)) + value
        }.joined(separator: "\n")
    }

    private static func json(
        version: String, _ counts: OrbitCounts, _ more: [(name: String, value: Int)], formats: [String] = [],
        warning: String? = nil
    ) -> String {
        var writer = TextWriter()
        writer.append(string: "{\"version\":\"\(version)\"")
        for one in counts.named + more { writer.append(string: ",\"\(one.name)\":\(one.value)") }
        writer.append(",\"first_epoch_mjd_tt\":")
        writer.append(double: counts.firstEpochMjdTT)
        writer.append(",\"last_epoch_mjd_tt\":")
        writer.append(double: counts.lastEpochMjdTT)
        if !formats.isEmpty {
            writer.append(",\"formats\":[")
            for (index, format) in formats.enumerated() {
                if index > 0 { writer.append(",") }
                writer.append(jsonString: format)
            }
            writer.append("]")
        }
        if let warning {
            writer.append(",\"warning\":")
            writer.append(jsonString: warning)
        }
        writer.append("}")
        return writer.text
    }

    // MARK: list and show

    private static let list = CommandSpec(
        "orbits list", "", "the orbit sets that are there, oldest first, and which is in use; checksums are verified",
        options: [dataOption, format], positionalCount: 0...0
    ) { arguments in
        let isJSON = try wantsJSON(arguments)
        let store = store(arguments)
        let versions = store.versions()
        if versions.isEmpty, !isJSON { Console.error("no orbits in \(store.path)") }
        var isSound = true
        var lines: [String] = []
        for version in versions {
            let made = ISO8601.text(unixSecondsUTC: version.madeAtUnixSeconds)
            do throws(DependencyFault) {
                let counts = OrbitCounts(try store.open(version.id))
                let extra = "\"is_current\":\(version.isCurrent),\"made_at\":\"\(made)\""
                let object = json(version: version.id, counts, [])
                lines.append(
                    isJSON
                        ? String(object.dropLast()) + ",\(extra)}"
                        : "\(version.id)  \(counts.orbits) orbits, \(counts.bytes) bytes, made \(made)"
                            + (version.isCurrent ? ", in use" : ""))
            } catch {
                isSound = false
                Console.error("nightjar: \(error)")
            }
        }
        Console.print(isJSON ? "[" + lines.joined(separator: ",\n") + "]" : lines.joined(separator: "\n"))
        return isSound ? .done : .no
    }

    private static let show = CommandSpec(
        "orbits show", "NAME", "the orbit of a body: a number, a name, a packed or plain designation, or an ssObjectId",
        options: [dataOption], positionalCount: 1...20
    ) { arguments in
        // A name of several words needs no quotes.
        let name = arguments.positionals.joined(separator: " ")
        guard let set = try store(arguments).openCurrent() else {
            throw UserFault(
                .notFound, "there are no orbits in \(store(arguments).path)", hint: "nightjar orbits import FILE")
        }
        guard let row = set.row(named: name) else {
            throw UserFault(
                .notFound, "no orbit of \(name)", detail: "in version \(set.versionID), \(set.count) orbits",
                hint: "a number, a name, a packed or plain designation, or an ssObjectId")
        }
        var writer = TextWriter()
        writer.append("{")
        // The negative one of a body without a designation is what alerts and filters see.
        OrbitText.appendNames(set, row, id: set.bodyId(row), to: &writer)
        writer.append(",\"orbit\":")
        OrbitText.appendOrbit(set, row, to: &writer)
        writer.append("}")
        Console.print(writer.text)
        return .done
    }

    // MARK: harvest

    private static let harvest = CommandSpec(
        "orbits harvest", "", "the orbits that stored alerts brought join the set in use where their epochs are later",
        options: DataAccess.options + [
            OptionSpec("--night", "NIGHT", "alerts of one night, YYYYMMDD (default: all that are stored)")
        ], positionalCount: 0...0
    ) { arguments in
        try DataAccess.printAnswer(
            arguments, "POST", "/api/v1/operations/orbits-harvest", [("night", arguments.text("--night"))])
    }
}
