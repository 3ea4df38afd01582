/// Something that the user asked for and cannot have: says what happened, detail, and what to do.
public struct UserFault: Error, Sendable, CustomStringConvertible {
    /// What kind of "no" it is, from which come exit statuses and HTTP statuses.
    public enum Kind: Sendable, Equatable {
        /// Wrong arguments, configuration, file or query: exit 2, HTTP 400.
        case usage
        /// What was asked for is not there: exit 1, HTTP 404.
        case notFound
        /// It was there and has expired: exit 1, HTTP 410.
        case gone
        /// The state forbids it (a second owner, a breaking schema): exit 1, HTTP 409.
        case conflict
        /// Not allowed without a token: exit 1, HTTP 401.
        case unauthorized
        /// Larger than a limit: exit 1, HTTP 413.
        case tooLarge
        /// The data or a dependency says no: exit 1, HTTP 503.
        case unavailable
    }

    public let kind: Kind
    public let what: String
    public let detail: String
    public let hint: String

    public init(_ kind: Kind, _ what: String, detail: String = "", hint: String = "") {
        self.kind = kind
        self.what = what
        self.detail = detail
        self.hint = hint
    }

    public var description: String {
        [what, detail, hint.isEmpty ? "" : "hint: " + hint].filter { !$0.isEmpty }.joined(separator: "\n  ")
    }
}
