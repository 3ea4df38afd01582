/// Rows of a table as JSON members or CSV cells: what each column needs is worked out once, and a row is written in one go.
///
/// Good until the table changes.
public final class RowText {
    public enum Form: Sendable {
        case json, csv
    }

    /// What is written for each row, in order: some text, then a cell or nothing.
    public struct Part {
        let text: [UInt8]
        let column: Int?

        /// - Parameter column: a position in the table's schema, nil for no cell.
        public init(_ text: [UInt8], column: Int?) {
            self.text = text
            self.column = column
        }
    }

    private struct Step {
        /// Where the text lies, and what is copied of it: whole blocks.
        let text: Int
        let length: Int
        let cell: CellText?
    }

    /// The last number of a column, and its text once it came twice: positions and ids often repeat from row to row.
    private struct Last {
        var bits: UInt64 = 0
        var low = SIMD16<UInt8>()
        var high = SIMD16<UInt8>()
        /// 0 without a text.
        var length = 0
    }

    private static let block = 16

    private let table: ColumnTable
    private let form: Form
    private let steps: [Step]
    /// Those with strings or byte strings.
    private let variable: [CellText]
    private let rowCount: Int
    /// Bytes that a row may touch when no string is long.
    private let fixedRoom: Int
    private let texts: TextBuffer
    private let last: LastNumbers
    private let powers = PowersOfTen.shared

    private final class LastNumbers {
        let base: UnsafeMutablePointer<Last>

        init(count: Int) {
            base = .allocate(capacity: max(count, 1))
            base.initialize(repeating: Last(), count: max(count, 1))
        }

        deinit { base.deallocate() }
    }

    public init(_ table: ColumnTable, form: Form, parts: [Part]) {
        self.table = table
        self.form = form
        rowCount = table.rowCount
        let padded = { (length: Int) -> Int in (length + RowText.block - 1) / RowText.block * RowText.block }
        let texts = TextBuffer(capacity: max(parts.reduce(0) { $0 + padded($1.text.count) }, RowText.block))
        texts.base.initialize(repeating: 0, count: texts.capacity)
        var start = 0
        var room = 0
        var steps: [Step] = []
        for part in RowText.joined(parts) {
            part.text.withUnsafeBufferPointer { (text: UnsafeBufferPointer<UInt8>) in
                if let from = text.baseAddress { (texts.base + start).update(from: from, count: text.count) }
            }
            let cell = part.column.map { (column: Int) in CellText(table.columns[column]) }
            steps.append(Step(text: start, length: part.text.count, cell: cell))
            start += padded(part.text.count)
            room += padded(part.text.count) + CellText.fixedRoom
        }
        self.texts = texts
        self.steps = steps
        last = LastNumbers(count: steps.count)
        variable = steps.compactMap(\.cell).filter(\.type.isVariableLength)
        fixedRoom = room
    }

    /// Text without a cell goes with the text that follows.
    private static func joined(_ parts: [Part]) -> [Part] {
        var joined: [Part] = []
        var text: [UInt8] = []
        for part in parts {
            text += part.text
            guard part.column != nil else { continue }
            joined.append(Part(text, column: part.column))
            text = []
        }
        return text.isEmpty ? joined : joined + [Part(text, column: nil)]
    }

    public func write(_ row: Int, to writer: inout TextWriter) {
        precondition(row >= 0 && row < rowCount, "a row that is not there")
        var needed = fixedRoom
        for cell in variable { needed += cell.room(row) }
        let start = writer.room(needed)
        let end =
            switch form {
            case .json: write(row, to: start) { $0.writeJSON(row, table.arena, to: $1, powers) }
            case .csv: write(row, to: start) { $0.writeCSV(row, table.arena, to: $1, powers) }
            }
        writer.advance(end - start)
    }

    @inline(__always) private func write(
        _ row: Int, to start: UnsafeMutablePointer<UInt8>, _ cell: (CellText, UnsafeMutablePointer<UInt8>) -> Int
    ) -> UnsafeMutablePointer<UInt8> {
        var place = start
        let texts = UnsafeRawPointer(texts.base)
        let last = last.base
        steps.withUnsafeBufferPointer { steps in
            for index in steps.indices {
                let step = steps[index]
                var copied = 0
                repeat {
                    RowText.copyBlock(texts + (step.text &+ copied), to: place + copied)
                    copied &+= RowText.block
                } while copied < step.length
                place += step.length
                guard let column = step.cell else { continue }
                var isAgain = false
                if let bits = column.wideBits(row) {
                    isAgain = bits == last[index].bits
                    if isAgain, last[index].length > 0 {
                        let target = UnsafeMutableRawPointer(place)
                        target.storeBytes(of: last[index].low, as: SIMD16<UInt8>.self)
                        (target + 16).storeBytes(of: last[index].high, as: SIMD16<UInt8>.self)
                        place += last[index].length
                        continue
                    }
                    last[index].bits = bits
                    last[index].length = 0
                }
                let length = cell(column, place)
                if isAgain {
                    last[index].length = length
                    last[index].low = UnsafeRawPointer(place).loadUnaligned(as: SIMD16<UInt8>.self)
                    last[index].high = UnsafeRawPointer(place + 16).loadUnaligned(as: SIMD16<UInt8>.self)
                }
                place += length
            }
        }
        return place
    }

    @inline(__always)
    private static func copyBlock(_ from: UnsafeRawPointer, to place: UnsafeMutablePointer<UInt8>) {
        let block = from.loadUnaligned(as: SIMD16<UInt8>.self)
        UnsafeMutableRawPointer(place).storeBytes(of: block, as: SIMD16<UInt8>.self)
    }
}
