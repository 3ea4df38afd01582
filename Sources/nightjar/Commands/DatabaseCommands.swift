import Avro
import Core
import Glibc
import Service
import Storage

/// `nightjar db …`: check, fold, back up and restore, by the owner of the directory or in its place.
enum DatabaseCommands {
    static let specs = [check, fold, backup, restore]

    // MARK: check

    private static let check = CommandSpec(
        "db check", "", "every invariant, checksum and conservation sum; exit status 1 names what is broken",
        options: DataAccess.options + [
            OptionSpec("--dump", nil, "write all that the database knows to standard output, as sorted text"),
            OptionSpec("--format", "table|json", "of the findings; default table"),
        ], positionalCount: 0...0
    ) { arguments in
        let format = try arguments.choice("--format", ["table", "json"], default: "table")
        let isDump = arguments.has("--dump")
        return try withOwner(arguments) { transport in
            let response = try transport.fetch(DataAccess.request("POST", "/api/v1/operations/db-check", []))
            let problemCount = Int(response.header(Operations.problemsHeader) ?? "") ?? 0
            let text = String(decoding: response.bytes ?? [], as: UTF8.self)
            // Standard output is the dump's when there is one.
            Console.write(format == "json" ? text : try table(text), to: isDump ? 2 : 1)
            let isWhole = isDump ? try dump(transport) : true
            return problemCount == 0 && isWhole ? .done : .no
        }
    }

    private static func dump(_ transport: any APITransport) throws -> Bool {
        // A dump that fails says so in its last line.
        var tail: [UInt8] = []
        let response = try transport.perform(DataAccess.request("POST", "/api/v1/operations/db-dump", [])) { bytes in
            bytes.withUnsafeBytes { Console.write($0, to: 1) }
            tail = Array((tail + bytes.suffix(4096)).suffix(4096))
            return true
        }
        guard response.status < 400 else { throw APIFault.userFault(response) }
        let isWhole = !String(decoding: tail, as: UTF8.self).contains(DumpStream.failureMark)
        if !isWhole { Console.error("nightjar: the dump is not whole, see its end") }
        return isWhole
    }

    /// The findings for people.
    private static func table(_ json: String) throws -> String {
        let findings = try JSONReader.parse(json)
        var text = ""
        if case .object(let members)? = findings["counts"] {
            let width = members.map(\.name.count).max() ?? 0
            for member in members {
                let space = String(repeating: " ", count: width - member.name.count + 2)
                text += "  \(member.name)\(space)\(member.value.integer ?? 0)\n"
            }
        }
        let problemCount = findings["problem_count"]?.integer ?? 0
        guard problemCount > 0 else { return text + "sound\n" }
        text += "\(problemCount) problems:\n"
        if case .array(let problems)? = findings["problems"] {
            for problem in problems { text += "  " + (problem.text ?? "") + "\n" }
            if problems.count < problemCount { text += "  … and \(problemCount - Int64(problems.count)) more\n" }
        }
        return text
    }

    // MARK: fold

    private static let fold = CommandSpec(
        "db fold", "", "the points of nights before tonight become month blocks; ingest goes on meanwhile",
        options: DataAccess.options + [
            OptionSpec("--before", "NIGHT", "arrival nights before this one, YYYYMMDD"),
            OptionSpec("--night", "NIGHT", "one arrival night, even tonight"),
            OptionSpec("--years-before", "YEAR", "month blocks before this year become one a year"),
        ], positionalCount: 0...0
    ) { arguments in
        try withOwner(arguments) { transport in
            let query: [(String, String?)] = [
                ("before", arguments.text("--before")), ("night", arguments.text("--night")),
                ("years_before", arguments.text("--years-before")),
            ]
            return try printAnswer(transport, "db-fold", query)
        }
    }

    // MARK: backup and restore

    private static let backup = CommandSpec(
        "db backup", "DEST", "database, archive and catalogues of one commit to a new directory, also of a live broker",
        options: DataAccess.options, positionalCount: 1...1
    ) { arguments in
        let target = arguments.positionals[0]
        return try withOwner(arguments) { try printAnswer($0, "db-backup", [("to", absolute(target))]) }
    }

    private static let restore = CommandSpec(
        "db restore", "SRC DEST", "a backup becomes a new data directory; the backup stays as it is",
        positionalCount: 2...2
    ) { arguments in
        let (source, target) = (arguments.positionals[0], arguments.positionals[1])
        try EmbeddedDatabase.restore(from: source, to: target)
        let copy = try EmbeddedDatabase.openReadOnly(directory: target)
        defer { copy.close() }
        var writer = TextWriter()
        writer.append("{\"from\":")
        writer.append(jsonString: source)
        writer.append(",\"to\":")
        writer.append(jsonString: target)
        writer.append(string: ",\"commit_seq\":\(try copy.lastCommitSeq())}\n")
        Console.print(writer)
        return .done
    }

    // MARK: The owner

    /// Like `DataAccess.with`, for data that must be there already.
    private static func withOwner(
        _ arguments: Arguments, _ body: (any APITransport) throws -> ExitStatus
    ) throws -> ExitStatus {
        let directory = DataAccess.directory(arguments)
        guard arguments.has("--server") || access(directory + "/FORMAT", F_OK) == 0 else {
            throw UserFault(
                .usage, "there is no Nightjar data in \(directory)", hint: "name another directory with --data")
        }
        return try DataAccess.with(arguments, writes: true, body)
    }

    private static func printAnswer(
        _ transport: any APITransport, _ operation: String, _ query: [(String, String?)]
    ) throws -> ExitStatus {
        let response = try transport.fetch(DataAccess.request("POST", "/api/v1/operations/" + operation, query))
        (response.bytes ?? []).withUnsafeBytes { Console.write($0, to: 1) }
        return .done
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }
}
