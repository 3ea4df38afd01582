/// A record that cannot be used: it becomes a dead letter, and the stream goes on.
public struct RecordFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, as one of few words to count by.
    public enum Reason: String, Sendable, CaseIterable {
        /// Not an alert frame at all: unknown magic, wrong endianness, empty message.
        case framing
        /// The registry does not know the schema id, or the schema is not an alert's.
        case schema
        /// The body ends before the schema does.
        case truncated
        /// The bytes do not fit the schema: bad union branch, negative length, trailing bytes, depth or size limits.
        case malformed
        /// The message is larger than the limit.
        case oversized
        /// A container's block, codec or sync marker is damaged.
        case container
        /// Decodes, but cannot be: no id, a position outside the sky, a time in the future.
        case impossible
    }

    public let reason: Reason
    /// One sentence with the values that explain it.
    public let detail: String
    /// Byte offset inside the message where reading stopped, −1 when it does not apply.
    public let byteOffset: Int
    /// Dotted path of the field (`diaSource.psfFlux`), empty when it does not apply.
    public let fieldPath: String

    public init(_ reason: Reason, _ detail: String, byteOffset: Int = -1, fieldPath: String = "") {
        self.reason = reason
        self.detail = detail
        self.byteOffset = byteOffset
        self.fieldPath = fieldPath
    }

    public var description: String {
        var text = "\(reason.rawValue): \(detail)"
        if !fieldPath.isEmpty { text += " (field \(fieldPath))" }
        if byteOffset >= 0 { text += " at byte \(byteOffset)" }
        return text
    }
}
