import Core

/// Light curves as text: JSON objects with the columns of each point's own table, CSV with the union of both.
public enum LightCurveText {
    /// All points with all their columns, as an answer of the API has them.
    public static func write(_ curve: LightCurve, as form: RowText.Form, to writer: inout TextWriter) {
        let points = LightCurvePoints(curve, after: nil, limit: .max)
        switch form {
        case .json: writeJSON(points, columns: .everything, to: &writer)
        case .csv: writeCSV(points, columns: .everything, to: &writer)
        }
    }

    /// What each column needs, where there are rows at all.
    private static func rows(_ table: ColumnTable, _ form: RowText.Form, _ parts: () -> [RowText.Part]) -> RowText {
        RowText(table, form: form, parts: table.rowCount == 0 ? [] : parts())
    }

    static func writeJSON(_ points: LightCurvePoints, columns: LightCurveColumns, to writer: inout TextWriter) {
        let parts = { (origin: String, position: (LightCurveColumns.Entry) -> Int) -> [RowText.Part] in
            [RowText.Part(Array("\n{\"origin\":\"\(origin)\"".utf8), column: nil)]
                + columns.entries.filter { position($0) >= 0 }.map { RowText.Part($0.jsonName, column: position($0)) }
                + [RowText.Part(Array(",\"known_from\":".utf8), column: nil)]
        }
        let detections = rows(points.curve.detections, .json) { parts("detection", \.detection) }
        let forced = rows(points.curve.forced, .json) { parts("forced", \.forced) }
        var isFirst = true
        for point in points.points {
            if !isFirst { writer.append(byte: 0x2C) }
            isFirst = false
            let rows = point.kind == .detection ? detections : forced
            rows.write(Int(point.row), to: &writer)
            writer.append(integer: points.knownFrom(point).rawValue)
            writer.append(byte: 0x7D)
        }
    }

    static func writeCSV(_ points: LightCurvePoints, columns: LightCurveColumns, to writer: inout TextWriter) {
        writer.append("origin")
        for entry in columns.entries {
            writer.append(byte: 0x2C)
            writer.append(string: entry.name)
        }
        writer.append(",known_from\n")
        let comma = Array(",".utf8)
        let parts = { (origin: String, position: (LightCurveColumns.Entry) -> Int) -> [RowText.Part] in
            [RowText.Part(Array(origin.utf8), column: nil)]
                + columns.entries.map { RowText.Part(comma, column: position($0) >= 0 ? position($0) : nil) }
                + [RowText.Part(comma, column: nil)]
        }
        let detections = rows(points.curve.detections, .csv) { parts("detection", \.detection) }
        let forced = rows(points.curve.forced, .csv) { parts("forced", \.forced) }
        for point in points.points {
            let rows = point.kind == .detection ? detections : forced
            rows.write(Int(point.row), to: &writer)
            writer.append(integer: points.knownFrom(point).rawValue)
            writer.append(byte: 0x0A)
        }
    }
}
