import Core

/// Reads the points of objects from one view: rows, tonight's families and folded blocks.
struct PointReader {
    let view: any StoreView
    var asOf: CommitSeq?
    private let detectionRows = RowReader.detections
    private let forcedRows = RowReader.forced
    private let zstd = Zstd()
    private let forcedFamilies: [Family]
    /// Where one object's points lie until the next one's are read: a hundred columns are not made anew for each.
    private var memory: Memory?

    private struct Memory {
        let detections = ColumnTable(schema: Tables.diaSource)
        let forced = ColumnTable(schema: Tables.diaForcedSource)
    }

    /// A reader of many objects: what it answers is good until it is asked again for the same kind of points.
    static func reusing(_ view: any StoreView) -> PointReader {
        var reader = PointReader(view: view, asOf: nil)
        reader.memory = Memory()
        return reader
    }

    init(view: any StoreView, asOf: CommitSeq?) {
        self.view = view
        self.asOf = asOf
        forcedFamilies = view.families.filter { if case .forced = $0 { true } else { false } }
    }

    /// All detections of an object, or those whose key lies in `months`.
    func detections(
        _ home: Home, _ id: DiaObjectID, months: ClosedRange<CalendarMonth>? = nil
    ) throws(DependencyFault) -> PointSet {
        var points = PointSet(.detection, asOf: asOf, memory: memory?.detections)
        let prefix = KeyBytes.objectPrefix(home, id)
        var range = KeyRange.prefix(prefix, staysInPrefix: true)
        if let months {
            range.from = PointReader.timeKey(prefix, months.lowerBound.start)
            range.to = PointReader.timeKey(prefix, months.upperBound.next.start)
        }
        try view.scan(.detections, range) { (key, value) throws(DependencyFault) in
            try points.add(key, value, detectionRows)
            return true
        }
        return points
    }

    private static func timeKey(_ prefix: [UInt8], _ time: MJD) -> [UInt8] {
        let key = ByteWriter()
        key.append(bytes: prefix)
        key.append(ordered: time.days)
        return key.array
    }

    /// All forced points of an object, or at least those of `months`.
    func forced(
        _ home: Home, _ id: DiaObjectID, months: ClosedRange<CalendarMonth>? = nil
    ) throws(DependencyFault) -> PointSet {
        var points = PointSet(.forced, asOf: asOf, memory: memory?.forced)
        let prefix = KeyBytes.objectPrefix(home, id)
        var range = KeyRange.prefix(prefix, staysInPrefix: true)
        if let months {
            let key = ByteWriter()
            KeyBytes.folded(home, id, month: months.lowerBound.yearStart.index, generation: 0, to: key)
            range.from = key.array
            key.removeAll()
            KeyBytes.folded(home, id, month: months.upperBound.next.index, generation: 0, to: key)
            range.to = key.array
        }
        try view.scan(.folded, range) { (_, value) throws(DependencyFault) in
            points.add(
                try decoding("light-curve block of \(id)") { () throws(DamagedBytes) in
                    try LightCurveBlock.read(value, zstd)
                })
            return true
        }
        for family in forcedFamilies {
            try view.scan(family, .prefix(prefix, staysInPrefix: true)) { (_, value) throws(DependencyFault) in
                try points.add(value, forcedRows)
                return true
            }
        }
        return points
    }

    /// Detections of which it is known where they are.
    func detections(_ ids: [DiaSourceID], at places: [DetectionPlace]) throws(DependencyFault) -> PointSet {
        var points = PointSet(.detection, asOf: asOf)
        let key = ByteWriter()
        for (id, place) in zip(ids, places) {
            key.removeAll()
            KeyBytes.detection(place.home, place.diaObjectId, midpoint: place.midpoint, id, revision: nil, to: key)
            try view.scan(.detections, .prefix(key.array, staysInPrefix: true)) { (key, value) throws(DependencyFault) in
                try points.add(key, value, detectionRows)
                return true
            }
        }
        return points
    }

    /// The detections of a Solar System object, through the second index.
    func detections(of id: SSObjectID) throws(DependencyFault) -> PointSet {
        var points = PointSet(.detection, asOf: asOf)
        let prefix = ByteWriter()
        prefix.append(big: id.rawValue)
        var keys: [[UInt8]] = []
        try view.scan(.ssIndex, .prefix(prefix.array)) { (key, value) throws(DependencyFault) in
            guard key.count == 24 else { return true }
            keys.append([UInt8](value) + [UInt8](key[8...]))
            return true
        }
        for key in keys {
            try view.scan(.detections, .prefix(key)) { (key, value) throws(DependencyFault) in
                try points.add(key, value, detectionRows)
                return true
            }
        }
        // A revision may name another Solar System object than the content that is indexed.
        let owners = points.table.column("ssObjectId")
        points.keepOnly { owners.int64($0) == id.rawValue }
        return points
    }
}

extension CalendarMonth {
    /// January of the month's year: blocks of a whole year lie there.
    var yearStart: CalendarMonth {
        CalendarMonth(index: index - (index % 12 + 12) % 12)
    }
}
