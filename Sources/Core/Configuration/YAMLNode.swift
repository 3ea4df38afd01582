import CYAML

/// A YAML document as a tree with the lines of its nodes. Anchors, tags, merges and a second document
/// are not supported and refused.
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
    /// A sequence or a mapping that has not ended.
    private struct Open {
        let isMapping: Bool
        let line: Int
        var nodes: [YAMLNode] = []
        var pairs: [(key: String, value: YAMLNode)] = []
        var key: String?
    }

    /// More nodes than anybody writes: a file of something else.
    static let nodesMax = 100_000

    let file: String
    private var open: [Open] = []
    private var nodeCount = 0
    private var documentCount = 0
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
        case YAML_SEQUENCE_START_EVENT: try push(Open(isMapping: false, line: line))
        case YAML_MAPPING_START_EVENT: try push(Open(isMapping: true, line: line))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            let ended = open.removeLast()
            try add(
                ended.isMapping
                    ? .mapping(ended.pairs, line: ended.line) : .sequence(ended.nodes, line: ended.line))
        case YAML_DOCUMENT_START_EVENT:
            documentCount += 1
            guard documentCount == 1 else {
                throw UserFault(
                    .usage, "\(file):\(line): a second document begins", hint: "settings are one document, without ---")
            }
        case YAML_ALIAS_EVENT: throw UserFault(.usage, "\(file):\(line): YAML aliases are not supported")
        default: break
        }
    }

    private mutating func push(_ node: Open) throws(UserFault) {
        guard open.count < 16 else { throw UserFault(.usage, "\(file):\(node.line): nested more than 16 deep") }
        open.append(node)
    }

    private mutating func add(_ node: YAMLNode) throws(UserFault) {
        nodeCount += 1
        guard nodeCount <= YAMLTreeBuilder.nodesMax else {
            throw UserFault(
                .tooLarge, "\(file):\(node.line): more than \(YAMLTreeBuilder.nodesMax) entries",
                hint: "files may be directories and patterns")
        }
        let top = open.count - 1
        guard top >= 0 else {
            root = node
            return
        }
        guard open[top].isMapping else {
            open[top].nodes.append(node)
            return
        }
        if let key = open[top].key {
            open[top].pairs.append((key, node))
            open[top].key = nil
            return
        }
        guard case .scalar(let key, _) = node else {
            throw UserFault(.usage, "\(file):\(node.line): a key must be a word")
        }
        guard !open[top].pairs.contains(where: { $0.key == key }) else {
            throw UserFault(.usage, "\(file):\(node.line): \(key) stands twice")
        }
        open[top].key = key
    }
}
