import Core

/// Single records of files by their places: for those that could not be read while their file was still being written.
public final class FileRecords {
    private let schemas: any ContainerSchemas
    private let options: FileSource.Options
    /// The file that was asked last, still open: records of one file are asked for in their order.
    private var last: (partition: InputPartition, walker: FileWalker)?

    /// - Parameter schemas: where writer schemas of containers get their ids.
    public init(schemas: any ContainerSchemas, options: FileSource.Options = FileSource.Options()) {
        self.schemas = schemas
        self.options = options
    }

    /// The record with an ordinal, its bytes in `arena`; nil when the input is no file, the file has gone or ends before,
    /// or the record still cannot be read.
    public func record(
        of partition: InputPartition, at ordinal: Int64, into arena: ByteArena
    ) -> (bytes: ByteReference, framing: MessageFraming)? {
        guard partition.topic.hasPrefix(FileSource.topicPrefix) else { return nil }
        do throws(DependencyFault) {
            let walker = try open(partition, before: ordinal)
            try walker.skip(to: ordinal)
            guard walker.ordinal == ordinal, let record = try walker.next(into: arena), record.fault == nil else {
                return nil
            }
            return (record.bytes, record.framing)
        } catch {
            last = nil
            return nil
        }
    }

    private func open(_ partition: InputPartition, before ordinal: Int64) throws(DependencyFault) -> FileWalker {
        if let last, last.partition == partition, last.walker.ordinal <= ordinal { return last.walker }
        let walker = try FileWalker(
            path: String(partition.topic.dropFirst(FileSource.topicPrefix.count)),
            options: .init(messageBytesMax: options.messageBytesMax, isTextAFault: true, schemas: schemas))
        last = (partition, walker)
        return walker
    }
}
