/// The broker's settings: a YAML file, over it environment variables, over them options of the command line.
///
/// Unknown keys are errors that name the nearest known one; secrets are read from files.
public struct Configuration: Sendable {
    private var scalars: [String: String] = [:]
    private var lists: [String: [String]] = [:]
    private var groups: [String: [(name: String, value: String)]] = [:]
    /// `NIGHTJAR_…` variables that mean no key, in order, each with the one that is nearest.
    public private(set) var unknownVariables: [(name: String, nearest: String?)] = []

    /// All defaults.
    public init() {}

    /// - Parameters:
    ///   - text: the YAML file's content; `file` names it in errors.
    ///   - environment: `NIGHTJAR_…` variables override the file.
    public init(text: String, file: String, environment: [String: String]) throws(UserFault) {
        try read(YAMLNode.parse(text, file: file), prefix: "", file: file)
        try override(environment)
    }

    // MARK: Reading values

    public func text(_ path: String) -> String { scalars[path] ?? Configuration.key(path).defaultValue }
    public func optionalText(_ path: String) -> String? {
        let value = text(path)
        return value.isEmpty ? nil : value
    }
    public func list(_ path: String) -> [String] { lists[path] ?? [] }
    public func group(_ path: String) -> [(name: String, value: String)] { groups[path] ?? [] }

    public func integer(_ path: String) -> Int {
        guard let value = Int(text(path)) else { preconditionFailure("\(path) was not checked") }
        return value
    }

    public func number(_ path: String) -> Double {
        guard let value = Double(text(path)) else { preconditionFailure("\(path) was not checked") }
        return value
    }

    public func flag(_ path: String) -> Bool { text(path) == "true" }

    /// Sets a value from the command line.
    public mutating func set(_ path: String, to value: String, from place: String) throws(UserFault) {
        let key = Configuration.key(path)
        if key.kind == .list {
            lists[path] = value.split(separator: ",").map { String($0.trimmingSpaces) }
        } else if key.kind == .group {
            groups[path] = try value.split(separator: ",").map { (pair) throws(UserFault) in
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else {
                    throw UserFault(.usage, "\(place): \(path) is NAME=VALUE, separated by commas")
                }
                return (String(parts[0].trimmingSpaces), String(parts[1].trimmingSpaces))
            }
        } else {
            scalars[path] = try Configuration.checked(value, key, place)
        }
    }

    // MARK: Checks

    static func key(_ path: String) -> ConfigurationKey {
        guard let key = keys.first(where: { $0.path == path }) else { preconditionFailure("no key \(path)") }
        return key
    }

    private static func checked(_ value: String, _ key: ConfigurationKey, _ place: String) throws(UserFault) -> String {
        let problem: String? =
            switch key.kind {
            case .integer: Int(value) == nil ? "is no integer" : rangeProblem(Double(value), key)
            case .number: Double(value).map(\.isFinite) != true ? "is no number" : rangeProblem(Double(value), key)
            case .flag: value == "true" || value == "false" ? nil : "is no flag"
            case .text: key.choices.isEmpty || key.choices.contains(value.lowercased()) ? nil : "is not known"
            case .list, .group: nil
            }
        if let problem {
            throw UserFault(
                .usage, "\(place): \(key.path) is \"\(value)\", which \(problem)", detail: key.description,
                hint: "the default is \(key.defaultValue)")
        }
        return key.choices.isEmpty ? value : value.lowercased()
    }

    private static func rangeProblem(_ value: Double?, _ key: ConfigurationKey) -> String? {
        guard let value, !key.range.contains(value) else { return nil }
        let ends = [key.range.lowerBound, key.range.upperBound].map { Int64(exactly: $0).map { "\($0)" } ?? "\($0)" }
        return "is no \(key.kind.rawValue) from \(ends[0]) to \(ends[1])"
    }

    private mutating func read(_ node: YAMLNode, prefix: String, file: String) throws(UserFault) {
        guard case .mapping(let pairs, _) = node else {
            throw UserFault(
                .usage, "\(file):\(node.line): \(prefix.isEmpty ? "the file" : prefix) must be keys and values")
        }
        for (name, value) in pairs {
            let path = prefix.isEmpty ? name : "\(prefix).\(name)"
            if let key = Configuration.keys.first(where: { $0.path == path }) {
                try read(value, key: key, file: file)
            } else if Configuration.keys.contains(where: { $0.path.hasPrefix(path + ".") }) {
                if case .scalar("", _) = value { continue }
                try read(value, prefix: path, file: file)
            } else {
                throw Configuration.unknown(path, "\(file):\(value.line)")
            }
        }
    }

    private mutating func read(_ node: YAMLNode, key: ConfigurationKey, file: String) throws(UserFault) {
        let place = "\(file):\(node.line)"
        switch (key.kind, node) {
        case (.list, .sequence(let items, _)):
            var texts: [String] = []
            for case .scalar(let text, _) in items { texts.append(text) }
            guard texts.count == items.count else {
                throw UserFault(.usage, "\(place): \(key.path) is a list of words")
            }
            lists[key.path] = texts
        case (.list, .scalar(let text, _)): lists[key.path] = text.isEmpty ? [] : [text]
        case (.group, .mapping(let pairs, _)):
            var members: [(name: String, value: String)] = []
            for case (let name, .scalar(let text, _)) in pairs { members.append((name, text)) }
            groups[key.path] = members
        case (_, .scalar("", _)): break
        case (.group, _): throw UserFault(.usage, "\(place): \(key.path) is names and values")
        case (_, .scalar(let text, _)): scalars[key.path] = try Configuration.checked(text, key, place)
        default: throw UserFault(.usage, "\(place): \(key.path) is one value", detail: key.description)
        }
    }

    private mutating func override(_ environment: [String: String]) throws(UserFault) {
        for name in environment.keys.sorted() where name.hasPrefix("NIGHTJAR_") {
            guard let key = Configuration.keys.first(where: { $0.environmentName == name }) else {
                // Not refused: launchers set variables of their own that begin like this.
                unknownVariables.append(
                    (name, NearestName.find(name, among: Configuration.keys.map(\.environmentName))))
                continue
            }
            try set(key.path, to: environment[name] ?? "", from: "environment variable \(name)")
        }
    }

    private static func unknown(_ path: String, _ place: String) -> UserFault {
        let paths = keys.map(\.path)
        let sections = paths.filter { $0.contains(".") }.map { String($0.prefix { $0 != "." }) }
        let nearest = NearestName.find(path, among: path.contains(".") ? paths : paths + sections)
        return UserFault(.usage, "\(place): there is no key \(path)", hint: nearest.map { "did you mean \($0)?" } ?? "")
    }

    /// The documented default file.
    public static var documentedDefault: String {
        var text =
            "# Nightjar's settings, each with its default. Every key is also an environment variable: http.token_file is\n"
        text += "# NIGHTJAR_HTTP_TOKEN_FILE. Secrets are read from files.\n"
        var section = ""
        for key in keys {
            let parts = key.path.split(separator: ".", maxSplits: 1)
            if parts.count == 2, section != parts[0] {
                section = String(parts[0])
                text += "\n\(section):\n"
            } else if parts.count == 1 {
                section = ""
            }
            let indent = parts.count == 2 ? "  " : ""
            let value = key.kind == .list ? "[]" : key.kind == .group ? "{}" : key.defaultValue
            text += "\(indent)# \(key.description)\n\(indent)\(parts[parts.count - 1]): \(value)\n"
        }
        return text
    }
}
