/// Every command, in the order of help.
enum Commands {
    static let all: [CommandSpec] = []
}
