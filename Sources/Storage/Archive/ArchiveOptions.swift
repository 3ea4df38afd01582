/// What is kept of the messages as they came, and how long.
public struct ArchiveOptions: Sendable {
    public var isEnabled = true
    /// Whether the image cutouts are kept too, in segments of their own.
    public var keepsCutouts = false
    /// Segments older than this go.
    public var days = 7.0
    /// The oldest segments go beyond this.
    public var maxBytes: Int64 = 50 << 30

    public init() {}
}
