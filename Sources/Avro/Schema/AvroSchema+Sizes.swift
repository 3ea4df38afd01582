extension AvroSchema {
    /// The least encoded size of every node. A recursive type counts what surrounds its recursion.
    static func minimumSizes(of nodes: [AvroNode]) -> [Int] {
        var sizes = [Int](repeating: 0, count: nodes.count)
        // From zero upwards the sizes only grow; a few rounds reach them all but for useless endless types.
        for _ in 0..<AvroSchemaParser.Limits.depth {
            var isSettled = true
            for index in nodes.indices {
                let size = min(minimumSize(of: nodes[index].kind, given: sizes), 1 << 30)
                if size != sizes[index] {
                    sizes[index] = size
                    isSettled = false
                }
            }
            if isSettled { break }
        }
        return sizes
    }

    private static func minimumSize(of kind: AvroKind, given sizes: [Int]) -> Int {
        switch kind {
        case .null: 0
        case .boolean, .int, .long, .bytes, .string, .enumeration, .array, .map: 1
        case .float: 4
        case .double: 8
        case .fixed(let fixed): fixed.size
        case .union(let branches): 1 + (branches.map { sizes[$0] }.min() ?? 0)
        case .record(let record): record.fields.reduce(0) { min($0 + sizes[$1.type], 1 << 30) }
        }
    }
}
