import Core
import Glibc

/// Writes a builder's orbits as a file in the format of `OrbitSetFormat`.
struct OrbitSetWriter {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String
    private var offset: Int
    private var entries: [(section: OrbitSetFormat.Section, offset: Int, bytes: Int, checksum: UInt64)] = []

    /// Writes and syncs the file.
    /// - Returns: the version id of what was written.
    static func write(
        _ builder: OrbitSetBuilder, order: ContiguousArray<Int32>, to path: String
    ) throws(DependencyFault) -> String {
        var writer = try OrbitSetWriter(path: path)
        defer { fclose(writer.file) }
        try writer.writeColumns(builder, order)
        try writer.writeNames(builder, order)
        try writer.writeAliases(builder, order)
        try writer.writeTerms(builder, order)
        try writer.writeCovariances(builder, order)
        return try writer.finish(rows: order.count)
    }

    private init(path: String) throws(DependencyFault) {
        guard let file = fopen(path, "wb") else { throw FileSystem.fault(path, "cannot write") }
        self.file = file
        self.path = path
        offset = OrbitSetFormat.headerBytes + OrbitSetFormat.entryBytes * OrbitSetFormat.Section.allCases.count
        offset = OrbitSetFormat.aligned(offset)
        guard fseek(file, offset, SEEK_SET) == 0 else { throw FileSystem.fault(path, "cannot write") }
    }

    private mutating func write(
        _ section: OrbitSetFormat.Section, _ values: ContiguousArray<some BitwiseCopyable>
    ) throws(DependencyFault) {
        var failed = false
        var checksum = WordChecksum(seed: UInt64(section.rawValue))
        var count = 0
        values.withUnsafeBytes { bytes in
            checksum.add(bytes)
            count = bytes.count
            failed = fwrite(bytes.baseAddress, 1, count, file) != count
        }
        entries.append((section, offset, count, checksum.value))
        let next = OrbitSetFormat.aligned(offset + count)
        for _ in offset + count..<next where !failed { failed = fputc(0, file) != 0 }
        if failed { throw FileSystem.fault(path, "cannot write") }
        offset = next
    }

    // MARK: Sections

    private mutating func column<T: BitwiseCopyable>(
        _ section: OrbitSetFormat.Section, _ builder: OrbitSetBuilder, _ order: ContiguousArray<Int32>,
        _ value: (OrbitRow) -> T
    ) throws(DependencyFault) {
        var values = ContiguousArray<T>()
        values.reserveCapacity(order.count)
        for index in order { values.append(value(builder.rows[Int(index)])) }
        try write(section, values)
    }

    private mutating func writeColumns(
        _ builder: OrbitSetBuilder, _ order: ContiguousArray<Int32>
    ) throws(DependencyFault) {
        try column(.q, builder, order) { $0.qAu }
        try column(.e, builder, order) { $0.eccentricity }
        try column(.inclination, builder, order) { $0.inclinationDeg }
        try column(.node, builder, order) { $0.nodeDeg }
        try column(.argPeri, builder, order) { $0.argPeriDeg }
        try column(.timeOfPerihelion, builder, order) { $0.timeOfPerihelionMjdTT }
        try column(.epoch, builder, order) { $0.epochMjdTT }
        try column(.h, builder, order) { $0.h }
        try column(.g, builder, order) { $0.g }
        try column(.arc, builder, order) { $0.arcDays }
        try column(.flags, builder, order) { $0.flags.rawValue }
        try column(.number, builder, order) { $0.key.number }
        try column(.provisional, builder, order) { $0.key.provisional }
        var designated = ContiguousArray<(designation: UInt64, row: UInt32)>()
        for (row, index) in order.enumerated() {
            let provisional = builder.rows[Int(index)].key.provisional
            if provisional >> 16 != 0 { designated.append((provisional, UInt32(row))) }
        }
        designated.sort { ($0.designation, $0.row) < ($1.designation, $1.row) }
        try write(.provisionalOrder, ContiguousArray(designated.map(\.row)))
    }

    private mutating func writeNames(
        _ builder: OrbitSetBuilder, _ order: ContiguousArray<Int32>
    ) throws(DependencyFault) {
        var (rows, offsets): (ContiguousArray<UInt32>, ContiguousArray<UInt32>) = ([], [0])
        var text: ContiguousArray<UInt8> = []
        for (row, index) in order.enumerated() {
            let name = builder.rows[Int(index)].name
            guard name >= 0 else { continue }
            rows.append(UInt32(row))
            text.append(contentsOf: builder.names[name])
            offsets.append(UInt32(text.count))
        }
        var places = ContiguousArray(rows.indices.map { UInt32($0) })
        text.withUnsafeBytes { text in
            func name(_ place: UInt32) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: text[Int(offsets[Int(place)])..<Int(offsets[Int(place) + 1])])
            }
            places.sort { left, right in
                let order = NameOrder.compare(name(left), name(right))
                return order != 0 ? order < 0 : left < right
            }
        }
        try write(.nameRows, rows)
        try write(.nameOffsets, offsets)
        try write(.nameText, text)
        try write(.nameOrder, places)
    }

    private mutating func writeAliases(
        _ builder: OrbitSetBuilder, _ order: ContiguousArray<Int32>
    ) throws(DependencyFault) {
        var found = ContiguousArray<(designation: UInt64, row: UInt32)>()
        if !builder.aliases.isEmpty {
            var rows = ContiguousArray<Int32>(repeating: -1, count: builder.rows.count)
            for (row, index) in order.enumerated() { rows[Int(index)] = Int32(row) }
            for alias in builder.aliases {
                let row = rows[Int(alias.row)]
                guard row >= 0, builder.rows[Int(alias.row)].key.provisional != alias.designation else { continue }
                found.append((alias.designation, UInt32(row)))
            }
            found.sort { ($0.designation, $0.row) < ($1.designation, $1.row) }
        }
        var (designations, rows): (ContiguousArray<UInt64>, ContiguousArray<UInt32>) = ([], [])
        for alias in found where designations.last != alias.designation {
            designations.append(alias.designation)
            rows.append(alias.row)
        }
        try write(.aliases, designations)
        try write(.aliasRows, rows)
    }

    private mutating func writeTerms(
        _ builder: OrbitSetBuilder, _ order: ContiguousArray<Int32>
    ) throws(DependencyFault) {
        var (rows, values): (ContiguousArray<UInt32>, ContiguousArray<Double>) = ([], [])
        for (row, index) in order.enumerated() {
            let terms = builder.rows[Int(index)].terms
            guard terms >= 0 else { continue }
            let one = builder.terms[Int(terms)]
            rows.append(UInt32(row))
            values.append(contentsOf: [one.a1, one.a2, one.a3])
        }
        try write(.termRows, rows)
        try write(.terms, values)
    }

    private mutating func writeCovariances(
        _ builder: OrbitSetBuilder, _ order: ContiguousArray<Int32>
    ) throws(DependencyFault) {
        var (rows, offsets): (ContiguousArray<UInt32>, ContiguousArray<UInt64>) = ([], [0])
        var bytes: ContiguousArray<UInt8> = []
        for (row, index) in order.enumerated() {
            let covariance = builder.rows[Int(index)].covariance
            guard covariance >= 0 else { continue }
            let one = builder.covariances[Int(covariance)]
            rows.append(UInt32(row))
            var head = [UInt8](repeating: 0, count: OrbitSetFormat.covarianceHeadBytes)
            head[0] = one.basis.rawValue
            head[1] = UInt8(one.dimension)
            head[2] = one.values.isEmpty ? 0 : 1
            for (place, extra) in one.extraParameters.enumerated() { head[8 + place] = extra.rawValue }
            bytes.append(contentsOf: head)
            for value in one.values + one.upperTriangle {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
            offsets.append(UInt64(bytes.count))
        }
        try write(.covarianceRows, rows)
        try write(.covarianceOffsets, offsets)
        try write(.covariances, bytes)
    }

    // MARK: Header

    private mutating func finish(rows: Int) throws(DependencyFault) -> String {
        var header = OrbitSetFormat.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) }
        }
        append(OrbitSetFormat.version)
        append(UInt32(entries.count))
        append(UInt64(rows))
        let head = header
        header = []
        for entry in entries {
            append(entry.section.rawValue)
            append(UInt32(0))
            append(UInt64(entry.offset))
            append(UInt64(entry.bytes))
            append(entry.checksum)
        }
        let table = header
        var checksum = WordChecksum(seed: 0)
        head.withUnsafeBytes { checksum.add($0) }
        table.withUnsafeBytes { checksum.add($0) }
        header = head
        append(checksum.value)
        header += table
        guard fseek(file, 0, SEEK_SET) == 0, fwrite(header, 1, header.count, file) == header.count,
            fflush(file) == 0, fsync(fileno(file)) == 0
        else { throw FileSystem.fault(path, "cannot write") }
        return OrbitSetFormat.hex(checksum.value)
    }
}

/// The order of names: without case where they are ASCII, then as written.
enum NameOrder {
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        for index in 0..<min(left.count, right.count) {
            let (a, b) = (fold(left[index]), fold(right[index]))
            if a != b { return a < b ? -1 : 1 }
        }
        return left.count - right.count
    }

    @inline(__always) private static func fold(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
