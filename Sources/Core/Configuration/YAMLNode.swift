import CYAML

/// A YAML document as a tree with the lines of its nodes. Anchors, tags and merges are not supported and refused.
public indirect enum YAMLNode: Sendable, Equatable {
    case scalar(String, line: Int)
    case sequence([YAMLNode], line: Int)
    /// In order of the file.
    case mapping([(key: String, value: YAMLNode)], line: Int)

    public static func == (left: YAMLNode, right: YAMLNode) -> Bool {
        switch (left, right) {
        case (.scalar(let a, _), .scalar(let b, _)): a == b
        case (.sequence(let a, _), .sequence(let b, _)): a == b
        case (.mapping(let a, _), .mapping(let b, _)):
            a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    public var line: Int {
        switch self {
        case .scalar(_, let line), .sequence(_, let line), .mapping(_, let line): line
        }
    }

    /// Parses one document; an empty one is an empty mapping.
    public static func parse(_ text: String, file: String) throws(UserFault) -> YAMLNode {
        var builder = YAMLTreeBuilder(file: file)
        let bytes = Array(text.utf8)
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else {
            throw UserFault(.unavailable, "\(file): no memory to parse it")
        }
        defer { yaml_parser_delete(&parser) }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(UserFault) -> YAMLNode in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            while true {
                var event = yaml_event_t()
                guard yaml_parser_parse(&parser, &event) == 1 else {
                    let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
                    throw UserFault(.usage, "\(file):\(parser.problem_mark.line + 1): \(problem)")
                }
                defer { yaml_event_delete(&event) }
                if event.type == YAML_STREAM_END_EVENT { break }
                try builder.take(event)
            }
            return builder.root ?? .mapping([], line: 1)
        }
    }
}

/// Builds the tree from libyaml's events.
private struct YAMLTreeBuilder {
    private enum Open {
        case sequence([YAMLNode], line: Int)
        case mapping([(key: String, value: YAMLNode)], key: String?, line: Int)
    }

    let file: String
    private var open: [Open] = []
    private(set) var root: YAMLNode?

    init(file: String) { self.file = file }

    mutating func take(_ event: yaml_event_t) throws(UserFault) {
        let line = Int(event.start_mark.line) + 1
        switch event.type {
        case YAML_SCALAR_EVENT:
            let value = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: value.value, count: value.length), as: UTF8.self)
            let isNull = value.style == YAML_PLAIN_SCALAR_STYLE && (text == "~" || text == "null")
            try add(.scalar(isNull ? "" : text, line: line))
        case YAML_SEQUENCE_START_EVENT: try push(.sequence([], line: line), line)
        case YAML_MAPPING_START_EVENT: try push(.mapping([], key: nil, line: line), line)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            switch open.removeLast() {
            case .sequence(let nodes, let line): try add(.sequence(nodes, line: line))
            case .mapping(let pairs, _, let line): try add(.mapping(pairs, line: line))
            }
        case YAML_ALIAS_EVENT: throw UserFault(.usage, "\(file):\(line): YAML aliases are not supported")
        default: break
        }
    }

    private mutating func push(_ node: Open, _ line: Int) throws(UserFault) {
        guard open.count < 16 else { throw UserFault(.usage, "\(file):\(line): nested more than 16 deep") }
        open.append(node)
    }

    private mutating func add(_ node: YAMLNode) throws(UserFault) {
        guard let last = open.popLast() else {
            root = node
            return
        }
        switch last {
        case .sequence(let nodes, let line): open.append(.sequence(nodes + [node], line: line))
        case .mapping(let pairs, nil, let line):
            guard case .scalar(let key, _) = node else {
                throw UserFault(.usage, "\(file):\(node.line): a key must be a word")
            }
            guard !pairs.contains(where: { $0.key == key }) else {
                throw UserFault(.usage, "\(file):\(node.line): \(key) stands twice")
            }
            open.append(.mapping(pairs, key: key, line: line))
        case .mapping(let pairs, let key?, let line):
            open.append(.mapping(pairs + [(key, node)], key: nil, line: line))
        }
    }
}
