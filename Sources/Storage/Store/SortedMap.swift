/// An ordered map of byte strings as a value: leaves of at most 256 entries, shared between copies until one changes.
struct SortedMap: Sendable {
    private struct Leaf: Sendable {
        var keys: [[UInt8]] = []
        var values: [[UInt8]] = []
    }

    private static let leafLimit = 256
    private var leaves: [Leaf] = []

    init() {}

    private static func precedes(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
        left.withUnsafeBytes { $0.precedes(right) }
    }

    /// The last leaf whose first key is not after `key`.
    private func leafIndex(for key: UnsafeRawBufferPointer) -> Int {
        var low = 0
        var high = leaves.count
        while low < high {
            let middle = (low + high) / 2
            let isAfter = leaves[middle].keys[0].withUnsafeBytes { key.precedes($0) }
            if isAfter { high = middle } else { low = middle + 1 }
        }
        return max(low - 1, 0)
    }

    private func position(in leaf: Int, of key: UnsafeRawBufferPointer) -> (index: Int, isFound: Bool) {
        let keys = leaves[leaf].keys
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if SortedMap.precedes(keys[middle], key) { low = middle + 1 } else { high = middle }
        }
        let isFound = low < keys.count && keys[low].withUnsafeBytes { $0.compare(key) == 0 }
        return (low, isFound)
    }

    func value(_ key: UnsafeRawBufferPointer) -> [UInt8]? {
        guard !leaves.isEmpty else { return nil }
        let leaf = leafIndex(for: key)
        let found = position(in: leaf, of: key)
        return found.isFound ? leaves[leaf].values[found.index] : nil
    }

    mutating func set(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if leaves.isEmpty {
            leaves.append(Leaf(keys: [[UInt8](key)], values: [[UInt8](value)]))
            return
        }
        let leaf = leafIndex(for: key)
        let found = position(in: leaf, of: key)
        if found.isFound {
            leaves[leaf].values[found.index] = [UInt8](value)
            return
        }
        leaves[leaf].keys.insert([UInt8](key), at: found.index)
        leaves[leaf].values.insert([UInt8](value), at: found.index)
        if leaves[leaf].keys.count > SortedMap.leafLimit { split(leaf) }
    }

    private mutating func split(_ index: Int) {
        // Keys that arrive in order fill leaves whole.
        let cut = index == leaves.count - 1 ? leaves[index].keys.count - 1 : leaves[index].keys.count / 2
        let right = Leaf(keys: Array(leaves[index].keys[cut...]), values: Array(leaves[index].values[cut...]))
        leaves[index].keys.removeSubrange(cut...)
        leaves[index].values.removeSubrange(cut...)
        leaves.insert(right, at: index + 1)
    }

    mutating func remove(_ key: UnsafeRawBufferPointer) {
        guard !leaves.isEmpty else { return }
        let leaf = leafIndex(for: key)
        let found = position(in: leaf, of: key)
        guard found.isFound else { return }
        leaves[leaf].keys.remove(at: found.index)
        leaves[leaf].values.remove(at: found.index)
        if leaves[leaf].keys.isEmpty { leaves.remove(at: leaf) }
    }

    /// Entries from `from` on, in order; `body` answers whether to go on.
    func ascend<Failure: Error>(
        from: UnsafeRawBufferPointer, _ body: ([UInt8], [UInt8]) throws(Failure) -> Bool
    ) throws(Failure) {
        guard !leaves.isEmpty else { return }
        var leaf = leafIndex(for: from)
        var index = position(in: leaf, of: from).index
        while leaf < leaves.count {
            while index < leaves[leaf].keys.count {
                guard try body(leaves[leaf].keys[index], leaves[leaf].values[index]) else { return }
                index += 1
            }
            leaf += 1
            index = 0
        }
    }

    /// Entries below `to` (all when nil), from the last down.
    func descend<Failure: Error>(
        below to: UnsafeRawBufferPointer?, _ body: ([UInt8], [UInt8]) throws(Failure) -> Bool
    ) throws(Failure) {
        guard !leaves.isEmpty else { return }
        var leaf = leaves.count - 1
        var index = leaves[leaf].keys.count
        if let to {
            leaf = leafIndex(for: to)
            index = position(in: leaf, of: to).index
        }
        while true {
            while index > 0 {
                index -= 1
                guard try body(leaves[leaf].keys[index], leaves[leaf].values[index]) else { return }
            }
            guard leaf > 0 else { return }
            leaf -= 1
            index = leaves[leaf].keys.count
        }
    }

    var byteCount: Int64 {
        leaves.reduce(0) { sum, leaf in
            sum + leaf.keys.reduce(0) { $0 + Int64($1.count) } + leaf.values.reduce(0) { $0 + Int64($1.count) }
        }
    }
}
