import Core

/// Ids of all bodies of a set, those that Rubin has none for included.
extension OrbitSet {
    /// Rubin's id where there is one. A body that has only a name of its own has a negative id that follows from its name,
    /// capitals aside: the same in every set.
    public func bodyId(_ row: Int) -> SSObjectID { ssObjectId(row) ?? OrbitSet.bodyId(named: designation(row)) }

    /// The id of a body that has only this name: the top bit, and 63 bits of a checksum.
    static func bodyId(named name: String) -> SSObjectID {
        var checksum = WordChecksum(seed: 0x6E61_6D65)
        let folded = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        folded.withUnsafeBytes { checksum.add($0) }
        return SSObjectID(rawValue: Int64(bitPattern: checksum.value | 1 << 63))
    }

    /// The body's provisional designation in readable form, else how it is called.
    public func provisionalDesignation(_ row: Int) -> String {
        key(row).provisionalDesignation?.unpacked ?? designation(row)
    }

    /// Rows with ids that Rubin does not give, ascending by id.
    func rowsByOwnId() -> [(id: SSObjectID, row: Int)] {
        var found: [(id: SSObjectID, row: Int)] = []
        // Bodies without a designation come last.
        for row in stride(from: count - 1, through: 0, by: -1) {
            guard key(row).isEmpty else { break }
            found.append((bodyId(row), row))
        }
        // Numbered comets, whose pieces have packed forms that are too long, follow on the numbered minor planets.
        let numbers = values(.number, as: UInt32.self)
        var row = numbers.partitioningIndex { $0 == 0 || $0 >> 24 != 0 }
        while row < count, numbers[row] != 0 {
            if ssObjectId(row) == nil { found.append((bodyId(row), row)) }
            row += 1
        }
        return found.sorted { ($0.id, $0.row) < ($1.id, $1.row) }
    }
}
