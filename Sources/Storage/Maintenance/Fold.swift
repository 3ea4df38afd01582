import Core

/// What a fold did.
public struct FoldReport: Sendable, Equatable {
    /// Arrival nights whose rows became blocks.
    public var nights: [Night] = []
    public var points = 0
    public var blocks = 0
    /// Bytes of the blocks written.
    public var bytes: Int64 = 0

    public init() {}
}

extension EmbeddedDatabase {
    /// Folds every arrival night before `night` into month blocks. Commits and questions go on meanwhile.
    public func fold(before night: Night) throws(DependencyFault) -> FoldReport {
        try foldFamilies { $0 < night.dayObs }
    }

    /// Folds one arrival night, the current one included: what arrives later goes to a family of its own.
    public func fold(night: Night) throws(DependencyFault) -> FoldReport { try foldFamilies { $0 == night.dayObs } }

    private func foldFamilies(_ isChosen: (Int32) -> Bool) throws(DependencyFault) -> FoldReport {
        try folding.locked { () throws(DependencyFault) in
            var report = FoldReport()
            for family in try forcedFamilies() {
                guard case .forced(let night, _) = family, isChosen(night) else { continue }
                try fold(family, night: night, &report)
            }
            return report
        }
    }

    private func forcedFamilies() throws(DependencyFault) -> [Family] {
        try reading { (view) throws(DependencyFault) in
            view.families.filter { if case .forced = $0 { true } else { false } }
        }
    }

    /// Seal, load, mark, drop: after a crash between any two of these every point is in the family, in blocks, or in both.
    private func fold(_ family: Family, night: Int32, _ report: inout FoldReport) throws(DependencyFault) {
        try seal(family)
        try gate.shared { () throws(DependencyFault) in
            let folder = try MonthFolder(view: interruptible(store.makeView()), load: store.makeBulkLoad(into: .folded))
            try folder.fold(family)
            report.points += folder.points
            report.blocks += folder.blocks
            report.bytes += folder.bytes
        }
        try changing { () throws(DependencyFault) in
            guard case .forced(let night, let epoch) = family else { return }
            let batch = StoreBatch()
            MetaKey.folded(night: night, epoch: epoch, to: batch.key)
            batch.put(.meta)
            try store.write(batch)
            try store.dropFamily(family)
        }
        if report.nights.last?.dayObs != night { report.nights.append(Night(dayObs: night)) }
    }

    /// New points of the night go to the next epoch from here on.
    private func seal(_ family: Family) throws(DependencyFault) {
        guard case .forced(let night, let epoch) = family else { return }
        try changing { () throws(DependencyFault) in
            let current = state.withLock { $0.forcedEpochs[night] ?? 0 }
            guard epoch == current else { return }
            let batch = StoreBatch()
            batch.key.append(byte: MetaKey.epoch)
            batch.key.append(big: night)
            batch.value.append(little: epoch + 1)
            batch.put(.meta)
            try store.write(batch)
            state.withLock { $0.forcedEpochs[night] = epoch + 1 }
        }
    }

    /// Merges the month blocks of every year before `year` into one block a year and object, piece by piece.
    public func foldYears(before year: Int) throws(DependencyFault) -> FoldReport {
        try foldYears(before: year, pieceLimit: 200_000)
    }

    /// - Parameter pieceLimit: month blocks that one piece replaces, at most about this many.
    func foldYears(before year: Int, pieceLimit: Int) throws(DependencyFault) -> FoldReport {
        try folding.locked { () throws(DependencyFault) in
            var report = FoldReport()
            var start: [UInt8]? = []
            while let from = start { start = try foldPiece(before: year, from: from, pieceLimit, &report) }
            return report
        }
    }

    /// One piece; answers where the next one begins.
    private func foldPiece(
        before year: Int, from start: [UInt8], _ limit: Int, _ report: inout FoldReport
    ) throws(DependencyFault) -> [UInt8]? {
        let (replaced, next) = try gate.shared { () throws(DependencyFault) in
            let folder = try YearFolder(
                view: interruptible(store.makeView()), load: store.makeBulkLoad(into: .folded), beforeYear: year)
            let piece = try folder.fold(from: start, limit: limit)
            report.points += folder.points
            report.blocks += folder.blocks
            report.bytes += folder.bytes
            return piece
        }
        // The year blocks are in: the months inside them may go.
        for first in stride(from: 0, to: replaced.count, by: 10_000) {
            try changing { () throws(DependencyFault) in
                let batch = StoreBatch()
                for key in replaced[first..<min(first + 10_000, replaced.count)] {
                    batch.key.append(bytes: key)
                    batch.delete(.folded)
                }
                try store.write(batch)
            }
        }
        return next
    }

    /// After an open: families that are folded go, if a crash left them.
    func finishFolds() throws(DependencyFault) {
        guard files?.isOwner ?? true else { return }
        let folded = state.withLock { $0.foldedFamilies }
        for family in store.families() where folded.contains(family) { try store.dropFamily(family) }
    }
}
