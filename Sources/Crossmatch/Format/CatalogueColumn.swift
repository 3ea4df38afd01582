import Core

/// A mapped column of a catalogue, read row by row.
struct CatalogueColumn {
    let type: ColumnType
    /// Values of a fixed width; for strings the UInt64 offsets, one more than rows.
    let values: UnsafeRawBufferPointer
    let text: UnsafeRawBufferPointer
    let nulls: UnsafeRawBufferPointer?

    @inline(__always) func load<T: BitwiseCopyable>(_ row: Int, as: T.Type) -> T {
        values.loadUnaligned(fromByteOffset: row * MemoryLayout<T>.size, as: T.self)
    }

    @inline(__always) func isNull(_ row: Int) -> Bool { nulls.map { $0[row] != 0 } ?? false }

    /// The bytes of a string; empty where damaged offsets point outside the file.
    func text(_ row: Int) -> UnsafeRawBufferPointer {
        let start = load(row, as: UInt64.self)
        let end = load(row + 1, as: UInt64.self)
        guard start <= end, end <= UInt64(text.count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: text[Int(start)..<Int(end)])
    }

    /// Width of a stored value.
    static func width(_ type: ColumnType) -> Int { type == .bool ? 1 : type.width }
}

/// Maps the files of a version, keeping what it mapped.
struct CatalogueMapper {
    let path: String
    let manifest: CatalogueManifest
    var mappings: [MappedFile] = []

    init(path: String, manifest: CatalogueManifest) {
        self.path = path
        self.manifest = manifest
    }

    private mutating func map(_ name: String, bytes: Int?) throws(DependencyFault) -> MappedFile {
        guard let file = manifest.file(name) else { throw catalogueFault("\(path)/\(name)", "is not in the manifest") }
        guard bytes == nil || bytes == file.bytes else {
            throw catalogueFault("\(path)/\(name)", "has \(file.bytes) bytes for \(manifest.rows) rows")
        }
        let mapping = try MappedFile(path: "\(path)/\(name)", expectedBytes: file.bytes)
        mappings.append(mapping)
        return mapping
    }

    mutating func values<T: BitwiseCopyable>(
        _ name: String, count: Int
    ) throws(DependencyFault) -> UnsafeBufferPointer<T> {
        try map(name, bytes: count * MemoryLayout<T>.size).values(as: T.self)
    }

    mutating func column(_ stem: String, _ type: ColumnType) throws(DependencyFault) -> CatalogueColumn {
        let nulls = manifest.file("\(stem).null") == nil ? nil : try map("\(stem).null", bytes: manifest.rows).bytes
        guard type == .string else {
            let values = try map(stem, bytes: manifest.rows * CatalogueColumn.width(type)).bytes
            return CatalogueColumn(
                type: type, values: values, text: UnsafeRawBufferPointer(start: nil, count: 0), nulls: nulls)
        }
        let offsets = try map("\(stem).offset", bytes: (manifest.rows + 1) * 8).bytes
        return CatalogueColumn(
            type: type, values: offsets, text: try map("\(stem).bytes", bytes: nil).bytes, nulls: nulls)
    }
}

extension CatalogueColumn {
    /// Appends a row's value to a column of the same type.
    func append(row: Int, to column: Column, arena: ByteArena) {
        switch type {
        case .bool: column.append(load(row, as: UInt8.self) != 0)
        case .int32: column.append(load(row, as: Int32.self))
        case .int64: column.append(load(row, as: Int64.self))
        case .float32: column.append(load(row, as: Float.self))
        case .float64: column.append(load(row, as: Double.self))
        case .string, .bytes: column.append(arena.append(text(row)))
        }
    }
}
