import Core

/// Why a query cannot be used: everything that is wrong with it.
public struct QueryFault: Error, Sendable {
    public let source: [UInt8]
    public let diagnostics: [Diagnostic]

    /// All messages with their lines, in the order of the text.
    public func rendered(name: String) -> String {
        diagnostics.map { $0.rendered(source: source, name: name) }.joined(separator: "\n")
    }

    public func userFault(name: String) -> UserFault {
        let count = diagnostics.count
        return UserFault(
            .usage, "\(name) has \(count) error\(count == 1 ? "" : "s")", detail: rendered(name: name))
    }
}
