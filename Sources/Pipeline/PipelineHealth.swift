import Core
import Synchronization

/// What a running pipeline waits for, for whoever asks whether it does its work.
public final class PipelineHealth: Sendable {
    enum Stage: Int { case read, commit }

    private let faults = Mutex<[DependencyFault?]>([nil, nil])

    public init() {}

    func set(_ stage: Stage, _ fault: DependencyFault?) { faults.withLock { $0[stage.rawValue] = fault } }

    /// One sentence for each stage that waits now.
    public var reasonsNotReady: [String] {
        let (read, commit) = faults.withLock { ($0[0], $0[1]) }
        return [read.map { "nothing is read: \($0)" }, commit.map { "nothing is committed: \($0)" }].compactMap { $0 }
    }
}
