import Core
import Synchronization

/// The catalogues in use, by name. A newer version replaces an older one between two batches; whoever still matches against
/// the older one keeps its mapping.
public final class CatalogueSet: Sendable {
    public let store: CatalogueStore
    private let state: Mutex<[String: Entry]>
    private let log = Log("catalogues")

    private struct Entry {
        var catalogue: Catalogue?
        var fault: String?
    }

    /// Opens the named catalogues. One that is missing or broken does not stop the others: it answers *unknown*.
    public init(store: CatalogueStore, names: [String]) {
        self.store = store
        state = Mutex([:])
        for name in names { load(name) }
    }

    /// The mapped catalogue, nil while it cannot be used.
    public func current(_ name: String) -> Catalogue? { state.withLock { $0[name]?.catalogue } }

    /// Why a catalogue cannot be used, or why its newer version was not taken; nil when all is well.
    public func fault(_ name: String) -> String? { state.withLock { $0[name]?.fault } }

    public var names: [String] { state.withLock { $0.keys.sorted() } }

    /// A catalogue and its version in use, nil while it cannot be used.
    public struct Version: Sendable, Equatable {
        public let name: String
        public let versionID: String?
    }

    /// By name.
    public var versions: [Version] {
        state.withLock { entries in
            entries.keys.sorted().map { Version(name: $0, versionID: entries[$0]?.catalogue?.versionID) }
        }
    }

    /// Takes newer versions, and tries broken catalogues again. Cheap where nothing changed: one small file read each.
    /// - Returns: the names whose version changed.
    @discardableResult
    public func refresh() -> [String] {
        names.filter { name in
            let before = current(name)?.versionID
            if let before, let version = try? store.currentVersion(of: name), version == before { return false }
            load(name)
            return current(name)?.versionID != before
        }
    }

    /// Takes catalogues that were imported since, under names that are new here. Cheap where there are none: one directory read.
    /// - Returns: their names.
    @discardableResult
    public func adoptNewNames() -> [String] {
        let known = Set(names)
        let found = store.names().filter { !known.contains($0) }
        for name in found { load(name) }
        return found
    }

    /// Stops using a version whose files went bad while they were mapped; it is tried again with the next refresh.
    func giveUp(_ name: String, versionID: String) {
        let fault = "a file of version \(versionID) shrank or could not be read while it was in use"
        state.withLock { state in
            guard state[name]?.catalogue?.versionID == versionID else { return }
            state[name] = Entry(catalogue: nil, fault: fault)
        }
        log.warning("a catalogue went bad; its matches are unknown", ["catalogue": "\(name)", "reason": "\(fault)"])
    }

    /// The schema of `nearest.<name>`, nil while the catalogue cannot be used.
    public func nearestSchema(_ name: String) -> TableSchema? { current(name)?.nearestSchema }

    private func load(_ name: String) {
        do {
            let catalogue = try Catalogue.open(name, in: store)
            state.withLock { $0[name] = Entry(catalogue: catalogue, fault: nil) }
        } catch {
            // A damaged newer version leaves the older one in use.
            let fault = "\(error)"
            let (isNews, isUsable) = state.withLock { state in
                let old = state.updateValue(Entry(catalogue: state[name]?.catalogue, fault: fault), forKey: name)
                return (old?.fault != fault, old?.catalogue != nil)
            }
            guard isNews else { return }
            log.warning(
                isUsable
                    ? "a new version of a catalogue cannot be used; the old one stays"
                    : "a catalogue cannot be used; its matches are unknown",
                ["catalogue": "\(name)", "reason": "\(fault)"])
        }
    }
}
