import Core

/// The records of one file in order, through all its layers: a stack of readers, the innermost on top.
///
/// Memory is bounded by the largest message (or container block) and one buffer a layer.
final class FileWalker {
    struct Options {
        var messageBytesMax: Int
        /// A file that was named itself must hold alerts; text found in a directory is passed over.
        var isTextAFault: Bool
        var schemas: any ContainerSchemas
    }

    private static let layersMax = 6
    private let options: Options
    private var layers: [any RecordReader] = []
    /// A damaged layer was reported, and nothing was read since: the layers around it fail for the same reason.
    private var hasJustFailed = false
    /// Ordinal of the next record.
    private(set) var ordinal: Int64 = 0
    private(set) var textFilesPassedOver = 0

    convenience init(path: String, options: Options) throws(DependencyFault) {
        try self.init(options: options) { () throws(ReadFault) in try FileStream(path: path) }
    }

    init(options: Options, stream: () throws(ReadFault) -> any ByteStream) throws(DependencyFault) {
        self.options = options
        do {
            try open(BufferedReader(stream()), nesting: 0)
        } catch {
            switch error {
            case .dependency(let fault): throw fault
            case .damaged(let fault): layers.append(SingleFault(fault))
            }
        }
    }

    /// The next record, nil at the end of the file.
    func next(into arena: ByteArena) throws(DependencyFault) -> FileRecord? {
        while let top = layers.last {
            do throws(ReadFault) {
                switch try top.next(into: arena) {
                case .record(let record):
                    // A layer that ends too early and says so itself: those around it end there too.
                    hasJustFailed = record.fault?.reason == .truncated
                    ordinal += 1
                    return record
                case .descend(let entry):
                    try openEntry(entry)
                case .end: layers.removeLast()
                }
            } catch {
                let fault = try damage(error)
                leave(top)
                if hasJustFailed { continue }
                hasJustFailed = true
                ordinal += 1
                return FileRecord(fault: fault)
            }
        }
        return nil
    }

    /// Passes over records until the ordinal is `target`, or the file ends.
    func skip(to target: Int64) throws(DependencyFault) {
        let scratch = ByteArena()
        while ordinal < target {
            if let top = layers.last {
                do {
                    ordinal += try top.skip(atMost: target - ordinal)
                } catch {
                    // The next read meets the damage again and reports it.
                    _ = try damage(error)
                }
            }
            guard ordinal < target else { return }
            guard try next(into: scratch) != nil else { return }
            scratch.removeAll()
        }
    }

    /// An entry that cannot be taken apart is one fault; the archive around it stands.
    private func openEntry(_ entry: BufferedReader) throws(ReadFault) {
        do throws(ReadFault) {
            try open(entry, nesting: layers.count)
        } catch {
            guard case .damaged(let fault) = error else { throw error }
            layers.append(SingleFault(fault))
        }
    }

    private func damage(_ error: ReadFault) throws(DependencyFault) -> RecordFault {
        switch error {
        case .dependency(let fault): throw fault
        case .damaged(let fault): return fault
        }
    }

    /// An archive goes on with its next entry after a damaged one; a damaged archive is over itself.
    private func leave(_ failed: any RecordReader) {
        while let last = layers.popLast(), last !== failed {}
    }

    private func open(_ reader: BufferedReader, nesting: Int) throws(ReadFault) {
        var input = reader
        for _ in 0..<FileWalker.layersMax {
            switch try AlertFileFormat.sniff(input, messageBytesMax: options.messageBytesMax) {
            case .empty: return
            case .gzip: input = BufferedReader(InflateStream(input))
            case .zstd: input = BufferedReader(ZstdStream(input))
            case .message: return layers.append(MessageReader(input, messageBytesMax: options.messageBytesMax))
            case .framed: return layers.append(FramedReader(input, messageBytesMax: options.messageBytesMax))
            case .container:
                return layers.append(
                    try ContainerReader(input, schemas: options.schemas, messageBytesMax: options.messageBytesMax))
            case .tar:
                guard nesting < FileWalker.layersMax else { throw tooDeep }
                return layers.append(TarReader(input))
            case .text where nesting > 0 || !options.isTextAFault:
                textFilesPassedOver += 1
                return
            case .text, .unknown:
                let fault = RecordFault(
                    .framing, "neither a container, a message, frames, an archive nor compressed", byteOffset: 0)
                return layers.append(SingleFault(fault, head: try input.peek(1024)))
            }
        }
        throw tooDeep
    }

    private var tooDeep: ReadFault {
        .damaged(RecordFault(.container, "archives inside archives, more than \(FileWalker.layersMax) deep"))
    }
}

/// A file or entry that holds no alerts: one fault stands for it.
private final class SingleFault: RecordReader {
    private let fault: RecordFault
    private let head: [UInt8]
    private var isDone = false

    init(_ fault: RecordFault, head: UnsafeRawBufferPointer? = nil) {
        self.fault = fault
        self.head = head.map { [UInt8]($0) } ?? []
    }

    func next(into arena: ByteArena) throws(ReadFault) -> FileStep {
        guard !isDone else { return .end }
        isDone = true
        let bytes = head.withUnsafeBytes { arena.append($0) }
        return .record(FileRecord(bytes, framing: .confluent, fault: fault))
    }
}
