import Core

extension EmbeddedDatabase {
    /// Appends the points of many objects from one snapshot, each as of its own commit: one parent a query, in order, whose
    /// rows ascend by time. No query, an object that nobody knew then, and a kind that a query leaves out give no rows.
    ///
    /// - Parameter queries: of diaObjects.
    public func appendCurves(
        of queries: [LightCurveQuery?], to detections: ChildTable, _ forced: ChildTable
    ) throws(DependencyFault) {
        try reading { (view) throws(DependencyFault) in
            let records = try records(queries, view)
            var reader = PointReader.reusing(view)
            for (query, record) in zip(queries, records) {
                let (firstDetection, firstForced) = (detections.table.rowCount, forced.table.rowCount)
                if let query, let record, record.firstKnown <= query.asOf ?? record.firstKnown {
                    reader.asOf = query.asOf
                    if query.kind != .forced {
                        let points = try reader.detections(record.home, record.diaObjectId)
                        for row in points.rows(of: query) { detections.table.appendRow(row, of: points.table) }
                    }
                    if query.kind != .detection {
                        let points = try reader.forced(record.home, record.diaObjectId)
                        for row in points.rows(of: query) { forced.table.appendRow(row, of: points.table) }
                    }
                }
                detections.finishParent(firstRow: firstDetection, isGiven: true)
                forced.finishParent(firstRow: firstForced, isGiven: true)
            }
        }
    }

    public func detections(_ ids: [DiaSourceID]) throws(DependencyFault) -> LightCurve {
        try reading { (view) throws(DependencyFault) in
            let ids = Set(ids).sorted()
            var curve = LightCurve()
            var places: [DetectionPlace] = []
            var wanted: [DiaSourceID] = []
            for (id, place) in zip(ids, try EmbeddedDatabase.places(of: ids, view)) {
                guard let place else { continue }
                places.append(place)
                wanted.append(id)
            }
            let points = try PointReader(view: view, asOf: nil).detections(wanted, at: places)
            for row in points.rowsByTime(withdrawn: false) {
                curve.detections.appendRow(row, of: points.table)
                curve.detectionsKnownFrom.append(CommitSeq(rawValue: points.knownFrom[row]))
            }
            return curve
        }
    }

    private func records(
        _ queries: [LightCurveQuery?], _ view: any StoreView
    ) throws(DependencyFault) -> [ObjectRecord?] {
        var records = [ObjectRecord?](repeating: nil, count: queries.count)
        var keys = KeyList()
        var asked: [(position: Int, id: DiaObjectID)] = []
        for (position, query) in queries.enumerated() {
            guard case .diaObject(let id)? = query?.subject else { continue }
            keys.buffer.append(big: id.rawValue)
            keys.finishKey()
            asked.append((position, id))
        }
        try view.multiGet(.directory, keys) { (index, value) throws(DependencyFault) in
            let (position, id) = asked[index]
            records[position] = try value.map { (bytes) throws(DependencyFault) in
                try decoding("directory of \(id)") { () throws(DamagedBytes) in
                    try ObjectRecordCodec.read(bytes, id: id)
                }
            }
        }
        return records
    }
}

extension PointSet {
    /// The rows that a query asks for, ascending by time, withdrawn points left out.
    func rows(of query: LightCurveQuery) -> [Int] {
        let bands = table.column("band")
        return rowsByTime(withdrawn: false).filter { row in
            let midpoint = midpoint(row)
            if let start = query.start, midpoint < start { return false }
            if let stop = query.stop, midpoint >= stop { return false }
            guard let band = query.band else { return true }
            return bands.reference(row).flatMap { Band(table.arena.string($0)) } == band
        }
    }
}
