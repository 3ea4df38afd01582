import Core

/// Renders a row of a batch as one JSON object shaped like the packet: what `nightjar decode` prints.
///
/// Fields the writer's schema lacks are left out; null and NaN are `null`; 64-bit integers are strings; bytes are their
/// length and SHA-256, or base64.
public struct AlertJSON {
    public enum Cutouts: Sendable {
        case digest
        case base64
    }

    public let cutouts: Cutouts

    public init(cutouts: Cutouts = .digest) { self.cutouts = cutouts }

    /// Appends the alert without a line end.
    public func write(_ batch: AlertBatch, row: Int, to writer: inout TextWriter) {
        let source = batch.source
        let id = source.schema.require("diaSourceId")
        writer.append("{\"diaSourceId\":")
        cell(source, id, row, &writer)
        let packet = batch.packet
        for column in packet.schema.columns.indices where packet.columns[column].type == .string {
            member(packet, column, row, &writer)
        }
        for table in [AlertTable.source, .detections, .forced, .object, .packetSSO, .mpcOrbits] {
            part(table, batch, row, &writer)
        }
        for column in packet.schema.columns.indices where packet.columns[column].type == .bytes {
            member(packet, column, row, &writer)
        }
        writer.append("}")
    }

    private func part(_ table: AlertTable, _ batch: AlertBatch, _ row: Int, _ writer: inout TextWriter) {
        let columns = table.columns(of: batch)
        // A record that the writer's schema does not have at all.
        if !table.isHistory, columns.columns.allSatisfy({ $0.state(row) == .absent }) { return }
        writer.append(",\"")
        writer.append(string: table.fieldName)
        writer.append("\":")
        guard table.isHistory else { return record(columns, row, &writer) }
        let child = table == .detections ? batch.detections : batch.forced
        guard child.isGiven[row] else { return writer.append("null") }
        writer.append("[")
        for point in child.rows(of: row) {
            if point > child.rows(of: row).lowerBound { writer.append(",") }
            record(child.table, point, &writer)
        }
        writer.append("]")
    }

    private func record(_ table: ColumnTable, _ row: Int, _ writer: inout TextWriter) {
        guard table.isPresent(row) else { return writer.append("null") }
        writer.append("{")
        var isFirst = true
        for column in table.columns.indices where table.columns[column].state(row) != .absent {
            if !isFirst { writer.append(",") }
            isFirst = false
            name(table, column, &writer)
            cell(table, column, row, &writer)
        }
        writer.append("}")
    }

    private func member(_ table: ColumnTable, _ column: Int, _ row: Int, _ writer: inout TextWriter) {
        guard table.columns[column].state(row) != .absent else { return }
        writer.append(",")
        name(table, column, &writer)
        cell(table, column, row, &writer)
    }

    private func name(_ table: ColumnTable, _ column: Int, _ writer: inout TextWriter) {
        writer.append("\"")
        writer.append(string: table.schema.columns[column].name)
        writer.append("\":")
    }

    private func cell(_ table: ColumnTable, _ column: Int, _ row: Int, _ writer: inout TextWriter) {
        guard table.columns[column].type == .bytes, let reference = table.columns[column].reference(row) else {
            return writer.append(jsonCell: row, column: column, of: table)
        }
        let bytes = table.arena.bytes(reference)
        switch cutouts {
        case .digest:
            writer.append("{\"len\":")
            writer.append(integer: Int64(bytes.count))
            writer.append(",\"sha256\":\"")
            writer.append(string: SHA256.hex(bytes))
            writer.append("\"}")
        case .base64:
            writer.append("\"")
            AlertJSON.base64(bytes, &writer)
            writer.append("\"")
        }
    }

    /// RFC 4648 base64 with padding.
    static func base64(_ bytes: UnsafeRawBufferPointer, _ writer: inout TextWriter) {
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var word = 0
            for place in 0..<3 { word = word << 8 | (place < count ? Int(bytes[index + place]) : 0) }
            for place in 0..<4 {
                writer.append(byte: place <= count ? digits[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
