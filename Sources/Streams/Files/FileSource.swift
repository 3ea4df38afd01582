import Core

/// Alerts from files: object containers, Confluent messages, frames, tar archives, any of them compressed.
///
/// Each file is one ordered input: topic `file:` + its canonical absolute path, partition 0; the offset is the ordinal of the
/// alert in it, counted through all its layers. A record that cannot be read takes an ordinal too, so that the same file gives the same
/// ordinals every time. Reading goes on from the offset that the database has stored for the file.
public final class FileSource: AlertSource {
    public struct Options {
        /// Larger messages become record faults. Rubin's topics allow 10 485 760 bytes.
        public var messageBytesMax = 10_485_760
        /// A batch ends when it holds this much.
        public var batchBytesMax = 32 << 20

        public init() {}
    }

    /// What was found, for the summary of a run.
    public struct Tally: Sendable, Equatable {
        public var filesRead = 0
        /// Text beside the alerts, in directories and archives.
        public var textFilesPassedOver = 0
        public var recordsPassedOver: Int64 = 0
    }

    private let files: [FilePaths.File]
    private let options: Options
    private let schemas: any ContainerSchemas
    private let nextOffset: (InputPartition) throws(DependencyFault) -> Int64?
    private var index = 0
    private var walker: FileWalker?
    /// Behind what was read of each file that was begun here, or where a rewind put it; the database decides for the others.
    private var resumeAt: [InputPartition: Int64] = [:]
    public private(set) var tally = Tally()

    /// - Parameters:
    ///   - paths: files, directories, patterns. Throws `UserFault` for what does not exist.
    ///   - schemas: where writer schemas of containers get their ids.
    ///   - nextOffset: the database's stored next offset of an input.
    public init(
        paths: [String], schemas: any ContainerSchemas, options: Options = Options(),
        nextOffset: @escaping (InputPartition) throws(DependencyFault) -> Int64?
    ) throws(UserFault) {
        files = try FilePaths.expand(paths)
        self.schemas = schemas
        self.options = options
        self.nextOffset = nextOffset
    }

    /// Throws what `init` throws for paths that mean no file.
    public static func requirePaths(_ paths: [String]) throws(UserFault) { _ = try FilePaths.expand(paths) }

    /// The inputs in the order in which they are read.
    public var partitions: [InputPartition] { files.map { FileSource.partition(of: $0.path) } }

    /// Before the canonical path in the name of an input that is a file.
    static let topicPrefix = "file:"

    /// The input that a file is.
    public static func partition(of canonicalPath: String) -> InputPartition {
        InputPartition(topic: topicPrefix + canonicalPath, partition: 0)
    }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        var added = 0
        while added < limit && batch.arena.count < options.batchBytesMax {
            guard index < files.count else { return added > 0 ? .messages : .ended }
            let partition = FileSource.partition(of: files[index].path)
            do {
                let walker = try open(partition)
                let ordinal = walker.ordinal
                guard let record = try walker.next(into: batch.arena) else {
                    finishFile(walker)
                    continue
                }
                batch.messages.append(
                    MessageBatch.Message(
                        bytes: record.bytes, partition: batch.partitionIndex(partition), offset: ordinal,
                        producedAtUnixSeconds: 0, fault: record.fault, framing: record.framing))
                resumeAt[partition] = ordinal + 1
                added += 1
            } catch {
                walker = nil
                if added > 0 { return .messages }
                throw error
            }
        }
        return .messages
    }

    public func didCommit(_ advances: [PartitionAdvance]) {}

    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        walker = nil
        // A file that the database does not know was never committed: all that was read of it is read again.
        let stored = Dictionary(offsets.map { ($0.partition, $0.next ?? 0) }, uniquingKeysWith: max)
        for place in files.indices.prefix(index + 1).reversed() {
            let partition = FileSource.partition(of: files[place].path)
            let next = stored[partition] ?? 0
            guard let read = resumeAt[partition], read != next else { continue }
            resumeAt[partition] = next
            if next < read { index = place }
        }
    }

    public func close() { walker = nil }

    private func open(_ partition: InputPartition) throws(DependencyFault) -> FileWalker {
        if let walker { return walker }
        let start: Int64
        if let known = resumeAt[partition] { start = known } else { start = try nextOffset(partition) ?? 0 }
        let file = files[index]
        let opened = try FileWalker(
            path: file.path,
            options: .init(messageBytesMax: options.messageBytesMax, isTextAFault: file.isNamed, schemas: schemas))
        try opened.skip(to: start)
        tally.recordsPassedOver += opened.ordinal
        walker = opened
        return opened
    }

    private func finishFile(_ finished: FileWalker) {
        tally.filesRead += 1
        tally.textFilesPassedOver += finished.textFilesPassedOver
        walker = nil
        index += 1
    }
}
