/// Every command, in the order of help.
enum Commands {
    static let all: [CommandSpec] =
        RunCommands.specs + [SimulateCommand.spec, DecodeCommand.spec] + CatalogCommands.specs + OrbitCommands.specs
        + [EphemerisCommand.spec] + MoverCommands.specs + FilterCommands.specs
        + QuestionCommands.specs
        + DeadLetterCommands.specs + DatabaseCommands.specs + [BenchCommand.spec, MockKafkaCommand.spec]
}
