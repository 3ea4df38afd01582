import Core

/// Confluent's wire format: a zero byte, the schema's registry id in four bytes big-endian, the Avro body.
public struct ConfluentFrame: Sendable, Equatable {
    public static let headerBytes = 5
    public let schemaID: Int32

    /// Reads the header; a `framing` fault when it is none.
    public init(_ message: UnsafeRawBufferPointer) throws(RecordFault) {
        guard message.count >= ConfluentFrame.headerBytes else {
            throw RecordFault(.framing, "a message of \(message.count) bytes has no frame", byteOffset: 0)
        }
        guard message[0] == 0 else {
            throw RecordFault(.framing, "the first byte is \(message[0]), not 0", byteOffset: 0)
        }
        let id = UInt32(bigEndian: message.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
        guard let schemaID = Int32(exactly: id), schemaID > 0 else {
            throw RecordFault(.framing, "the schema id \(id) is not positive", byteOffset: 1)
        }
        self.schemaID = schemaID
    }

    public init(schemaID: Int32) { self.schemaID = schemaID }

    /// The five bytes that go before a body.
    public var header: [UInt8] { [0] + withUnsafeBytes(of: UInt32(bitPattern: schemaID).bigEndian) { Array($0) } }

    static func writeHeader(schemaID: Int32, to bytes: UnsafeMutableRawBufferPointer) {
        bytes[0] = 0
        bytes.storeBytes(of: UInt32(bitPattern: schemaID).bigEndian, toByteOffset: 1, as: UInt32.self)
    }

    /// Where a small id would be if the message were little-endian, for the fault's message.
    static func swapped(_ id: Int32) -> Int32 { Int32(bitPattern: UInt32(bitPattern: id).byteSwapped) }
}
