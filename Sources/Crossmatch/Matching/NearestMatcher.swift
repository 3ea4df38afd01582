import Core
import Sky

/// Matches batches against one catalogue of a set. One thread at a time; its scratch buffers are reused.
public final class NearestMatcher {
    public let catalogueName: String
    public let radius: Angle
    private let set: CatalogueSet
    private let neededColumns: Set<String>
    private var best: [NearestSearch.Best] = []
    private var hasPlace: [Bool] = []

    /// Alerts so far by what became of them; the sum is all alerts.
    public private(set) var matchedCount = 0
    public private(set) var unmatchedCount = 0
    public private(set) var unknownCount = 0

    /// - Parameter neededColumns: extra columns to fill; the others are absent. The leading columns are always there.
    public init(set: CatalogueSet, catalogue: String, radius: Angle, neededColumns: Set<String>) {
        self.set = set
        catalogueName = catalogue
        self.radius = radius
        self.neededColumns = neededColumns
    }

    /// The nearest source within the radius for each alert, in the batch's row order, in a table of its own.
    ///
    /// Where the catalogue cannot be used every status is *unknown*, and the version empty: the stream goes on.
    public func match(_ batch: SkyBatch) -> NearestMatches {
        guard let catalogue = set.current(catalogueName) else { return unknown(batch) }
        let matched = find(batch, in: catalogue)
        let table = ColumnTable(schema: catalogue.nearestSchema, capacity: batch.alertCount)
        fillLeading(table, batch, catalogue)
        for (offset, extra) in catalogue.extras.enumerated() {
            let column = table.columns[NearestMatches.decColumn + 1 + offset]
            if neededColumns.contains(catalogue.manifest.columns[offset].name) {
                fill(column, from: extra, arena: table.arena)
            } else {
                column.appendMissing(.absent, repeatCount: batch.alertCount)
            }
        }
        guard !catalogue.isDamaged else {
            set.giveUp(catalogueName, versionID: catalogue.versionID)
            return unknown(batch)
        }
        matchedCount += matched
        unmatchedCount += batch.places.count - matched
        unknownCount += batch.alertCount - batch.places.count
        return NearestMatches(catalogue: catalogueName, versionID: catalogue.versionID, table: table)
    }

    /// - Returns: how many alerts have a match.
    private func find(_ batch: SkyBatch, in catalogue: Catalogue) -> Int {
        best.removeAll(keepingCapacity: true)
        best.append(contentsOf: repeatElement(NearestSearch.Best(), count: batch.alertCount))
        hasPlace.removeAll(keepingCapacity: true)
        hasPlace.append(contentsOf: repeatElement(false, count: batch.alertCount))
        var search = NearestSearch(catalogue: catalogue, radius: radius, timeSpan: batch.timeSpan)
        var matched = 0
        batch.places.withUnsafeBufferPointer { places in
            best.withUnsafeMutableBufferPointer { best in
                hasPlace.withUnsafeMutableBufferPointer { hasPlace in
                    for place in places {
                        let found = search.nearest(to: place)
                        best[Int(place.row)] = found
                        hasPlace[Int(place.row)] = true
                        if found.row >= 0 { matched += 1 }
                    }
                }
            }
        }
        return matched
    }

    private func unknown(_ batch: SkyBatch) -> NearestMatches {
        unknownCount += batch.alertCount
        return Self.unknown(catalogueName, alertCount: batch.alertCount)
    }

    private func fillLeading(_ table: ColumnTable, _ batch: SkyBatch, _ catalogue: Catalogue) {
        let count = batch.alertCount
        let words = MatchStatus.allCases.map { table.arena.append($0.rawValue) }
        let status = table.columns[NearestMatches.statusColumn].resizeForOverwrite(to: count).values
            .assumingMemoryBound(to: ByteReference.self)
        let present = table.present.resizeForOverwrite(to: count).values.assumingMemoryBound(to: UInt8.self)
        for row in 0..<count {
            status[row] = !hasPlace[row] ? words[2] : best[row].row >= 0 ? words[0] : words[1]
            present[row] = 1
        }
        fill(table.columns[NearestMatches.separationColumn]) { self.best[$0].separationDegrees * 3600 }
        fill(table.columns[NearestMatches.sourceIDColumn], from: catalogue.ids, arena: table.arena)
        fill(table.columns[NearestMatches.raColumn]) { catalogue.ra[self.best[$0].row] }
        fill(table.columns[NearestMatches.decColumn]) { catalogue.dec[self.best[$0].row] }
    }

    /// Fills a column of doubles where there is a match, null elsewhere.
    @inline(__always) private func fill(_ column: Column, _ value: (Int) -> Double) {
        let (raw, states) = column.resizeForOverwrite(to: best.count)
        let cells = raw.assumingMemoryBound(to: Double.self)
        for row in 0..<best.count {
            let isMatched = best[row].row >= 0
            cells[row] = isMatched ? value(row) : 0
            states[row] = isMatched ? CellState.value.rawValue : CellState.null.rawValue
        }
    }

    private func fill(_ column: Column, from stored: CatalogueColumn, arena: ByteArena) {
        for match in best {
            guard match.row >= 0, !stored.isNull(match.row) else {
                column.appendMissing(.null)
                continue
            }
            stored.append(row: match.row, to: column, arena: arena)
        }
    }

    private static func unknown(_ name: String, alertCount: Int) -> NearestMatches {
        let schema = NearestMatches.schema(catalogue: name, idType: .int64, extras: [])
        let table = ColumnTable(schema: schema, capacity: alertCount)
        let word = table.arena.append(MatchStatus.unknown.rawValue)
        for _ in 0..<alertCount { table.columns[NearestMatches.statusColumn].append(word) }
        for column in table.columns.dropFirst() { column.appendMissing(.null, repeatCount: alertCount) }
        for _ in 0..<alertCount { table.present.append(true) }
        return NearestMatches(catalogue: name, versionID: "", table: table)
    }
}
