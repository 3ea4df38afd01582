import Core

/// Where a page of a light curve begins: after this point in the order (time, origin, key).
struct LightCurveCursor: Comparable {
    let time: Double
    let key: PointKey

    static func < (left: LightCurveCursor, right: LightCurveCursor) -> Bool {
        left.time != right.time ? left.time < right.time : left.key < right.key
    }

    var text: String {
        "\(String(time.bitPattern, radix: 16))-\(key.kind.rawValue)-\(key.first)-\(key.second)"
    }

    init(time: Double, key: PointKey) {
        self.time = time
        self.key = key
    }

    init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, let bits = UInt64(parts[0], radix: 16), let kindValue = UInt8(parts[1]),
            let kind = PointKind(rawValue: kindValue), let first = Int64(parts[2]), let second = Int32(parts[3]),
            Double(bitPattern: bits).isFinite
        else { return nil }
        time = Double(bitPattern: bits)
        key = PointKey(kind: kind, first: first, second: second)
    }
}

/// The points of a light curve of both origins in one order, ascending by time.
struct LightCurvePoints {
    struct Point {
        let cursor: LightCurveCursor
        let row: Int32
        var kind: PointKind { cursor.key.kind }
    }

    let curve: LightCurve
    private(set) var points: [Point] = []
    /// Where the next page begins, nil after the last.
    private(set) var next: LightCurveCursor?

    init(_ curve: LightCurve, after cursor: LightCurveCursor?, limit: Int) {
        self.curve = curve
        points.reserveCapacity(curve.detections.rowCount + curve.forced.rowCount)
        add(curve.detections, kind: .detection, first: "diaSourceId", second: nil)
        add(curve.forced, kind: .forced, first: "visit", second: "detector")
        let isAscending = zip(points, points.dropFirst()).allSatisfy { $0.cursor < $1.cursor }
        if !isAscending { points.sort { $0.cursor < $1.cursor } }
        if let cursor {
            let start = points.firstIndex { $0.cursor > cursor } ?? points.count
            points.removeFirst(start)
        }
        if points.count > limit {
            points.removeLast(points.count - limit)
            next = points.last?.cursor
        }
    }

    private mutating func add(_ table: ColumnTable, kind: PointKind, first: String, second: String?) {
        let times = table.column("midpointMjdTai").buffer(as: Double.self)
        let firsts = table.column(first).buffer(as: Int64.self)
        let seconds = second.map { table.column($0).buffer(as: Int32.self) }
        for row in 0..<table.rowCount {
            let key = PointKey(kind: kind, first: firsts[row], second: seconds?[row] ?? 0)
            points.append(Point(cursor: LightCurveCursor(time: times[row], key: key), row: Int32(row)))
        }
    }

    func table(of kind: PointKind) -> ColumnTable { kind == .detection ? curve.detections : curve.forced }

    func knownFrom(_ point: Point) -> CommitSeq {
        let known = point.kind == .detection ? curve.detectionsKnownFrom : curve.forcedKnownFrom
        let row = Int(point.row)
        return row < known.count ? known[row] : CommitSeq(rawValue: 0)
    }
}

/// Which columns of the two tables are shown, and their names ready to be written.
struct LightCurveColumns {
    /// One name of the union of both tables, with its place in each.
    struct Entry {
        let name: String
        let jsonName: [UInt8]
        let detection: Int
        let forced: Int
    }

    static let all: [Entry] = {
        let names =
            Tables.diaSource.columns.map(\.name)
            + Tables.diaForcedSource.columns.map(\.name).filter { Tables.diaSource.position(of: $0) == nil }
        return names.map { name in
            Entry(
                name: name, jsonName: Array(",\"\(name)\":".utf8), detection: Tables.diaSource.position(of: name) ?? -1,
                forced: Tables.diaForcedSource.position(of: name) ?? -1)
        }
    }()

    static let everything = LightCurveColumns(entries: all)

    let entries: [Entry]

    private init(entries: [Entry]) { self.entries = entries }

    /// - Parameter list: names with commas between, or nil for all.
    init(_ list: String?) throws(Problem) {
        guard let list else {
            self = .everything
            return
        }
        var entries: [Entry] = []
        for part in list.split(separator: ",") {
            guard let entry = LightCurveColumns.all.first(where: { $0.name == part }) else {
                let nearest = NearestName.find(String(part), among: LightCurveColumns.all.map(\.name))
                throw Problem(
                    400, "unknown column \(part.prefix(100))", detail: "in parameter columns",
                    hint: nearest.map { "did you mean \($0)?" } ?? "names are those of diaSource and diaForcedSource")
            }
            if !entries.contains(where: { $0.name == entry.name }) { entries.append(entry) }
        }
        self.entries = entries
    }
}
