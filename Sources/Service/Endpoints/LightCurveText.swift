import Core

/// Light curves as text: JSON objects with the columns of each point's own table, CSV with the union of both.
enum LightCurveText {
    static func writeJSON(_ points: LightCurvePoints, columns: LightCurveColumns, to writer: inout TextWriter) {
        let detection = columns.entries.filter { $0.detection >= 0 }.map { ($0.jsonName, $0.detection) }
        let forced = columns.entries.filter { $0.forced >= 0 }.map { ($0.jsonName, $0.forced) }
        var isFirst = true
        for point in points.points {
            writer.append(isFirst ? "\n{\"origin\":" : ",\n{\"origin\":")
            isFirst = false
            let table = points.table(of: point.kind)
            let row = Int(point.row)
            switch point.kind {
            case .detection:
                writer.append("\"detection\"")
                for (name, column) in detection { writeCell(name, column, row, table, &writer) }
            case .forced:
                writer.append("\"forced\"")
                for (name, column) in forced { writeCell(name, column, row, table, &writer) }
            }
            writer.append(",\"known_from\":")
            writer.append(integer: points.knownFrom(point).rawValue)
            writer.append(byte: 0x7D)
        }
    }

    @inline(__always)
    private static func writeCell(
        _ name: [UInt8], _ column: Int, _ row: Int, _ table: ColumnTable, _ writer: inout TextWriter
    ) {
        writer.append(raw: name)
        writer.append(jsonCell: row, column: column, of: table)
    }

    static func writeCSV(_ points: LightCurvePoints, columns: LightCurveColumns, to writer: inout TextWriter) {
        writer.append("origin")
        for entry in columns.entries {
            writer.append(byte: 0x2C)
            writer.append(string: entry.name)
        }
        writer.append(",known_from\n")
        for point in points.points {
            let table = points.table(of: point.kind)
            let isDetection = point.kind == .detection
            writer.append(isDetection ? "detection" : "forced")
            for entry in columns.entries {
                writer.append(byte: 0x2C)
                let column = isDetection ? entry.detection : entry.forced
                if column >= 0 { writer.append(csvCell: Int(point.row), column: column, of: table) }
            }
            writer.append(byte: 0x2C)
            writer.append(integer: points.knownFrom(point).rawValue)
            writer.append(byte: 0x0A)
        }
    }
}
