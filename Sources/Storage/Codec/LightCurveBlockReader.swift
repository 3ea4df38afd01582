import Core

/// Reads `LightCurveBlock`s.
enum LightCurveBlockReader {
    private static let bodyLimit = 1 << 28

    static func read(_ bytes: UnsafeRawBufferPointer, _ zstd: Zstd) throws(DamagedBytes) -> LightCurveBlock {
        var header = ByteReader(bytes)
        let checksum: UInt32 = try header.little()
        guard Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[4...])) == checksum else {
            throw DamagedBytes(detail: "checksum differs")
        }
        let version = try header.byte()
        guard version == LightCurveBlock.version else {
            throw DamagedBytes(detail: "format version \(version); this version reads \(LightCurveBlock.version)")
        }
        let isCompressed = try header.byte() == 1
        let size = Int(clamping: try header.varint())
        guard size <= bodyLimit else { throw DamagedBytes(detail: "a block of \(size) bytes") }
        let body = try header.take(header.remaining)
        guard isCompressed else {
            guard size == body.count else { throw DamagedBytes(detail: "size differs") }
            return try readBody(body)
        }
        let raw = ByteWriter(capacity: size)
        try zstd.decompress(body, size: size, into: raw)
        return try readBody(raw.bytes)
    }

    private struct Visit {
        var id: Int64 = 0
        var detector: Int32 = 0
        var midpoint: UInt64 = 0
        var band: UInt8 = 0
    }

    private static func readBody(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) -> LightCurveBlock {
        var reader = ByteReader(bytes)
        let count = try reader.count(minimumBytes: 17)
        let visits = try readVisits(&reader)
        var indexes: [Int] = []
        var index = 0
        for _ in 0..<count {
            index += Int(clamping: try reader.varint())
            guard index < visits.count else { throw DamagedBytes(detail: "visit index out of range") }
            indexes.append(index)
        }
        var block = LightCurveBlock()
        block.knownFrom = try differences(&reader, count)
        let ids = try differences(&reader, count)
        let object = try reader.zigzag()
        let ra = try differences(&reader, count)
        let dec = try differences(&reader, count)
        let processed = try differences(&reader, count)
        let withdrawnState = try reader.byte()
        let withdrawn = try reader.double()
        guard let withdrawnState = CellState(rawValue: withdrawnState) else {
            throw DamagedBytes(detail: "unknown state of a time of withdrawal")
        }
        var planes: [UnsafeRawBufferPointer] = []
        for _ in 0..<4 { planes.append(try reader.take(count * 4)) }
        var exceptions = try Exceptions(&reader)
        let layout = ForcedLayout.shared
        for row in 0..<count {
            let visit = visits[indexes[row]]
            for (position, role) in layout.roles.enumerated() {
                let column = block.table.columns[position]
                if try exceptions.apply(row, layout.ids[position], column, block.table.arena) { continue }
                switch role {
                case .id:
                    let start = ForcedLayout.idStart(visit: visit.id, detector: visit.detector)
                    column.append(ids[row] &+ start)
                case .object: column.append(object)
                case .ra: column.append(double(ra[row]))
                case .dec: column.append(double(dec[row]))
                case .visit: column.append(visit.id)
                case .detector: column.append(visit.detector)
                case .flux(let plane): column.append(float(planes[plane], row, count))
                case .midpoint: column.append(Double(bitPattern: visit.midpoint))
                case .band: appendBand(visit.band, to: column, block.table.arena)
                case .processed: column.append(double(processed[row] &+ Int64(bitPattern: visit.midpoint)))
                case .withdrawn:
                    if withdrawnState == .value {
                        column.append(withdrawn)
                    } else {
                        column.appendMissing(withdrawnState)
                    }
                }
            }
            block.table.finishRow()
        }
        guard exceptions.isAtEnd else { throw DamagedBytes(detail: "an exception without a point") }
        return block
    }

    private static func double(_ bits: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: bits)) }

    private static func appendBand(_ band: UInt8, to column: Column, _ arena: ByteArena) {
        if band == 0 { return column.appendMissing(.null) }
        withUnsafeBytes(of: band) { column.append(arena.append($0)) }
    }

    private static func float(_ plane: UnsafeRawBufferPointer, _ row: Int, _ count: Int) -> Float {
        let low = UInt32(plane[row]) | UInt32(plane[count + row]) << 8
        let high = UInt32(plane[2 * count + row]) << 16 | UInt32(plane[3 * count + row]) << 24
        return Float(bitPattern: low | high)
    }

    private static func readVisits(_ reader: inout ByteReader) throws(DamagedBytes) -> [Visit] {
        let count = try reader.count(minimumBytes: 4)
        var visits: [Visit] = []
        var last = Visit()
        for _ in 0..<count {
            last.id &+= try reader.zigzag()
            last.detector &+= Int32(truncatingIfNeeded: try reader.zigzag())
            last.midpoint &+= UInt64(bitPattern: try reader.zigzag())
            last.band = try reader.byte()
            visits.append(last)
        }
        return visits
    }

    private static func differences(_ reader: inout ByteReader, _ count: Int) throws(DamagedBytes) -> [Int64] {
        var values: [Int64] = []
        values.reserveCapacity(count)
        var last: Int64 = 0
        for _ in 0..<count {
            last &+= try reader.zigzag()
            values.append(last)
        }
        return values
    }
}

/// The exceptions of a block, taken in order of point and column.
private struct Exceptions {
    private var reader: ByteReader
    private var left: Int
    private var next: (row: Int, id: UInt64)?

    init(_ reader: inout ByteReader) throws(DamagedBytes) {
        left = try reader.count(minimumBytes: 3)
        self.reader = ByteReader(try reader.take(reader.remaining))
        try advance()
    }

    var isAtEnd: Bool { next == nil && reader.isAtEnd }

    private mutating func advance() throws(DamagedBytes) {
        guard left > 0 else {
            next = nil
            return
        }
        left -= 1
        next = (Int(clamping: try reader.varint()), try reader.varint())
    }

    /// Appends the exceptional cell if there is one here.
    mutating func apply(
        _ row: Int, _ id: UInt16, _ column: Column, _ arena: ByteArena
    ) throws(DamagedBytes) -> Bool {
        guard let next, next.row == row, next.id == UInt64(id) else { return false }
        let code = try reader.byte()
        switch code {
        case 1: column.appendMissing(.null)
        case 2: column.appendMissing(.absent)
        case 0, RowCodec.zero: try RowReader.readValue(&reader, isZero: code == RowCodec.zero, into: column, arena)
        default: throw DamagedBytes(detail: "unknown state of an exception")
        }
        try advance()
        return true
    }
}
