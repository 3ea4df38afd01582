/// Whether a cell holds a value. Zero means it does, so that a cleared buffer is all values.
public enum CellState: UInt8, Sendable {
    case value = 0
    /// The writer said null.
    case null = 1
    /// The writer's schema has no such field.
    case absent = 2
}
