import Core

/// The oracle: what a light curve must be, from the list of alerts alone, with dictionaries.
struct ModelDatabase {
    /// All contents of a point in order of arrival.
    private var detections: [Int64: [Int64: [AlertMaker.Record]]] = [:]
    private var forced: [Int64: [String: [AlertMaker.Record]]] = [:]
    private(set) var solar: [Int64: Set<Int64>] = [:]
    private(set) var sources: [Int64: [AlertMaker.Record]] = [:]

    mutating func add(_ alert: TestAlert) {
        let id = alert.integer("diaSourceId")
        let object = alert.integer("diaObjectId")
        if sources[id]?.last.map({ ModelDatabase.isSame($0, alert.source) }) ?? false { return }
        sources[id, default: []].append(alert.source)
        let ss = alert.integer("ssObjectId")
        if ss != 0 { solar[ss, default: []].insert(id) }
        guard object != 0 else { return }
        for one in alert.detections + [alert.source] {
            guard case .int64(let key) = one.cells[Tables.diaSource.require("diaSourceId")] else { continue }
            var contents = detections[object, default: [:]][key] ?? []
            if !(contents.last.map { ModelDatabase.isSame($0, one) } ?? false) { contents.append(one) }
            detections[object, default: [:]][key] = contents
        }
        for one in alert.forced {
            let key =
                "\(one.cells[Tables.diaForcedSource.require("visit")])/\(one.cells[Tables.diaForcedSource.require("detector")])"
            var contents = forced[object, default: [:]][key] ?? []
            if !(contents.last.map { ModelDatabase.isSame($0, one) } ?? false) { contents.append(one) }
            forced[object, default: [:]][key] = contents
        }
    }

    /// Same content: missing cells and NaN are all alike.
    private static func isSame(_ left: AlertMaker.Record, _ right: AlertMaker.Record) -> Bool {
        zip(left.cells, right.cells).allSatisfy { normal($0) == normal($1) }
    }

    private static func normal(_ cell: AlertMaker.Record.Cell) -> AlertMaker.Record.Cell {
        switch cell {
        case .missing: .missing(.null)
        case .float(let bits): Float(bitPattern: bits).isNaN ? .missing(.null) : cell
        case .double(let bits): Double(bitPattern: bits).isNaN ? .missing(.null) : cell
        default: cell
        }
    }

    func objects() -> [Int64] { detections.keys.sorted() }

    /// Newest contents, withdrawn ones left out, as a set.
    func detections(of object: Int64) -> Set<AlertMaker.Record> { visible(detections[object] ?? [:], Tables.diaSource) }
    func forced(of object: Int64) -> Set<AlertMaker.Record> { visible(forced[object] ?? [:], Tables.diaForcedSource) }

    private func visible<Key>(_ contents: [Key: [AlertMaker.Record]], _ schema: TableSchema) -> Set<AlertMaker.Record> {
        let column = schema.require("timeWithdrawnMjdTai")
        return Set(
            contents.values.compactMap { list in
                guard let newest = list.last else { return nil }
                if case .double(let bits) = newest.cells[column], Double(bitPattern: bits).isFinite { return nil }
                return newest
            })
    }
}
