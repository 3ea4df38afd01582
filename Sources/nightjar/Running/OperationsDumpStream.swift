import Core
import Service
import Storage
import Synchronization

/// The canonical dump as a body: a thread of its own writes pieces, the sender takes them.
///
/// A dump that fails ends with a line that begins with `failureMark`; no line of a dump does.
final class DumpStream: BodyStream, @unchecked Sendable {
    static let failureMark = "# the dump failed: "

    private let pieces = BoundedQueue<[UInt8]>(capacity: 16)
    private let isComplete: Completion
    private let thread: NamedThread

    private final class Completion: Sendable {
        let flag = Atomic<Bool>(false)
    }

    init(_ database: EmbeddedDatabase) {
        let (pieces, completion) = (pieces, Completion())
        isComplete = completion
        thread = NamedThread("nightjar-dump") {
            do throws(DependencyFault) {
                try database.dump { (bytes) throws(DependencyFault) in
                    guard pieces.push(Array(bytes)) else {
                        throw DependencyFault("the reader", "it has gone", isRetriable: false)
                    }
                }
            } catch {
                pieces.push(Array("\(DumpStream.failureMark)\(error)\n".utf8))
            }
            pieces.close()
            completion.flag.store(true, ordering: .releasing)
        }
    }

    deinit {
        pieces.close()
        thread.join()
    }

    func next(into output: inout [UInt8]) -> StreamStep {
        // The server's thread has other connections: it does not wait here.
        if pieces.count == 0, !isComplete.flag.load(ordering: .acquiring) { return .wait(seconds: 0.01) }
        guard let piece = pieces.pop() else { return .end }
        output += piece
        return .more
    }

    func stop() { pieces.close() }
}
