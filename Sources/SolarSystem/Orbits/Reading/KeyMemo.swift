import Glibc

/// Remembers what the keys of the records before meant: records of one file have the same keys in the same order.
struct KeyMemo<Meaning> {
    private var entries: [(key: [UInt8], meaning: Meaning?)] = []
    private let resolve: (UnsafeRawBufferPointer) -> Meaning?

    init(_ resolve: @escaping (UnsafeRawBufferPointer) -> Meaning?) { self.resolve = resolve }

    /// - Parameter index: which of its record's keys it is.
    mutating func meaning(of key: UnsafeRawBufferPointer, at index: Int) -> Meaning? {
        if index < entries.count {
            let known = entries[index].key.withUnsafeBytes { known in
                known.count == key.count && (key.isEmpty || memcmp(known.baseAddress!, key.baseAddress!, key.count) == 0)
            }
            if known { return entries[index].meaning }
        }
        let found = resolve(key)
        if index < entries.count {
            entries[index] = (Array(key), found)
        } else if index == entries.count {
            entries.append((Array(key), found))
        }
        return found
    }
}
