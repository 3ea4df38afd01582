import ADQL
import Core

/// A filter as its author wrote it, checked: text, names and what it publishes.
public struct FilterDefinition: Sendable {
    /// Lower-case letters, digits and underscores.
    public let name: String
    public let owner: String
    public let title: String
    /// `nightjar_<owner>_<topic or name>`.
    public let topic: String
    public let text: String
    public let query: CheckedQuery
    public let program: FilterProgram
    /// The catalogues that it reads.
    public let catalogues: [RecordedCatalogue]

    public var outputColumns: [OutputColumn] {
        program.output.columns.map { OutputColumn(name: $0.name, type: $0.type) }
    }
    /// What is suspect, in the order of the text.
    public var warnings: [Diagnostic] {
        let all = query.warnings + ConstantConditions.warnings(of: query, in: Array(text.utf8))
        return all.sorted { $0.range.start < $1.range.start }
    }

    /// Reads a filter's text against the tables at hand.
    /// - Parameter name: what to call it, usually its file's name without extension.
    /// - Throws: `UserFault` with every error, its line and a caret.
    public init(text: String, name: String, catalog: Catalog) throws(UserFault) {
        let header = QueryHeader(of: text)
        let checked: CheckedQuery
        do throws(QueryFault) {
            checked = try Checker.check(text, catalog: catalog)
        } catch {
            throw error.userFault(name: name)
        }
        let owner = header.owner ?? "local"
        try FilterDefinition.checkName(name, "filter name")
        try FilterDefinition.checkName(owner, "owner")
        if let topic = header.topic { try FilterDefinition.checkName(topic, "topic") }
        self.name = name
        self.owner = owner
        title = header.title ?? name
        topic = "nightjar_\(owner)_\(header.topic ?? name)"
        self.text = text
        query = checked
        program = FilterCompiler.compile(checked, name: topic)
        catalogues = RecordedCatalogue.all(of: program, in: catalog)
    }

    private static func checkName(_ name: String, _ what: String) throws(UserFault) {
        let isLegal = name.utf8.allSatisfy { byte in
            (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || byte == UInt8(ascii: "_")
        }
        guard isLegal, !name.isEmpty, name.utf8.count <= 100 else {
            throw UserFault(
                .usage, "the \(what) '\(name)' cannot be used",
                hint: "1 to 100 lower-case letters, digits and underscores")
        }
    }

    /// The default name of a filter in a file: what stands before the extension.
    public static func name(ofFile path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = file.lastIndex(of: ".") else { return file }
        return String(file[..<dot])
    }
}

/// A column that a filter publishes.
public struct OutputColumn: Sendable, Equatable {
    public let name: String
    public let type: ColumnType

    public init(name: String, type: ColumnType) {
        self.name = name
        self.type = type
    }
}
