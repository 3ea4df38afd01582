import Core

/// One option of a command.
struct OptionSpec: Sendable {
    let name: String
    /// What stands for the value in help; nil for a flag.
    let value: String?
    let help: String
    let isRepeatable: Bool

    init(_ name: String, _ value: String? = nil, _ help: String, isRepeatable: Bool = false) {
        self.name = name
        self.value = value
        self.help = help
        self.isRepeatable = isRepeatable
    }
}

/// One command: how it is called, what it does, and the function that does it.
struct CommandSpec: Sendable {
    /// One word or two: `catalog import`.
    let name: String
    /// Positional arguments as help shows them.
    let positionals: String
    let summary: String
    let options: [OptionSpec]
    let minPositionals: Int
    let maxPositionals: Int
    /// A tool of tests: its own help page tells of it, the overview does not.
    let isHidden: Bool
    let run: @Sendable (Arguments) throws -> ExitStatus

    init(
        _ name: String, _ positionals: String, _ summary: String, options: [OptionSpec] = [],
        positionalCount: ClosedRange<Int>, isHidden: Bool = false,
        run: @escaping @Sendable (Arguments) throws -> ExitStatus
    ) {
        self.name = name
        self.positionals = positionals
        self.summary = summary
        self.options = options
        minPositionals = positionalCount.lowerBound
        maxPositionals = positionalCount.upperBound
        self.isHidden = isHidden
        self.run = run
    }

    var usage: String { "nightjar \(name)" + (positionals.isEmpty ? "" : " " + positionals) }
}

/// What the shell sees: 0 done; 1 the data or the service says no; 2 wrong arguments or configuration.
enum ExitStatus: Int32 {
    case done = 0
    case no = 1
    case usage = 2
}

extension UserFault {
    var exitStatus: ExitStatus { kind == .usage ? .usage : .no }
}
