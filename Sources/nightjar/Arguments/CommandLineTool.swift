import Core
import Glibc

/// Finds the command, parses its arguments, runs it, and says what went wrong in the same words everywhere.
enum CommandLineTool {
    static func run(_ words: [String]) -> ExitStatus {
        openStandardDescriptors()
        signal(SIGPIPE, SIG_IGN)
        do {
            return try dispatch(words.dropFirst())
        } catch let fault as UserFault {
            Console.error("nightjar: \(fault)")
            return fault.exitStatus
        } catch let fault as DependencyFault {
            Console.error("nightjar: \(fault)")
            return .no
        } catch {
            Console.error("nightjar: \(error)")
            return .no
        }
    }

    /// Where the parent closed them, the next files opened would be 0, 1 and 2: what is printed would go into the database.
    private static func openStandardDescriptors() {
        while case let opened = open("/dev/null", O_RDWR), opened >= 0 {
            guard opened > 2 else { continue }
            close(opened)
            return
        }
    }

    private static func dispatch(_ words: ArraySlice<String>) throws -> ExitStatus {
        guard let first = words.first else {
            Console.error(Help.overview)
            return .usage
        }
        if first == "help" || first == "--help" || first == "-h" {
            return try help(Array(words.dropFirst()).joined(separator: " "))
        }
        if first == "--version" || first == "version" {
            Console.print(Software.version)
            return .done
        }
        let two = words.prefix(2).joined(separator: " ")
        let command = Commands.all.first { $0.name == two } ?? Commands.all.first { $0.name == first }
        guard let command else { throw unknownCommand(two, first) }
        let rest = words.dropFirst(command.name == two && words.count > 1 && two.contains(" ") ? 2 : 1)
        if rest.contains("--help") { return try help(command.name) }
        // First of all: a stop that is asked for while the directory is opened drains too.
        if RunCommands.specs.contains(where: { $0.name == command.name }) { Signals.install() }
        return try command.run(try Arguments(rest, command: command))
    }

    private static func help(_ name: String) throws(UserFault) -> ExitStatus {
        if name.isEmpty {
            Console.print(Help.overview)
        } else if name == "configuration" {
            Console.write(Configuration.documentedDefault, to: 1)
        } else if let command = Commands.all.first(where: { $0.name == name }) {
            Console.print(Help.page(of: command))
        } else {
            let family = Commands.all.filter { $0.name.hasPrefix(name + " ") }
            guard !family.isEmpty else { throw unknownCommand(name, name) }
            Console.print(family.map { Help.line(of: $0) }.joined(separator: "\n"))
        }
        return .done
    }

    private static func unknownCommand(_ two: String, _ first: String) -> UserFault {
        let family = Commands.all.filter { $0.name.hasPrefix(first + " ") }
        if !family.isEmpty {
            let known = family.map { $0.name.dropFirst(first.count + 1) }.joined(separator: ", ")
            if two == first { return UserFault(.usage, "nightjar \(first) needs one more word", detail: known) }
            let nearest = NearestName.find(two, among: family.map(\.name))
            return UserFault(
                .usage, "there is no command \(two)", detail: "nightjar \(first): \(known)",
                hint: nearest.map { "did you mean nightjar \($0)?" } ?? "")
        }
        let nearest =
            NearestName.find(two, among: Commands.all.map(\.name))
            ?? NearestName.find(first, among: Commands.all.map(\.name))
        return UserFault(
            .usage, "there is no command \(first)",
            hint: nearest.map { "did you mean nightjar \($0)?" } ?? "nightjar help")
    }
}

enum Help {
    static var overview: String {
        "nightjar: an alert broker and time-domain database for Rubin\n\n"
            + Commands.all.filter { !$0.isHidden }.map { line(of: $0) }.joined(separator: "\n")
            + "\n\nnightjar help COMMAND explains one, nightjar help configuration every setting.\nExit status: 0 done, 1 the data or the service says no, 2 wrong arguments."
    }

    static func line(of command: CommandSpec) -> String {
        let usage = "  nightjar \(command.name)"
        return usage + String(repeating: " ", count: max(1, 32 - usage.count)) + command.summary
    }

    static func page(of command: CommandSpec) -> String {
        var text = "\(command.usage)\n\n\(command.summary)\n"
        if !command.options.isEmpty { text += "\n" }
        for option in command.options {
            let usage = "  \(option.name)" + (option.value.map { " " + $0 } ?? "")
            text += usage + String(repeating: " ", count: max(2, 28 - usage.count)) + option.help + "\n"
        }
        return text
    }
}
