/// Which rows stay, and in which order: numbered minor planets, numbered comets, the others by packed designation, then
/// bodies that have only a name of their own.
extension OrbitSetBuilder {
    /// Rows that stay, in their final order, and how many gave way to newer ones.
    mutating func resolve() -> (order: ContiguousArray<Int32>, duplicates: Int) {
        unifyDesignations()
        var keys = ContiguousArray<SortKey>()
        keys.reserveCapacity(rows.count)
        for index in rows.indices { keys.append(SortKey(rows[index], index: Int32(index))) }
        let isSorted = zip(keys, keys.dropFirst()).allSatisfy { $0.body < $1.body }
        if !isSorted {
            let (rows, names) = (self.rows, self.names)
            keys.sort { left, right in
                if left.body != right.body { return left.body < right.body }
                if left.isNamed {
                    let (a, b) = (names[rows[Int(left.index)].name], names[rows[Int(right.index)].name])
                    if a != b { return a.lexicographicallyPrecedes(b) }
                }
                let (a, b) = (rows[Int(left.index)].epochMjdTT, rows[Int(right.index)].epochMjdTT)
                return a != b ? a > b : left.index > right.index
            }
        }
        var order = ContiguousArray<Int32>()
        order.reserveCapacity(keys.count)
        var newest = -1
        var successors: [Int32: Int32] = [:]
        for position in keys.indices {
            let index = keys[position].index
            if newest >= 0, isSameBody(keys[newest], keys[position]) {
                complete(Int(keys[newest].index), from: Int(index))
                successors[index] = keys[newest].index
            } else {
                order.append(index)
                newest = position
            }
        }
        // Whatever else a body was ever called it is still called.
        for place in aliases.indices where !successors.isEmpty {
            if let successor = successors[aliases[place].row] { aliases[place].row = successor }
        }
        return (order, rows.count - order.count)
    }

    /// What a newer orbit of a body lacks comes from the older one: names, not elements.
    private mutating func complete(_ newer: Int, from older: Int) {
        if rows[newer].key.provisional == 0 { rows[newer].key.provisional = rows[older].key.provisional }
        if rows[newer].name < 0 { rows[newer].name = rows[older].name }
        if rows[newer].h.isNaN, !rows[older].h.isNaN {
            rows[newer].h = rows[older].h
            rows[newer].g = rows[older].g
            if rows[older].flags.contains(.slopeIsG12) {
                rows[newer].flags.insert(.slopeIsG12)
            } else {
                rows[newer].flags.remove(.slopeIsG12)
            }
        }
        let provisional = rows[older].key.provisional
        if provisional != 0, provisional != rows[newer].key.provisional {
            aliases.append((provisional, Int32(newer)))
        }
    }

    private func isSameBody(_ left: SortKey, _ right: SortKey) -> Bool {
        guard left.body == right.body else { return false }
        return !left.isNamed || names[rows[Int(left.index)].name] == names[rows[Int(right.index)].name]
    }

    /// One record may call a body by its number and another by a provisional designation: where some record knows both,
    /// or gives one as another name, they are the same body.
    private mutating func unifyDesignations() {
        var known = ContiguousArray<(designation: UInt64, key: BodyKey)>()
        for row in rows where row.key.number != 0 && row.key.provisional >> 16 != 0 {
            known.append((row.key.provisional, row.key))
        }
        for alias in aliases { known.append((alias.designation, rows[Int(alias.row)].key)) }
        guard !known.isEmpty, rows.contains(where: { $0.key.number == 0 && $0.key.provisional != 0 }) else { return }
        known.sort { ($0.designation, $0.key) < ($1.designation, $1.key) }
        for index in rows.indices where rows[index].key.number == 0 && rows[index].key.provisional != 0 {
            let provisional = rows[index].key.provisional
            let place = known.partitioningIndex { $0.designation >= provisional }
            guard place < known.count, known[place].designation == provisional else { continue }
            let found = known[place].key
            guard !found.isEmpty, found != rows[index].key else { continue }
            // Rubin's id stays that of the designation it was given under.
            rows[index].key = BodyKey(number: found.number, provisional: found.number != 0 ? provisional : found.provisional)
            if found.number == 0 || found.provisional != provisional { aliases.append((provisional, Int32(index))) }
        }
    }
}

private struct SortKey {
    let body: Body
    let index: Int32

    struct Body: Comparable {
        let high: UInt64
        let low: UInt64
        static func < (left: Body, right: Body) -> Bool {
            left.high != right.high ? left.high < right.high : left.low < right.low
        }
    }

    init(_ row: OrbitRow, index: Int32) {
        self.index = index
        let key = row.key
        if key.isEmpty {
            body = Body(high: SortKey.named, low: 0)
        } else if key.number != 0 {
            // A comet's pieces differ by their letters; other provisional designations are but further names.
            body = Body(high: UInt64(key.number), low: key.provisional < 1 << 16 ? key.provisional : 0)
        } else {
            body = Body(high: 1 << 33, low: key.provisional)
        }
    }

    var isNamed: Bool { body.high == SortKey.named }
    private static let named: UInt64 = 1 << 34
}

extension RandomAccessCollection {
    /// The first index whose element fulfils a condition that all elements after it fulfil too.
    func partitioningIndex(where holds: (Element) -> Bool) -> Index {
        var (low, length) = (startIndex, count)
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if holds(self[middle]) {
                length = half
            } else {
                low = index(after: middle)
                length -= half + 1
            }
        }
        return low
    }
}
