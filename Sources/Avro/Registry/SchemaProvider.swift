import Core

/// Gives writer schemas by registry id.
public protocol SchemaProvider: Sendable {
    /// An id that the registry does not know is a record fault, a registry that does not answer a dependency fault.
    func schema(id: Int32) throws(AlertFault) -> AvroSchema
}

/// Why an alert could not be decoded: the record's fault becomes a dead letter, a dependency's waits and is tried again.
public enum AlertFault: Error, Sendable, CustomStringConvertible {
    case record(RecordFault)
    case dependency(DependencyFault)

    public var description: String {
        switch self {
        case .record(let fault): fault.description
        case .dependency(let fault): fault.description
        }
    }
}
