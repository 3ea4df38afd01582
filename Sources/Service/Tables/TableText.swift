import Core

/// Rows of one table, or of several side by side, as text: JSON objects, CSV or VOTable.
///
/// Good until a table changes.
struct TableText {
    /// A column of one of the tables, in the order in which they are written.
    struct Field {
        let schema: ColumnSchema
        let table: ColumnTable
        let column: Int

        init(_ table: ColumnTable, _ column: Int) {
            schema = table.schema.columns[column]
            self.table = table
            self.column = column
        }
    }

    private let fields: [Field]
    /// Fields of the same table together.
    private let runs: [RowText]
    private let form: Form

    enum Form { case json, csv, votable }

    init(_ fields: [Field], _ form: Form) {
        self.fields = fields
        self.form = form
        runs = form == .votable ? [] : TableText.runs(fields, form)
    }

    /// Every column of a table.
    init(_ table: ColumnTable, _ form: Form) {
        self.init(table.schema.columns.indices.map { Field(table, $0) }, form)
    }

    private static func runs(_ fields: [Field], _ form: Form) -> [RowText] {
        var runs: [RowText] = []
        var start = 0
        while start < fields.count {
            var end = start + 1
            while end < fields.count, fields[end].table === fields[start].table { end += 1 }
            let parts = (start..<end).map { index in
                let name = fields[index].schema.name
                let text = form == .json ? "\(index == 0 ? "" : ",")\"\(name)\":" : index == 0 ? "" : ","
                return RowText.Part(Array(text.utf8), column: fields[index].column)
            }
            let table = fields[start].table
            runs.append(RowText(table, form: form == .json ? .json : .csv, parts: table.rowCount == 0 ? [] : parts))
            start = end
        }
        return runs
    }

    /// JSON: the members without braces. CSV: the cells without the end of the line.
    func append(_ row: Int, to writer: inout TextWriter) {
        for run in runs { run.write(row, to: &writer) }
    }

    /// The names with commas between.
    func appendHeader(to writer: inout TextWriter) {
        for (index, field) in fields.enumerated() {
            if index > 0 { writer.append(byte: 0x2C) }
            writer.append(string: field.schema.name)
        }
    }

    /// The whole document: objects one a line (NDJSON), CSV with a header, or a VOTable of one table.
    func write(_ rows: some Sequence<Int>, name: String, to writer: inout TextWriter) {
        switch form {
        case .json:
            for row in rows {
                writer.append(byte: 0x7B)
                append(row, to: &writer)
                writer.append("}\n")
            }
        case .csv:
            appendHeader(to: &writer)
            writer.append(byte: 0x0A)
            for row in rows {
                append(row, to: &writer)
                writer.append(byte: 0x0A)
            }
        case .votable: VOTableText(fields).write(rows, name: name, to: &writer)
        }
    }
}

/// A VOTable 1.4 document of one table.
private struct VOTableText {
    private let fields: [TableText.Field]

    init(_ fields: [TableText.Field]) { self.fields = fields }

    func write(_ rows: some Sequence<Int>, name: String, to writer: inout TextWriter) {
        writer.append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
            <RESOURCE type="results">
            <INFO name="QUERY_STATUS" value="OK"/>

            """)
        writer.append(string: "<TABLE name=\"\(name)\">\n")
        for field in fields { append(field.schema, to: &writer) }
        writer.append("<DATA><TABLEDATA>\n")
        for row in rows {
            writer.append("<TR>")
            for field in fields {
                writer.append("<TD>")
                append(row, field, to: &writer)
                writer.append("</TD>")
            }
            writer.append("</TR>\n")
        }
        writer.append("</TABLEDATA></DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n")
    }

    private func append(_ column: ColumnSchema, to writer: inout TextWriter) {
        let type =
            switch column.type {
            case .bool: "boolean"
            case .int32: "int"
            case .int64, .bytes: "long"
            case .float32: "float"
            case .float64: "double"
            case .string: "char\" arraysize=\"*"
            }
        writer.append(string: "<FIELD name=\"\(column.name)\" datatype=\"\(type)\"")
        if !column.unit.isEmpty { writer.append(string: " unit=\"\(column.unit)\"") }
        if !column.ucd.isEmpty { writer.append(string: " ucd=\"\(column.ucd)\"") }
        writer.append("><DESCRIPTION>")
        VOTableText.append(escaped: column.description, to: &writer)
        writer.append("</DESCRIPTION></FIELD>\n")
    }

    /// Missing cells are empty, as the standard has it.
    private func append(_ row: Int, _ field: TableText.Field, to writer: inout TextWriter) {
        guard field.schema.type == .string else {
            return writer.append(csvCell: row, column: field.column, of: field.table)
        }
        VOTableText.append(escaped: field.table.string(field.column, row) ?? "", to: &writer)
    }

    private static func append(escaped text: String, to writer: inout TextWriter) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): writer.append("&lt;")
            case UInt8(ascii: ">"): writer.append("&gt;")
            case UInt8(ascii: "&"): writer.append("&amp;")
            case 0..<0x20: writer.append(byte: 0x20)
            default: writer.append(byte: byte)
            }
        }
    }
}

extension MediaType {
    /// Of a table.
    var tableForm: TableText.Form {
        switch self {
        case .csv: .csv
        case .votable: .votable
        default: .json
        }
    }
}
