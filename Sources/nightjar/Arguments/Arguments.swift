import Core

/// The parsed arguments of one command.
struct Arguments {
    let command: CommandSpec
    let positionals: [String]
    private let values: [String: [String]]

    /// Options may stand anywhere; `--name=value` and `--name value` mean the same; a negative number is never an option;
    /// `--` ends the options.
    init(_ words: ArraySlice<String>, command: CommandSpec) throws(UserFault) {
        var positionals: [String] = []
        var values: [String: [String]] = [:]
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                break
            }
            guard word.hasPrefix("--") else {
                guard
                    !word.hasPrefix("-") || word == "-" || Double(word) != nil
                        || word.dropFirst().first?.isNumber == true
                else { throw Arguments.unknown(word, command) }
                positionals.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = command.options.first(where: { $0.name == name }) else {
                throw Arguments.unknown(name, command)
            }
            guard option.isRepeatable || values[name] == nil else {
                throw UserFault(.usage, "\(name) is given twice", hint: "nightjar help \(command.name)")
            }
            values[name, default: []].append(try Arguments.value(of: option, inline: parts.dropFirst().first, &rest))
        }
        guard positionals.count >= command.minPositionals, positionals.count <= command.maxPositionals else {
            throw UserFault(
                .usage, positionals.count < command.minPositionals ? "an argument is missing" : "too many arguments",
                detail: "usage: " + command.usage, hint: "nightjar help \(command.name)")
        }
        self.command = command
        self.positionals = positionals
        self.values = values
    }

    private static func value(
        of option: OptionSpec, inline: Substring?, _ rest: inout ArraySlice<String>
    ) throws(UserFault) -> String {
        guard let valueName = option.value else {
            if inline != nil { throw UserFault(.usage, "\(option.name) takes no value") }
            return "true"
        }
        if let inline { return String(inline) }
        guard let next = rest.popFirst() else {
            throw UserFault(.usage, "\(option.name) needs a value: \(valueName)")
        }
        return next
    }

    private static func unknown(_ name: String, _ command: CommandSpec) -> UserFault {
        let nearest = NearestName.find(name, among: command.options.map(\.name))
        return UserFault(
            .usage, "nightjar \(command.name) has no option \(name)",
            hint: nearest.map { "did you mean \($0)?" } ?? "nightjar help \(command.name)")
    }

    func has(_ name: String) -> Bool { values[name] != nil }
    func text(_ name: String) -> String? { values[name]?.last }
    func texts(_ name: String) -> [String] { values[name] ?? [] }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(UserFault) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw UserFault(
                .usage, "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    func number(_ name: String) throws(UserFault) -> Double? {
        guard let text = text(name) else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw UserFault(.usage, "\(name) takes a number, not \"\(text)\"")
        }
        return value
    }

    /// One of a few words.
    func choice(_ name: String, _ choices: [String], default first: String) throws(UserFault) -> String {
        guard let text = text(name) else { return first }
        guard choices.contains(text) else {
            throw UserFault(.usage, "\(name) is one of \(choices.joined(separator: ", ")), not \"\(text)\"")
        }
        return text
    }

    /// A positional that must be a 64-bit id.
    func identifier(_ index: Int, _ what: String) throws(UserFault) -> Int64 {
        guard let value = Int64(positionals[index]), value > 0 else {
            throw UserFault(
                .usage, "\"\(positionals[index])\" is no \(what)", hint: "ids are whole numbers from 1 to \(Int64.max)")
        }
        return value
    }
}
