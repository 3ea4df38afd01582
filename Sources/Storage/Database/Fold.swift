import Core

extension EmbeddedDatabase {
    /// After an open: families of nights that are folded go, if a crash left them.
    func finishFolds() throws(DependencyFault) {
        guard files?.isOwner ?? true else { return }
        let epochs = state.withLock { $0.foldedEpochs }
        for family in store.families() {
            if case .forced(let night, let epoch) = family, epoch < epochs[night] ?? 0 { try store.dropFamily(family) }
        }
    }
}
