import Core
import Synchronization

/// A view for long work: once the owner wants to go, the next question fails.
final class InterruptibleView: StoreView {
    private let view: any StoreView
    private let isInterrupted: () -> Bool

    init(_ view: any StoreView, isInterrupted: @escaping () -> Bool) {
        self.view = view
        self.isInterrupted = isInterrupted
    }

    static let fault = DependencyFault(
        "the owner of the data directory", "it is stopping", hint: "ask again when it is back", isRetriable: false)

    private func requireGoingOn() throws(DependencyFault) {
        if isInterrupted() { throw InterruptibleView.fault }
    }

    var families: [Family] { view.families }

    func get(
        _ family: Family, _ key: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        try requireGoingOn()
        try view.get(family, key, body)
    }

    func multiGet(
        _ family: Family, _ keys: KeyList, _ body: (Int, UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        try requireGoingOn()
        try view.multiGet(family, keys, body)
    }

    func scan(
        _ family: Family, _ range: KeyRange,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(DependencyFault) -> Bool
    ) throws(DependencyFault) {
        try requireGoingOn()
        try view.scan(family, range) { (key, value) throws(DependencyFault) in
            try requireGoingOn()
            return try body(key, value)
        }
    }
}

extension EmbeddedDatabase {
    /// Ends checks, dumps, folds and back-tests that are under way, and refuses new ones: whoever asked gets a fault. Nothing
    /// that was committed is lost, and short questions go on.
    public func interrupt() { isInterrupted.store(true, ordering: .releasing) }

    /// For work that takes longer than a shutdown may.
    func interruptible(_ view: any StoreView) -> any StoreView {
        InterruptibleView(view) { self.isInterrupted.load(ordering: .acquiring) }
    }
}
