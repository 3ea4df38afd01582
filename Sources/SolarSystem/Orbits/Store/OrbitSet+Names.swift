import Core

/// Names of the bodies of a set, and the rows that names stand for.
extension OrbitSet {
    public func key(_ row: Int) -> BodyKey {
        BodyKey(number: values(.number, as: UInt32.self)[row], provisional: values(.provisional, as: UInt64.self)[row])
    }

    /// Rubin's id of the body; nil for one that has only a name of its own.
    public func ssObjectId(_ row: Int) -> SSObjectID? { key(row).ssObjectId }

    /// How the body is called: its number, else its provisional designation, else its own name.
    public func designation(_ row: Int) -> String {
        key(row).designation?.unpacked ?? name(row) ?? "row \(row)"
    }

    /// The proper name, where it has one: `Ceres`.
    public func name(_ row: Int) -> String? { nameBytes(row).map { String(decoding: $0, as: UTF8.self) } }

    func nameBytes(_ row: Int) -> UnsafeRawBufferPointer? { place(row, in: .nameRows).map { nameBytes(place: $0) } }

    private func nameBytes(place: Int) -> UnsafeRawBufferPointer {
        let offsets = values(.nameOffsets, as: UInt32.self)
        let text = section(.nameText)
        // Of a damaged set the offsets may say anything.
        return UnsafeRawBufferPointer(rebasing: text[OrbitSet.range(offsets[place], offsets[place + 1], in: text) ?? 0..<0])
    }

    /// Further designations with their rows.
    func forEachAlias(_ body: (UInt64, Int) -> Void) {
        for (designation, row) in zip(values(.aliases, as: UInt64.self), values(.aliasRows, as: UInt32.self)) {
            body(designation, Int(row))
        }
    }

    /// The other designations of a body, in order.
    public func aliases(_ row: Int) -> [Designation] {
        var found: [Designation] = []
        forEachAlias { designation, other in
            if other == row, let one = BodyKey(provisional: designation).provisionalDesignation { found.append(one) }
        }
        return found
    }

    // MARK: Finding

    /// The row of a number, a name, or a packed or plain designation, current or former, or of an ssObjectId in decimal.
    public func row(named text: some StringProtocol) -> Int? {
        let trimmed = Array(text.utf8).withUnsafeBytes { Array(DecimalBytes.trim($0)) }
        guard !trimmed.isEmpty else { return nil }
        let word = String(decoding: trimmed, as: UTF8.self)
        if let key = Designation(word).flatMap({ BodyKey($0) }), let row = row(key) { return row }
        if let row = trimmed.withUnsafeBytes({ row(name: $0) }) { return row }
        guard let value = Int64(word), value > Int64(Designation.maxNumber) || value < 0 else { return nil }
        return row(ssObjectId: SSObjectID(rawValue: value))
    }

    /// The row of Rubin's id, or of one that `bodyId` gave.
    public func row(ssObjectId: SSObjectID) -> Int? {
        guard ssObjectId.rawValue > 0 else { return ssObjectId.isNone ? nil : row(ownId: ssObjectId) }
        if let row = row(provisional: UInt64(ssObjectId.rawValue)) { return row }
        return ssObjectId.designation.flatMap { BodyKey($0) }.flatMap { row($0) }
    }

    func row(_ key: BodyKey) -> Int? { key.number != 0 ? row(numbered: key) : row(provisional: key.provisional) }

    private func row(numbered key: BodyKey) -> Int? {
        // Numbered rows come first, in order of number; the others have 0.
        let numbers = values(.number, as: UInt32.self)
        var row = numbers.partitioningIndex { $0 == 0 || $0 >= key.number }
        while row < count, numbers[row] == key.number {
            let provisional = values(.provisional, as: UInt64.self)[row]
            let fragment = provisional < 1 << 16 ? provisional : 0
            if fragment == key.provisional { return row }
            row += 1
        }
        return nil
    }

    private func row(provisional: UInt64) -> Int? {
        guard provisional != 0 else { return nil }
        let order = values(.provisionalOrder, as: UInt32.self)
        let designations = values(.provisional, as: UInt64.self)
        let place = order.partitioningIndex { designations[Int($0)] >= provisional }
        if place < order.count, designations[Int(order[place])] == provisional { return Int(order[place]) }
        let aliases = values(.aliases, as: UInt64.self)
        let alias = aliases.partitioningIndex { $0 >= provisional }
        guard alias < aliases.count, aliases[alias] == provisional else { return nil }
        return Int(values(.aliasRows, as: UInt32.self)[alias])
    }

    private func row(name: UnsafeRawBufferPointer) -> Int? {
        let order = values(.nameOrder, as: UInt32.self)
        let place = order.partitioningIndex { NameOrder.compare(nameBytes(place: Int($0)), name) >= 0 }
        guard place < order.count, NameOrder.compare(nameBytes(place: Int(order[place])), name) == 0 else { return nil }
        return Int(values(.nameRows, as: UInt32.self)[Int(order[place])])
    }
}
