/// Every command, in the order of help.
enum Commands {
    static let all: [CommandSpec] =
        RunCommands.specs + [DecodeCommand.spec] + FilterCommands.specs + QuestionCommands.specs + DeadLetterCommands.specs
}
