import Core

/// What the file source must know of the writer schemas of object containers.
public protocol ContainerSchemas: AnyObject {
    /// The id under which bodies of this schema are decoded: the same text, the same id.
    /// - Throws: `RecordFault` when the text is no Avro schema.
    func register(_ schemaJSON: String) throws(RecordFault) -> Int32
    /// Where the body that begins at `start` ends.
    func endOfBody(schemaID: Int32, in bytes: UnsafeRawBufferPointer, from start: Int) throws(RecordFault) -> Int
}
