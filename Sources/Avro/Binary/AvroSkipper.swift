import Core

extension AvroSchema {
    /// Values nested deeper than this are refused: recursive types must not exhaust the stack.
    public static let maximumValueDepth = 128

    /// Moves past one value without looking at more than its lengths.
    public func skip(_ node: NodeID, in cursor: inout AvroCursor, depth: Int = 0) throws(RecordFault) {
        guard depth < AvroSchema.maximumValueDepth else { throw cursor.fault(.malformed, "values are nested too deep") }
        switch nodes[node].kind {
        case .null: break
        case .boolean: _ = try cursor.readBoolean()
        case .int: _ = try cursor.readInt()
        case .long: _ = try cursor.readLong()
        case .float: _ = try cursor.take(4)
        case .double: _ = try cursor.take(8)
        case .bytes, .string: _ = try cursor.readBytes()
        case .fixed(let fixed): _ = try cursor.take(fixed.size)
        case .enumeration(let enumeration): _ = try cursor.readIndex(below: enumeration.symbols.count, "enum symbol")
        case .union(let branches):
            try skip(
                branches[try cursor.readIndex(below: branches.count, "union branch")], in: &cursor, depth: depth + 1)
        case .record(let record):
            for field in record.fields {
                do {
                    try skip(field.type, in: &cursor, depth: depth + 1)
                } catch {
                    throw error.inside(field.name)
                }
            }
        case .array(let items): try skipBlocks(items, hasKeys: false, in: &cursor, depth: depth)
        case .map(let values): try skipBlocks(values, hasKeys: true, in: &cursor, depth: depth)
        }
    }

    private func skipBlocks(
        _ item: NodeID, hasKeys: Bool, in cursor: inout AvroCursor, depth: Int
    ) throws(RecordFault) {
        let minimum = minimumSizes[item] + (hasKeys ? 1 : 0)
        while true {
            let block = try cursor.readBlock(minimumItemSize: minimum)
            if block.count == 0 { return }
            if let byteSize = block.byteSize {
                _ = try cursor.take(byteSize)
                continue
            }
            if minimum == 0 { continue }
            for _ in 0..<block.count {
                if hasKeys { _ = try cursor.readBytes() }
                try skip(item, in: &cursor, depth: depth + 1)
            }
        }
    }
}
