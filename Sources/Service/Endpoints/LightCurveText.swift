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

    static func writeJSON(_ points: LightCurvePoints, columns: LightCurveColumns, to writer: inout TextWriter) {
        let parts = { (origin: String, position: (LightCurveColumns.Entry) -> Int) -> [RowText.Part] in
            [RowText.Part(Array("\n{\"origin\":\"\(origin)\"".utf8), column: nil)]
                + columns.entries.filter { position($0) >= 0 }.map { RowText.Part($0.jsonName, column: position($0)) }
                + [RowText.Part(Array(",\"known_from\":".utf8), column: nil)]
        }
        let detections = RowText(points.curve.detections, form: .json, parts: parts("detection", \.detection))
        let forced = RowText(points.curve.forced, form: .json, parts: parts("forced", \.forced))
        var isFirst = true
        for point in points.points {
            if !isFirst { writer.append(byte: 0x2C) }
            isFirst = false
            (point.kind == .detection ? detections : forced).write(Int(point.row), to: &writer)
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
        let detections = RowText(points.curve.detections, form: .csv, parts: parts("detection", \.detection))
        let forced = RowText(points.curve.forced, form: .csv, parts: parts("forced", \.forced))
        for point in points.points {
            (point.kind == .detection ? detections : forced).write(Int(point.row), to: &writer)
            writer.append(integer: points.knownFrom(point).rawValue)
            writer.append(byte: 0x0A)
        }
    }
}
