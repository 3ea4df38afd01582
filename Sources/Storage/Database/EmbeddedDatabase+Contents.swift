import Core

extension EmbeddedDatabase {
    public func contents(of request: ContentsRequest) throws(DependencyFault) -> Contents {
        try reading { (view) throws(DependencyFault) in
            var contents = Contents()
            var objects = request.objects
            let places = try EmbeddedDatabase.places(of: request.detections, view)
            for (id, place) in zip(request.detections, places) {
                contents.places[id] = .some(place)
                if let place, !place.diaObjectId.isNone { objects.append(place.diaObjectId) }
            }
            let reader = PointReader(view: view, asOf: nil)
            for id in objects where contents.objects[id] == nil {
                contents.objects[id] = try objectContents(id, reader, view)
            }
            return contents
        }
    }

    private func objectContents(
        _ id: DiaObjectID, _ reader: PointReader, _ view: any StoreView
    ) throws(DependencyFault) -> ObjectContents {
        let contents = ObjectContents(
            record: try record(id, view), detections: ColumnTable(schema: Tables.diaSource),
            forced: ColumnTable(schema: Tables.diaForcedSource))
        guard let record = contents.record else { return contents }
        for (points, table) in [
            (try reader.detections(record.home, id), contents.detections),
            (try reader.forced(record.home, id), contents.forced),
        ] {
            for row in points.rowsByTime(withdrawn: true) { table.appendRow(row, of: points.table) }
        }
        return contents
    }

    /// Where a detection is now, nil when it is not stored.
    static func place(of id: DiaSourceID, _ view: any StoreView) throws(DependencyFault) -> DetectionPlace? {
        try places(of: [id], view)[0]
    }

    /// Where detections are now: their own entries, else those of their alerts. Two questions for all of them.
    static func places(
        of ids: [DiaSourceID], _ view: any StoreView
    ) throws(DependencyFault) -> [DetectionPlace?] {
        var found = [DetectionPlace?](repeating: nil, count: ids.count)
        try view.multiGet(.places, keys(ids)) { (index, value) throws(DependencyFault) in
            if let value { found[index] = try place(value) }
        }
        let others = ids.indices.filter { found[$0] == nil }
        try view.multiGet(.alerts, keys(others.map { ids[$0] })) { (index, value) throws(DependencyFault) in
            guard let value else { return }
            let known = try decoding("alert \(ids[others[index]])") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                return try StoredAlertEntry.known(&reader)
            }
            found[others[index]] = DetectionPlace(
                diaObjectId: known.diaObjectId, home: known.home, midpoint: known.midpoint)
        }
        return found
    }

    static func keys(_ ids: [DiaSourceID]) -> KeyList {
        var keys = KeyList()
        for id in ids {
            keys.buffer.append(big: id.rawValue)
            keys.finishKey()
        }
        return keys
    }

    static func place(_ value: UnsafeRawBufferPointer) throws(DependencyFault) -> DetectionPlace {
        try decoding("place of a detection") { () throws(DamagedBytes) in
            var reader = ByteReader(value)
            let home = Home(rawValue: try reader.big())
            let object = DiaObjectID(rawValue: try reader.big())
            return DetectionPlace(diaObjectId: object, home: home, midpoint: MJD(try reader.double()))
        }
    }
}
