import Core
import Sky

extension EmbeddedDatabase {
    // MARK: Objects and light curves

    func record(_ id: DiaObjectID, _ view: any StoreView) throws(DependencyFault) -> ObjectRecord? {
        let key = ByteWriter()
        key.append(big: id.rawValue)
        var record: ObjectRecord?
        try view.get(.directory, key.bytes) { (value) throws(DependencyFault) in
            record = try value.map { (bytes) throws(DependencyFault) in
                try decoding("directory of \(id)") { () throws(DamagedBytes) in
                    try ObjectRecordCodec.read(bytes, id: id)
                }
            }
        }
        return record
    }

    public func object(_ id: DiaObjectID) throws(DependencyFault) -> StoredObject? {
        try reading { (view) throws(DependencyFault) in
            guard let record = try record(id, view) else { return nil }
            let table = ColumnTable(schema: Tables.diaObject, capacity: 1)
            try view.get(.objects, KeyBytes.objectPrefix(record.home, id)) { (value) throws(DependencyFault) in
                guard let value, !value.isEmpty else { return }
                try decoding("diaObject of \(id)") { () throws(DamagedBytes) in
                    var reader = ByteReader(value)
                    try RowReader(Tables.diaObject).read(&reader, into: table)
                }
            }
            return StoredObject(record: record, diaObject: table)
        }
    }

    public func lightCurve(_ query: LightCurveQuery) throws(DependencyFault) -> LightCurve? {
        try reading { (view) throws(DependencyFault) in
            let reader = PointReader(view: view, asOf: query.asOf)
            var curve = LightCurve()
            switch query.subject {
            case .diaObject(let id):
                guard let record = try record(id, view), record.firstKnown <= query.asOf ?? record.firstKnown else {
                    return nil
                }
                if query.kind != .forced {
                    append(
                        try reader.detections(record.home, id), query, to: curve.detections, &curve.detectionsKnownFrom)
                }
                if query.kind != .detection {
                    append(try reader.forced(record.home, id), query, to: curve.forced, &curve.forcedKnownFrom)
                }
            case .ssObject(let id):
                let points = try reader.detections(of: id)
                guard points.table.rowCount > 0 else { return nil }
                if query.kind != .forced { append(points, query, to: curve.detections, &curve.detectionsKnownFrom) }
            }
            return curve
        }
    }

    private func append(
        _ points: PointSet, _ query: LightCurveQuery, to table: ColumnTable, _ knownFrom: inout [CommitSeq]
    ) {
        for row in points.rows(of: query) {
            table.appendRow(row, of: points.table)
            knownFrom.append(CommitSeq(rawValue: points.knownFrom[row]))
        }
    }

    public func cone(_ query: ConeQuery) throws(DependencyFault) -> [ConeHit] {
        let drift = try currentState().largestDriftArcsec
        // A cover of the widened disc, then the exact test on current positions.
        let widened = Angle(arcsec: min(query.radiusArcsec + drift * (1 + 1e-9) + 1e-3, 648_000))
        let order = HEALPix.coverOrder(radius: widened)
        let center = SkyPosition(raDegrees: query.raDegrees, decDegrees: query.decDegrees)
        return try reading { (view) throws(DependencyFault) in
            var ids: [DiaObjectID] = []
            for pixels in HEALPix.disc(center: center.direction, radius: widened, order: order) {
                let from = ByteWriter()
                from.append(big: pixels.lowerBound)
                let to = ByteWriter()
                to.append(big: pixels.upperBound)
                let range = KeyRange(from: from.array, to: to.array)
                try view.scan(.objects, range) { (key, _) throws(DependencyFault) in
                    guard key.count == 16 else { return true }
                    ids.append(
                        DiaObjectID(rawValue: Int64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: Int64.self))))
                    return true
                }
            }
            return try nearest(ids, center, query, view)
        }
    }

    private func nearest(
        _ ids: [DiaObjectID], _ center: SkyPosition, _ query: ConeQuery, _ view: any StoreView
    ) throws(DependencyFault) -> [ConeHit] {
        var keys = KeyList()
        for id in ids {
            keys.buffer.append(big: id.rawValue)
            keys.finishKey()
        }
        var hits: [ConeHit] = []
        try view.multiGet(.directory, keys) { (index, value) throws(DependencyFault) in
            guard let value else { return }
            let record = try decoding("directory of \(ids[index])") { () throws(DamagedBytes) in
                try ObjectRecordCodec.read(value, id: ids[index])
            }
            let separation = center.separation(to: SkyPosition(raDegrees: record.ra, decDegrees: record.dec)).arcsec
            if separation <= query.radiusArcsec { hits.append(ConeHit(record: record, separationArcsec: separation)) }
        }
        hits.sort { ($0.separationArcsec, $0.record.diaObjectId) < ($1.separationArcsec, $1.record.diaObjectId) }
        return Array(hits.prefix(max(query.limit, 0)))
    }

    // MARK: Alerts

    func alertEntry(_ id: DiaSourceID, _ view: any StoreView) throws(DependencyFault) -> StoredAlertEntry? {
        let key = ByteWriter()
        key.append(big: id.rawValue)
        var entry: StoredAlertEntry?
        try view.get(.alerts, key.bytes) { (value) throws(DependencyFault) in
            entry = try value.map { (bytes) throws(DependencyFault) in
                try decoding("alert \(id)") { () throws(DamagedBytes) in try StoredAlertEntry(bytes) }
            }
        }
        return entry
    }

    public func alert(_ id: DiaSourceID) throws(DependencyFault) -> StoredAlert? {
        try reading { (view) throws(DependencyFault) in
            guard let entry = try alertEntry(id, view) else { return nil }
            var message: [UInt8]?
            if let archive, let place = entry.packet { message = try archive.message(at: place) }
            if let packet = message, let archive, let place = entry.cutouts,
                let taken = try archive.message(at: place, .cutouts)
            {
                message = try decoding("cutouts of \(id)") { () throws(DamagedBytes) in
                    try PacketParts.join(packet, taken)
                }
            }
            return StoredAlert(
                known: entry.known, origin: entry.origin, offset: entry.offset, writerSchemaID: entry.writerSchemaID,
                message: message)
        }
    }

    public func recentAlerts(limit: Int) throws(DependencyFault) -> [KnownAlertSummary] {
        guard limit > 0 else { return [] }
        return try reading { (view) throws(DependencyFault) in
            var found: [KnownAlertSummary] = []
            var seen = Set<DiaSourceID>()
            try scanAlertBlocks(view, night: nil, wanted: ["alert"], isDescending: true) {
                (block) throws(DependencyFault) in
                guard let table = block.table("alert") else { return true }
                let kinds = table.column("outcome")
                let ids = table.column("diaSourceId")
                for row in (0..<table.rowCount).reversed() {
                    guard kinds.int32(row) != Int32(AlertOutcome.Kind.duplicate.rawValue), found.count < limit else {
                        continue
                    }
                    let id = DiaSourceID(rawValue: ids.int64(row) ?? 0)
                    guard seen.insert(id).inserted, let entry = try alertEntry(id, view) else { continue }
                    found.append(KnownAlertSummary(diaSourceId: id, known: entry.known))
                }
                return found.count < limit
            }
            return found
        }
    }

    /// Alert blocks of a night (all when nil) in order of night and commit; `body` answers whether to go on.
    func scanAlertBlocks(
        _ view: any StoreView, night: Night?, wanted: Set<String>?, isDescending: Bool = false,
        _ body: (AlertBlock) throws(DependencyFault) -> Bool
    ) throws(DependencyFault) {
        let prefix = ByteWriter()
        if let night { prefix.append(big: night.dayObs) }
        var range = KeyRange.prefix(prefix.array)
        range.isDescending = isDescending
        try view.scan(.alertBlocks, range) { (key, value) throws(DependencyFault) in
            let block = try decoding("alert block") { () throws(DamagedBytes) in
                var reader = ByteReader(key)
                let night = Night(dayObs: try reader.big())
                let commitSeq = CommitSeq(rawValue: try reader.big())
                return try AlertBlock(value, night: night, commitSeq: commitSeq, wanted: wanted)
            }
            return try body(block)
        }
    }

    /// Alert blocks of a night (all when nil), in order of night and commit. `sections` limits what is read.
    public func alertBlocks(
        night: Night?, sections: Set<String>? = nil, _ body: (AlertBlock) throws(DependencyFault) -> Bool
    ) throws(DependencyFault) {
        try reading { (view) throws(DependencyFault) in
            try scanAlertBlocks(interruptible(view), night: night, wanted: sections, body)
        }
    }

    /// Nights in `from ... through` that have alerts, ascending, each with the first number of the newest write of some.
    public func newestAlertCommits(
        from: Night, through: Night
    ) throws(DependencyFault) -> [(night: Night, commitSeq: CommitSeq)] {
        var found: [(night: Night, commitSeq: CommitSeq)] = []
        try reading { (view) throws(DependencyFault) in
            let first = ByteWriter()
            first.append(big: from.dayObs)
            var end = through.dayObs + 1
            var isAtEnd = false
            while !isAtEnd {
                let to = ByteWriter()
                to.append(big: end)
                var range = KeyRange(from: first.array, to: to.array)
                range.isDescending = true
                isAtEnd = true
                try view.scan(.alertBlocks, range) { (key, _) throws(DependencyFault) in
                    try decoding("key of an alert block") { () throws(DamagedBytes) in
                        var reader = ByteReader(key)
                        end = try reader.big()
                        found.append((Night(dayObs: end), CommitSeq(rawValue: try reader.big())))
                    }
                    isAtEnd = false
                    return false
                }
            }
        }
        return found.reversed()
    }

    /// What made a commit; nil when no write began with this number or a smaller one.
    public func lineage(of commitSeq: CommitSeq) throws(DependencyFault) -> StoredLineage? {
        try reading { (view) throws(DependencyFault) in try lineage(of: commitSeq, view) }
    }

    /// The catalogue versions, `name@version`, that commits were matched with.
    /// - Parameter since: only commits recorded then or later; nil takes all, which `AS OF` may ask for.
    public func catalogueVersions(since: MJD? = nil) throws(DependencyFault) -> Set<String> {
        var versions: Set<String> = []
        try reading { (view) throws(DependencyFault) in
            try view.scan(.lineage, .all) { (_, value) throws(DependencyFault) in
                let stored = try decoding("a lineage") { () throws(DamagedBytes) in try StoredLineage(value) }
                if since.map({ stored.recordedAt >= $0 }) ?? true { versions.formUnion(stored.lineage.catalogues) }
                return true
            }
        }
        return versions
    }

    func lineage(of commitSeq: CommitSeq, _ view: any StoreView) throws(DependencyFault) -> StoredLineage? {
        let to = ByteWriter()
        to.append(big: commitSeq.rawValue + 1)
        var found: StoredLineage?
        var range = KeyRange(from: [], to: to.array)
        range.isDescending = true
        try view.scan(.lineage, range) { (_, value) throws(DependencyFault) in
            found = try decoding("lineage of \(commitSeq)") { () throws(DamagedBytes) in try StoredLineage(value) }
            return false
        }
        return found
    }
}

extension StoreView {
    func get(
        _ family: Family, _ key: [UInt8], _ body: (UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        try key.withBytes { (bytes) throws(DependencyFault) in try get(family, bytes, body) }
    }
}
