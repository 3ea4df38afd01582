import Core
import Synchronization

/// The orbit set in use. A newer version replaces it between two batches; whoever still works with the older one keeps it.
public final class OrbitSetInUse: Sendable {
    public let store: OrbitStore
    private let state = Mutex(State())
    private let log = Log("orbits")

    private struct State {
        var set: OrbitSet?
        var fault: String?
    }

    /// Opens the version in use. One that is missing or broken stops nobody: what needs it is *unknown*.
    public init(store: OrbitStore) {
        self.store = store
        refresh()
    }

    /// The mapped set; nil before any import, and while it cannot be used.
    public var current: OrbitSet? { state.withLock { $0.set }.flatMap { $0.isDamaged ? nil : $0 } }
    /// Its version id, empty without a set.
    public var versionID: String { current?.versionID ?? "" }
    /// Why the set cannot be used, or why its newer version was not taken; nil when all is well.
    public var fault: String? { state.withLock { $0.fault ?? $0.set?.damage } }

    /// Takes a newer version, and tries a broken one again. Cheap where nothing changed: one small file is read.
    /// - Returns: whether another version is in use now.
    @discardableResult
    public func refresh() -> Bool {
        let before = current
        guard let version = store.currentVersion(), version != before?.versionID else { return false }
        do {
            let set = try store.openCurrent()
            state.withLock { $0 = State(set: set ?? before) }
            if before != nil {
                log.info(
                    "a newer orbit set is in use", ["version": .text(set?.versionID ?? ""), "orbits": "\(set?.count ?? 0)"])
            }
            return true
        } catch {
            // A damaged newer version leaves the older one in use.
            let text = "\(error)"
            let isNew = state.withLock { state in
                defer { state.fault = text }
                return state.fault != text
            }
            if isNew { log.error("the orbit set cannot be used", ["detail": .text(text)]) }
            return false
        }
    }
}
