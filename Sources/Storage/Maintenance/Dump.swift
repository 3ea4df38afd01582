import Core

/// The database as text: one line a fact, in an order of its own, without commit numbers, batch limits, arrival nights or
/// the state of folding. Two databases that know the same give the same bytes.
struct Dump {
    private let view: any StoreView
    private let sink: (UnsafeRawBufferPointer) throws(DependencyFault) -> Void
    private var text = TextWriter(capacity: 1 << 16)

    init(view: any StoreView, sink: @escaping (UnsafeRawBufferPointer) throws(DependencyFault) -> Void) {
        self.view = view
        self.sink = sink
    }

    mutating func write(_ database: EmbeddedDatabase, state: DatabaseState) throws(DependencyFault) {
        for (partition, next) in state.offsets.sorted(by: {
            ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition)
        }) {
            try line("offset", partition.topic, "\(partition.partition)", "\(next)")
        }
        try writeObjects()
        try writeDetections()
        try writeForced()
        try writeVisits()
        try writeAlerts(database)
        try writePublications()
        try writeOperations(database)
        try flush()
    }

    private mutating func line(_ words: String...) throws(DependencyFault) {
        for (index, word) in words.enumerated() {
            if index > 0 { text.append(byte: UInt8(ascii: " ")) }
            text.append(string: word)
        }
        text.append(byte: UInt8(ascii: "\n"))
        if text.count > 1 << 16 { try flush() }
    }

    private mutating func flush() throws(DependencyFault) {
        let bytes = text.bytes
        text.removeAll()
        let sink = sink
        try bytes.withBytes { (raw) throws(DependencyFault) in try sink(raw) }
    }

    private static func hex(_ value: UInt64) -> String { String(value, radix: 16) }

    // MARK: Objects

    private mutating func writeObjects() throws(DependencyFault) {
        let rows = RowReader(Tables.diaObject)
        let table = ColumnTable(schema: Tables.diaObject, capacity: 1)
        var lines: [(key: [UInt8], hash: UInt64)] = []
        try view.scan(.objects, .all) { (key, value) throws(DependencyFault) in
            var hashes: [UInt64] = []
            if !value.isEmpty {
                table.removeAllRows()
                table.arena.removeAll()
                try decoding("diaObject") { () throws(DamagedBytes) in
                    var reader = ByteReader(value)
                    try rows.read(&reader, into: table)
                }
                ContentHash.appendHashes(of: table, into: &hashes)
            }
            lines.append(([UInt8](key), hashes.first ?? 0))
            return true
        }
        for one in lines {
            let id = DiaObjectID(rawValue: one.key.bigEndianInteger(at: 8))
            try line("diaObject", "\(one.key.bigEndianInteger(at: 0))", "\(id)", Dump.hex(one.hash))
        }
        var records: [ObjectRecord] = []
        try view.scan(.directory, .all) { (key, value) throws(DependencyFault) in
            let id = DiaObjectID(rawValue: [UInt8](key).bigEndianInteger(at: 0))
            records.append(
                try decoding("directory of \(id)") { () throws(DamagedBytes) in
                    try ObjectRecordCodec.read(value, id: id)
                })
            return true
        }
        for record in records { try writeRecord(record) }
    }

    private mutating func writeRecord(_ record: ObjectRecord) throws(DependencyFault) {
        let id = "\(record.diaObjectId)"
        try line(
            "object", id, "\(record.home)", "\(record.firstRa) \(record.firstDec) \(record.ra) \(record.dec)",
            "\(record.driftArcsec) \(record.lastVisit)")
        for month in record.months {
            let counts = "\(month.detectionCount) \(month.forcedCount)"
            try line("month", id, "\(month.month.index)", counts, Dump.hex(month.hashSum))
        }
        for point in record.newestMonthPoints.sorted(by: { $0.key < $1.key }) {
            let key = "\(point.key.kind) \(point.key.first) \(point.key.second)"
            try line("newest", id, key, Dump.hex(point.contentHash), "\(point.midpoint.days)")
        }
        for (band, one) in record.statistics.enumerated() where one.count > 0 {
            try line("band", id, "\(band)", "\(one)")
        }
    }

    // MARK: Points

    private mutating func writeDetections() throws(DependencyFault) {
        let rows = RowReader(Tables.diaSource)
        let table = ColumnTable(schema: Tables.diaSource, capacity: 1)
        var last: [UInt8] = []
        var revision = 0
        var dump = self
        try view.scan(.detections, .all) { (key, value) throws(DependencyFault) in
            guard key.count >= 32 else { return true }
            revision = last.elementsEqual(key[..<32]) ? revision + 1 : 0
            last = [UInt8](key[..<32])
            table.removeAllRows()
            table.arena.removeAll()
            try decoding("detection") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                _ = try reader.zigzag()
                try rows.read(&reader, into: table)
            }
            var hashes: [UInt64] = []
            ContentHash.appendHashes(of: table, into: &hashes)
            let place = "\(last.bigEndianInteger(at: 0)) \(last.bigEndianInteger(at: 8))"
            let time = Dump.hex(UInt64(bitPattern: last.bigEndianInteger(at: 16)))
            try dump.line(
                "detection", place, time, "\(last.bigEndianInteger(at: 24))", "\(revision)", Dump.hex(hashes[0]))
            return true
        }
        self = dump
        var index: [String] = []
        try view.scan(.ssIndex, .all) { (key, value) throws(DependencyFault) in
            let key = [UInt8](key)
            let value = [UInt8](value)
            let target = "\(value.bigEndianInteger(at: 0)) \(value.bigEndianInteger(at: 8))"
            index.append("\(key.bigEndianInteger(at: 0)) \(key.bigEndianInteger(at: 16)) \(target)")
            return true
        }
        for one in index { try line("ss", one) }
    }

    private mutating func writeForced() throws(DependencyFault) {
        var objects: [[UInt8]] = []
        try view.scan(.objects, .all) { (key, _) throws(DependencyFault) in
            objects.append([UInt8](key))
            return true
        }
        let reader = PointReader(view: view, asOf: nil)
        for object in objects where object.count == 16 {
            let home = Home(rawValue: object.bigEndianInteger(at: 0))
            let id = DiaObjectID(rawValue: object.bigEndianInteger(at: 8))
            let points = try reader.forced(home, id)
            var hashes: [UInt64] = []
            ContentHash.appendHashes(of: points.table, into: &hashes)
            let order = (0..<points.table.rowCount).map { (key: points.key($0), commit: points.knownFrom[$0], row: $0) }
                .sorted { ($0.key, $0.commit, $0.row) < ($1.key, $1.commit, $1.row) }
            var last: (key: PointKey, commit: Int64)?
            var revision = 0
            for one in order {
                if let last, last == (one.key, one.commit) { continue }
                revision = last?.key == one.key ? revision + 1 : 0
                last = (one.key, one.commit)
                let name = "\(one.key.first) \(one.key.second)"
                try line("forced", "\(id)", name, "\(revision)", Dump.hex(hashes[one.row]))
            }
        }
    }

    private mutating func writeVisits() throws(DependencyFault) {
        var visits: [VisitExposure] = []
        try view.scan(.visits, .all) { (key, value) throws(DependencyFault) in
            visits.append(
                try decoding("visit") { () throws(DamagedBytes) in try VisitExposure(key: key, value: value) })
            return true
        }
        for one in visits {
            try line("visit", "\(one.visit) \(one.detector)", "\(one.midpoint.days)", one.band ?? "-")
        }
    }

    // MARK: Alerts

    private mutating func writeAlerts(_ database: EmbeddedDatabase) throws(DependencyFault) {
        var entries: [(id: Int64, entry: StoredAlertEntry)] = []
        try view.scan(.alerts, .all) { (key, value) throws(DependencyFault) in
            let entry = try decoding("alert") { () throws(DamagedBytes) in try StoredAlertEntry(value) }
            entries.append(([UInt8](key).bigEndianInteger(at: 0), entry))
            return true
        }
        for (id, entry) in entries {
            let known = entry.known
            try line(
                "alert", "\(id)", Dump.hex(known.contentHash), "\(known.revision)",
                "\(known.diaObjectId) \(known.ssObjectId) \(known.home) \(known.midpoint.days)",
                "\(entry.origin.topic) \(entry.origin.partition) \(entry.offset) \(entry.writerSchemaID)")
        }
        var rows: [String] = []
        try database.scanAlertBlocks(view, night: nil, wanted: nil) { (block) throws(DependencyFault) in
            rows += Dump.lines(of: block)
            return true
        }
        for row in rows.sorted() { try line("annotated", row) }
    }

    /// One line an alert of the block: who it is, and a hash of all its sections.
    private static func lines(of block: AlertBlock) -> [String] {
        guard let alerts = block.table("alert") else { return [] }
        var sums = [UInt64](repeating: 0, count: alerts.rowCount)
        for section in block.sections where section.name != "alert" {
            // Column ids of verdicts and matches are positions: their names tell them apart.
            for (schema, column) in zip(section.table.schema.columns, section.table.columns) {
                let one = ColumnTable(
                    schema: TableSchema(name: schema.name, description: "", columns: [schema]),
                    arena: section.table.arena)
                for row in 0..<section.table.rowCount {
                    one.columns[0].append(cell: row, of: column)
                    one.finishRow()
                }
                var hashes: [UInt64] = []
                ContentHash.appendHashes(of: one, into: &hashes)
                let name = Array("\(section.name)/\(section.version)/\(schema.name)".utf8)
                let seed = name.withUnsafeBytes { ContentHash.hash($0, seed: 0) }
                for row in sums.indices where column.hasValue(row) { sums[row] &+= ContentHash.mix(hashes[row] ^ seed) }
            }
        }
        return (0..<alerts.rowCount).map { row in
            let kind = alerts.column("outcome").int32(row) ?? 0
            let id = alerts.column("diaSourceId").int64(row) ?? 0
            let revision = alerts.column("revision").int32(row) ?? 0
            let offset = alerts.column("offset").int64(row) ?? 0
            return "\(id) \(revision) \(kind) \(offset) \(hex(sums[row]))"
        }
    }

    // MARK: The rest

    private mutating func writePublications() throws(DependencyFault) {
        var lines: [String] = []
        try view.scan(.publications, .all) { (key, value) throws(DependencyFault) in
            guard key.count > 13 else { return true }
            let topic = String(decoding: key[..<(key.count - 13)], as: UTF8.self)
            let one = try EmbeddedDatabase.publication(key, value)
            let record = PublicationEnvelope.withoutCommitSeq(one)
            let payload = record.withUnsafeBytes { Checksum.crc32($0) }
            lines.append(
                "\(topic) \(one.offset) \(one.kind.name) \(one.diaSourceId) \(one.diaObjectId) \(one.ssObjectId) "
                    + "\(one.schemaVersion) \(record.count) \(String(payload, radix: 16))")
            return true
        }
        for one in lines { try line("publication", one) }
    }

    private mutating func writeOperations(_ database: EmbeddedDatabase) throws(DependencyFault) {
        for letter in try database.deadLetters(from: 0, limit: .max, openOnly: false) {
            let origin = "\(letter.letter.partition.topic) \(letter.letter.partition.partition) \(letter.letter.offset)"
            let message = letter.letter.message.withUnsafeBytes { Checksum.crc32($0) }
            let isOpen = letter.retriedIn == nil ? "open" : "retried"
            try line("deadletter", "\(letter.id)", origin, isOpen, "\(message)", letter.letter.fault.description)
        }
        for counter in try database.counters(night: nil, visit: nil) {
            try line("counter", "\(counter.visit)", counter.name, "\(counter.value)")
        }
        let registry = try database.filterRegistry()
        let checksum = registry.bytes.withUnsafeBytes { Checksum.crc32($0) }
        try line("registry", "\(registry.version)", "\(registry.bytes.count)", "\(checksum)")
    }
}

extension [UInt8] {
    /// Eight bytes, most significant first; 0 beyond the end.
    func bigEndianInteger(at start: Int) -> Int64 {
        guard start + 8 <= count else { return 0 }
        return Int64(bitPattern: self[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

extension EmbeddedDatabase {
    /// Writes everything the database knows as sorted text, in chunks: the same for databases that know the same, however
    /// they were cut into batches and folded. For databases that fit several times into memory.
    public func dump(
        to sink: @escaping (UnsafeRawBufferPointer) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        let state = try currentState()
        try reading { (view) throws(DependencyFault) in
            var dump = Dump(view: view, sink: sink)
            try dump.write(self, state: state)
        }
    }
}
