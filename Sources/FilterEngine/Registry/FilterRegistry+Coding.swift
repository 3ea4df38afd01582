import Core

/// The stored form, little-endian: byte 2 (format), registry version (8), filters; counts are 4 bytes, texts are a
/// count and UTF-8. Filter: name, state (1), versions, events. Version: number (4), hash (8), deployed MJD (8, IEEE), owner,
/// title, topic, text, columns (name, type 1), catalogues (name, columns; not in format 1). Event: action (1), MJD (8), version (4).
extension FilterRegistry {
    static let format: UInt8 = 2

    public func encoded() -> [UInt8] {
        var writer = RegistryWriter()
        writer.bytes.append(FilterRegistry.format)
        writer.put(version)
        writer.put(Int32(filters.count))
        for filter in filters {
            writer.put(filter.name)
            writer.bytes.append(filter.state.rawValue)
            writer.put(Int32(filter.versions.count))
            for version in filter.versions { writer.put(version) }
            writer.put(Int32(filter.events.count))
            for event in filter.events {
                writer.bytes.append(event.action.rawValue)
                writer.put(event.at.days.bitPattern)
                writer.put(event.version)
            }
        }
        return writer.bytes
    }

    /// - Throws: `UserFault` when the bytes are not a registry, or of a newer format.
    public init(decoding bytes: [UInt8]) throws(UserFault) {
        var reader = RegistryReader(bytes: bytes)
        let format: UInt8 = try reader.integer()
        guard (1...FilterRegistry.format).contains(format) else {
            throw UserFault(
                .conflict, "the filter registry has format \(format)", detail: "this program reads up to \(FilterRegistry.format)",
                hint: "use the newer program that wrote it")
        }
        reader.format = format
        let version: Int64 = try reader.integer()
        var filters: [FilterRecord] = []
        for _ in 0..<(try reader.count()) { filters.append(try reader.filter()) }
        guard reader.isAtEnd else { throw RegistryReader.damaged }
        self.init(filters: filters, version: version)
    }
}

private struct RegistryWriter {
    var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) {
        put(Int32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ version: FilterVersion) {
        put(version.number)
        put(version.contentHash)
        put(version.deployedAt.days.bitPattern)
        for text in [version.owner, version.title, version.topic, version.text] { put(text) }
        put(version.columns)
        put(Int32(version.catalogues.count))
        for catalogue in version.catalogues {
            put(catalogue.name)
            put(catalogue.columns)
        }
    }

    private mutating func put(_ columns: [OutputColumn]) {
        put(Int32(columns.count))
        for column in columns {
            put(column.name)
            bytes.append(column.type.rawValue)
        }
    }
}

private struct RegistryReader {
    let bytes: [UInt8]
    var position = 0
    var format = FilterRegistry.format
    static let damaged = UserFault(.unavailable, "the stored filter registry is damaged", hint: "restore it from a backup")

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func integer<T: FixedWidthInteger>() throws(UserFault) -> T {
        let size = MemoryLayout<T>.size
        guard bytes.count - position >= size else { throw RegistryReader.damaged }
        var value: T = 0
        for index in (0..<size).reversed() {
            value =
                size == 1 ? T(truncatingIfNeeded: bytes[position]) : (value << 8) | T(truncatingIfNeeded: bytes[position + index])
        }
        position += size
        return value
    }

    /// A count of things that take at least a byte each.
    mutating func count() throws(UserFault) -> Int {
        let value: Int32 = try integer()
        guard value >= 0, Int(value) <= bytes.count - position else { throw RegistryReader.damaged }
        return Int(value)
    }

    mutating func text() throws(UserFault) -> String {
        let length = try count()
        defer { position += length }
        return String(decoding: bytes[position..<position + length], as: UTF8.self)
    }

    mutating func filter() throws(UserFault) -> FilterRecord {
        let name = try text()
        guard let state = FilterRecord.State(rawValue: try integer()) else { throw RegistryReader.damaged }
        var versions: [FilterVersion] = []
        for _ in 0..<(try count()) { versions.append(try version()) }
        var events: [FilterEvent] = []
        for _ in 0..<(try count()) {
            guard let action = FilterEvent.Action(rawValue: try integer()) else { throw RegistryReader.damaged }
            let at = MJD(Double(bitPattern: try integer()))
            events.append(FilterEvent(action: action, at: at, version: try integer()))
        }
        guard !versions.isEmpty else { throw RegistryReader.damaged }
        return FilterRecord(name: name, state: state, versions: versions, events: events)
    }

    private mutating func version() throws(UserFault) -> FilterVersion {
        let number: Int32 = try integer()
        let hash: UInt64 = try integer()
        let deployedAt = MJD(Double(bitPattern: try integer()))
        let (owner, title, topic, body) = (try text(), try text(), try text(), try text())
        let columns = try columns()
        var catalogues: [RecordedCatalogue] = []
        if format > 1 {
            for _ in 0..<(try count()) { catalogues.append(RecordedCatalogue(name: try text(), columns: try self.columns())) }
        }
        return FilterVersion(
            number: number, contentHash: hash, owner: owner, title: title, topic: topic, text: body, columns: columns,
            deployedAt: deployedAt, catalogues: catalogues)
    }

    private mutating func columns() throws(UserFault) -> [OutputColumn] {
        var columns: [OutputColumn] = []
        for _ in 0..<(try count()) {
            let name = try text()
            guard let type = ColumnType(rawValue: try integer()) else { throw RegistryReader.damaged }
            columns.append(OutputColumn(name: name, type: type))
        }
        return columns
    }
}
