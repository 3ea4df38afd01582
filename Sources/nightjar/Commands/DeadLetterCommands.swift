import Core
import Service

/// `nightjar deadletters …`: what could not be read.
enum DeadLetterCommands {
    static let specs = [list, show, retry]

    private static let list = CommandSpec(
        "deadletters list", "", "what could not be read: where it came from and why",
        options: DataAccess.options + [
            OptionSpec("--all", nil, "those that were read since, too"), OptionSpec("--from", "ID", "start there"),
            OptionSpec("--limit", "N", "at most N"),
        ], positionalCount: 0...0
    ) { arguments in
        try DataAccess.printAnswer(
            arguments, "GET", "/api/v1/deadletters",
            [
                ("open", arguments.has("--all") ? "false" : "true"), ("from", arguments.text("--from")),
                ("limit", arguments.text("--limit")),
            ])
    }

    private static let show = CommandSpec(
        "deadletters show", "ID", "one of them; --message writes its bytes as they arrived",
        options: DataAccess.options + [OptionSpec("--message", nil, "the message's bytes instead of its description")],
        positionalCount: 1...1
    ) { arguments in
        guard let id = Int64(arguments.positionals[0]), id >= 0 else {
            throw UserFault(.usage, "\"\(arguments.positionals[0])\" is no number of a dead letter")
        }
        return try DataAccess.printAnswer(
            arguments, "GET", "/api/v1/deadletters/\(id)" + (arguments.has("--message") ? "/message" : ""))
    }

    private static let retry = CommandSpec(
        "deadletters retry", "", "read every open one again, through the whole pipeline",
        options: DataAccess.options + [
            OptionSpec("--config", "FILE", "settings, where no broker runs"),
            OptionSpec("--registry", "URL", "schema registry for ids that are not bundled, where no broker runs"),
        ], positionalCount: 0...0
    ) { arguments in
        try DataAccess.printAnswer(arguments, "POST", "/api/v1/operations/deadletters-retry", writes: true)
    }
}
