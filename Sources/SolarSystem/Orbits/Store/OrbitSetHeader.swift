import Core

/// The head of an orbit set's file, verified.
struct OrbitSetHeader {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func integer<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The sections in order, the number of orbits and the version id.
    func sections(
        of bytes: UnsafeRawBufferPointer, _ path: String
    ) throws(DependencyFault) -> ([UnsafeRawBufferPointer], Int, String) {
        guard bytes.prefix(8).elementsEqual(OrbitSetFormat.magic) else { throw orbitFault(path, "is no orbit set") }
        let version = integer(8, as: UInt32.self)
        guard version <= OrbitSetFormat.version else {
            throw orbitFault(path, "has format \(version); this program reads up to \(OrbitSetFormat.version)")
        }
        let kinds = OrbitSetFormat.Section.allCases
        let tableEnd = OrbitSetFormat.headerBytes + OrbitSetFormat.entryBytes * kinds.count
        guard integer(12, as: UInt32.self) == UInt32(kinds.count), tableEnd <= bytes.count else {
            throw orbitFault(path, "has another number of sections than its format")
        }
        var checksum = WordChecksum(seed: 0)
        checksum.add(UnsafeRawBufferPointer(rebasing: bytes[0..<24]))
        checksum.add(UnsafeRawBufferPointer(rebasing: bytes[OrbitSetFormat.headerBytes..<tableEnd]))
        guard checksum.value == integer(24, as: UInt64.self) else { throw orbitFault(path, "has a damaged header") }
        var sections: [UnsafeRawBufferPointer] = []
        for (index, kind) in kinds.enumerated() {
            sections.append(try section(kind, at: OrbitSetFormat.headerBytes + index * OrbitSetFormat.entryBytes, path))
        }
        let rows = Int(integer(16, as: UInt64.self))
        guard areConsistent(sections, rows: rows) else { throw orbitFault(path, "has sections that do not fit together") }
        return (sections, rows, OrbitSetFormat.hex(checksum.value))
    }

    private func section(
        _ kind: OrbitSetFormat.Section, at entry: Int, _ path: String
    ) throws(DependencyFault) -> UnsafeRawBufferPointer {
        let (offset, count) = (integer(entry + 8, as: UInt64.self), integer(entry + 16, as: UInt64.self))
        guard integer(entry, as: UInt32.self) == kind.rawValue, offset <= UInt64(bytes.count),
            count <= UInt64(bytes.count) - offset
        else { throw orbitFault(path, "is truncated") }
        let section = UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset + count)])
        var checksum = WordChecksum(seed: UInt64(kind.rawValue))
        checksum.add(section)
        guard checksum.value == integer(entry + 24, as: UInt64.self) else {
            throw orbitFault(path, "is damaged: section \(kind.rawValue) does not have the checksum that it states")
        }
        return section
    }

    private func areConsistent(_ sections: [UnsafeRawBufferPointer], rows: Int) -> Bool {
        func bytes(_ kind: OrbitSetFormat.Section) -> Int { sections[Int(kind.rawValue) - 1].count }
        let doubles: [OrbitSetFormat.Section] = [.q, .e, .inclination, .node, .argPeri, .timeOfPerihelion, .epoch]
        let floats: [OrbitSetFormat.Section] = [.h, .g, .arc, .number]
        guard rows > 0, rows < Int(Int32.max) else { return false }
        return doubles.allSatisfy { bytes($0) == rows * 8 } && floats.allSatisfy { bytes($0) == rows * 4 }
            && bytes(.flags) == rows && bytes(.provisional) == rows * 8 && bytes(.provisionalOrder) <= rows * 4
            && bytes(.nameOffsets) == bytes(.nameRows) + 4 && bytes(.nameOrder) == bytes(.nameRows)
            && bytes(.aliases) == bytes(.aliasRows) * 2 && bytes(.terms) == bytes(.termRows) * 6
            && bytes(.covarianceOffsets) == bytes(.covarianceRows) * 2 + 8
    }
}
