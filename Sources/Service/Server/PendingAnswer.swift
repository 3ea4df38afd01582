import Core
import Synchronization

/// An answer that takes its time (a fold, a backup, a check): made on a thread of its own, so that the server's threads
/// go on serving others, and no silence limit cuts the connection.
final class PendingAnswer: Sendable {
    /// How often the connection is asked whether the answer is there.
    static let pollSeconds = 0.02

    private let answer: Answer
    private let thread: NamedThread

    private final class Answer: Sendable {
        let response = Mutex<APIResponse?>(nil)
    }

    init(_ make: @escaping @Sendable () -> APIResponse) {
        let answer = Answer()
        self.answer = answer
        thread = NamedThread("http-operation") {
            let response = make()
            answer.response.withLock { $0 = response }
        }
    }

    /// The work uses the database: nobody may forget it before it has ended.
    deinit { thread.join() }

    /// Nil while the work goes on.
    var response: APIResponse? { answer.response.withLock { $0 } }
}

extension Router {
    /// Whether a request is work that may take minutes.
    static func takesTime(_ request: APIRequest) -> Bool {
        request.method == "POST" && request.segments.starts(with: ["api", "v1", "operations"])
    }
}
