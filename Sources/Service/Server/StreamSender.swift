import CMicroHTTPD
import Core
import Glibc

/// Feeds a stream's pieces to libmicrohttpd. One connection's thread at a time calls it.
final class StreamSender {
    private let stream: any BodyStream
    private let server: HTTPServer
    private let connection: OpaquePointer
    private var piece: [UInt8] = []
    private var sent = 0
    private var step = StreamStep.more

    private static let endOfStream = -1

    init(stream: any BodyStream, server: HTTPServer, connection: OpaquePointer) {
        self.stream = stream
        self.server = server
        self.connection = connection
        server.opened(stream)
        if server.isStopping.load(ordering: .relaxed) { stream.stop() }
    }

    deinit { server.closed(stream) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            if sent < piece.count {
                let count = min(buffer.count, piece.count - sent)
                piece.withUnsafeBytes {
                    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<sent + count]))
                }
                sent += count
                return count
            }
            if step == .end { return StreamSender.endOfStream }
            if case .wait(let seconds) = step {
                step = .more
                // 0 with a suspended connection: libmicrohttpd asks again when it is resumed.
                if !server.isStopping.load(ordering: .relaxed), server.waker.suspend(connection, seconds: seconds) {
                    return 0
                }
            }
            piece.removeAll(keepingCapacity: true)
            sent = 0
            step = stream.next(into: &piece)
            if piece.isEmpty, step == .more { step = .wait(seconds: 0.01) }
        }
    }
}

func readStream(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
    guard let context, let buffer else { return -2 }
    let sender = Unmanaged<StreamSender>.fromOpaque(context).takeUnretainedValue()
    return sender.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
}

func freeStream(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<StreamSender>.fromOpaque(context).release()
}
