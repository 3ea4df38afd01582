import Avro
import Core
import Glibc
import Simulator
import Streams

/// Where simulated packets go: files of one of three forms, or a Kafka topic. Called in order of sending.
protocol PacketOutput: AnyObject {
    func begin(_ visit: VisitInfo) throws
    func write(_ message: UnsafeRawBufferPointer, id: DiaSourceID, producedAtUnixSeconds: Double) throws
    func finish() throws
}

/// One file for everything, or in a directory one file a visit.
final class FileOutput: PacketOutput {
    private let path: String
    private let form: Form
    private let isDirectory: Bool
    private var container: (writer: AvroContainerWriter, file: OutputFile)?
    private var framed: FramedMessageWriter?
    private var messageCount = 0

    enum Form {
        case framed
        case container(AvroSchema)
        case messages
    }

    /// - Parameter path: a directory when it exists as one, ends in `/`, or `form` is messages.
    init(_ path: String, form: Form) throws(UserFault) {
        var status = stat()
        let exists = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        var isDirectory = exists || path.hasSuffix("/")
        if case .messages = form { isDirectory = true }
        self.isDirectory = isDirectory
        self.path = isDirectory && path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
        self.form = form
        if isDirectory { try DirectoryTree.make(self.path) } else { try openFile(path) }
    }

    func begin(_ visit: VisitInfo) throws {
        guard isDirectory else { return }
        try finish()
        switch form {
        case .framed: try openFile("\(path)/\(visit.visit.id).zst")
        case .container: try openFile("\(path)/\(visit.visit.id).avro")
        case .messages: break
        }
    }

    private func openFile(_ name: String) throws(UserFault) {
        switch form {
        case .framed: framed = try FramedMessageWriter(path: name)
        case .container(let schema): container = (AvroContainerWriter(schema: schema), try OutputFile(name))
        case .messages: break
        }
    }

    func write(_ message: UnsafeRawBufferPointer, id: DiaSourceID, producedAtUnixSeconds: Double) throws {
        switch form {
        case .framed: try framed?.write(message)
        case .container:
            // A container's records have no framing of their own.
            container?.writer.append(UnsafeRawBufferPointer(rebasing: message.dropFirst(5)))
            if let bytes = container?.writer.drain(), !bytes.isEmpty { try container?.file.write(bytes) }
        case .messages:
            // The number keeps the order of sending, and two sendings of one alert apart.
            let number = String(messageCount)
            messageCount += 1
            let name = String(repeating: "0", count: max(0, 9 - number.count)) + number + "-\(id).alert"
            let file = try OutputFile("\(path)/\(name)")
            defer { file.close() }
            try file.write(Array(message))
        }
    }

    func finish() throws {
        try framed?.finish()
        framed = nil
        container?.writer.closeBlock()
        if let bytes = container?.writer.drain() { try container?.file.write(bytes) }
        container?.file.close()
        container = nil
    }
}

/// A topic: packets of one detector image go to one partition, so that an object's alerts stay in order.
final class KafkaOutput: PacketOutput {
    private let writer: KafkaMessageWriter
    private let topic: String
    private let partitionCount: UInt64

    init(bootstrap: String, topic: String, partitionCount: Int) throws(UserFault) {
        writer = try KafkaMessageWriter(KafkaConnection(bootstrapServers: bootstrap))
        self.topic = topic
        self.partitionCount = UInt64(partitionCount)
    }

    func begin(_ visit: VisitInfo) throws {}

    func write(_ message: UnsafeRawBufferPointer, id: DiaSourceID, producedAtUnixSeconds: Double) throws {
        var random = SeededRandom(seed: UInt64(bitPattern: RubinIdentifiers.detectorImage(of: id.rawValue)))
        try writer.write(
            message, topic: topic, partition: Int32(random.next() % partitionCount),
            producedAtUnixSeconds: producedAtUnixSeconds)
    }

    func finish() throws { try writer.flush() }
}
