import Core

extension EmbeddedDatabase {
    public func contents(of request: ContentsRequest) throws(DependencyFault) -> Contents {
        try reading { (view) throws(DependencyFault) in
            var contents = Contents()
            var objects = request.objects
            for id in request.detections {
                let place = try EmbeddedDatabase.place(of: id, view)
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

    /// Where a detection is now: its own entry, else that of its alert.
    static func place(of id: DiaSourceID, _ view: any StoreView) throws(DependencyFault) -> DetectionPlace? {
        let key = ByteWriter()
        key.append(big: id.rawValue)
        var found: DetectionPlace?
        try view.get(.places, key.bytes) { (value) throws(DependencyFault) in
            if let value { found = try place(value) }
        }
        if found != nil { return found }
        try view.get(.alerts, key.bytes) { (value) throws(DependencyFault) in
            guard let value else { return }
            let known = try decoding("alert \(id)") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                return try StoredAlertEntry.known(&reader)
            }
            found = DetectionPlace(diaObjectId: known.diaObjectId, home: known.home, midpoint: known.midpoint)
        }
        return found
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
