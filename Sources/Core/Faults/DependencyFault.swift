/// A broker, registry, database or disk that does not do its part: the work waits and is tried again, never dropped.
public struct DependencyFault: Error, Sendable, CustomStringConvertible {
    /// Which dependency, in the operator's words: `registry https://…`, `disk /data`.
    public let dependency: String
    /// What happened.
    public let detail: String
    /// What to do about it.
    public let hint: String
    /// False where waiting cannot help (a wrong password, a newer data format): the operator must act.
    public let isRetriable: Bool

    public init(_ dependency: String, _ detail: String, hint: String = "", isRetriable: Bool = true) {
        self.dependency = dependency
        self.detail = detail
        self.hint = hint
        self.isRetriable = isRetriable
    }

    public var description: String { "\(dependency): \(detail)" + (hint.isEmpty ? "" : " (\(hint))") }
}
