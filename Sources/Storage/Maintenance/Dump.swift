import Core

/// The database as text: one line a fact, in an order of its own, without commit numbers, batch limits, arrival nights or
/// the state of folding. Two databases that know the same give the same bytes.
final class Dump {
    let view: any StoreView
    private let sink: (UnsafeRawBufferPointer) throws(DependencyFault) -> Void
    /// Lines of annotated alerts that are sorted in memory at once; more are written in further passes over the blocks.
    private let linesAtOnce: Int
    private var text = TextWriter(capacity: 1 << 16)

    init(
        view: any StoreView, linesAtOnce: Int,
        sink: @escaping (UnsafeRawBufferPointer) throws(DependencyFault) -> Void
    ) {
        self.linesAtOnce = linesAtOnce
        self.view = view
        self.sink = sink
    }

    func write(_ database: EmbeddedDatabase, state: DatabaseState) throws(DependencyFault) {
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
        try writeLastPublications()
        try writeVerdicts()
        try writeSolar()
        try writeOperations(database)
        try flush()
    }

    func line(_ words: String...) throws(DependencyFault) {
        for (index, word) in words.enumerated() {
            if index > 0 { text.append(byte: UInt8(ascii: " ")) }
            text.append(string: word)
        }
        text.append(byte: UInt8(ascii: "\n"))
        if text.count > 1 << 16 { try flush() }
    }

    private func flush() throws(DependencyFault) {
        let bytes = text.bytes
        text.removeAll()
        let sink = sink
        try bytes.withBytes { (raw) throws(DependencyFault) in try sink(raw) }
    }

    static func hex(_ value: UInt64) -> String { String(value, radix: 16) }

    // MARK: Objects

    private func writeObjects() throws(DependencyFault) {
        let rows = RowReader(Tables.diaObject)
        let table = ColumnTable(schema: Tables.diaObject, capacity: 1)
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
            let key = [UInt8](key)
            let id = DiaObjectID(rawValue: key.bigEndianInteger(at: 8))
            try line("diaObject", "\(key.bigEndianInteger(at: 0))", "\(id)", Dump.hex(hashes.first ?? 0))
            return true
        }
        try view.scan(.directory, .all) { (key, value) throws(DependencyFault) in
            let id = DiaObjectID(rawValue: [UInt8](key).bigEndianInteger(at: 0))
            try writeRecord(
                try decoding("directory of \(id)") { () throws(DamagedBytes) in
                    try ObjectRecordCodec.read(value, id: id)
                })
            return true
        }
    }

    private func writeRecord(_ record: ObjectRecord) throws(DependencyFault) {
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

    private func writeDetections() throws(DependencyFault) {
        let rows = RowReader(Tables.diaSource)
        let table = ColumnTable(schema: Tables.diaSource, capacity: 1)
        var last: [UInt8] = []
        var revision = 0
        try view.scan(.detections, .all) { (key, value) throws(DependencyFault) in
            guard key.count >= 32 else { return true }
            revision = last.elementsEqual(key[..<32]) ? revision + 1 : 0
            last = [UInt8](key[..<32])
            let place = "\(last.bigEndianInteger(at: 0)) \(last.bigEndianInteger(at: 8))"
            let time = Dump.hex(UInt64(bitPattern: last.bigEndianInteger(at: 16)))
            let id = "\(last.bigEndianInteger(at: 24))"
            guard PointSet.removal(value) == nil else {
                try line("detection", place, time, id, "\(revision)", "gone")
                return true
            }
            table.removeAllRows()
            table.arena.removeAll()
            try decoding("detection") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                _ = try reader.zigzag()
                try rows.read(&reader, into: table)
            }
            var hashes: [UInt64] = []
            ContentHash.appendHashes(of: table, into: &hashes)
            try line("detection", place, time, id, "\(revision)", Dump.hex(hashes[0]))
            return true
        }
        try view.scan(.ssIndex, .all) { (key, value) throws(DependencyFault) in
            let key = [UInt8](key)
            let value = [UInt8](value)
            let target = "\(value.bigEndianInteger(at: 0)) \(value.bigEndianInteger(at: 8))"
            try line("ss", "\(key.bigEndianInteger(at: 0)) \(key.bigEndianInteger(at: 16)) \(target)")
            return true
        }
    }

    private func writeForced() throws(DependencyFault) {
        let reader = PointReader(view: view, asOf: nil)
        try view.scan(.objects, .all) { (key, _) throws(DependencyFault) in
            if key.count == 16 { try writeForced(of: [UInt8](key), reader) }
            return true
        }
    }

    private func writeForced(of object: [UInt8], _ reader: PointReader) throws(DependencyFault) {
        let id = DiaObjectID(rawValue: object.bigEndianInteger(at: 8))
        let points = try reader.forced(Home(rawValue: object.bigEndianInteger(at: 0)), id)
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

    private func writeVisits() throws(DependencyFault) {
        try view.scan(.visits, .all) { (key, value) throws(DependencyFault) in
            let one = try decoding("visit") { () throws(DamagedBytes) in try VisitExposure(key: key, value: value) }
            try line("visit", "\(one.visit) \(one.detector)", "\(one.midpoint.days)", one.band ?? "-")
            return true
        }
    }

    // MARK: Alerts

    private func writeAlerts(_ database: EmbeddedDatabase) throws(DependencyFault) {
        try view.scan(.alerts, .all) { (key, value) throws(DependencyFault) in
            let entry = try decoding("alert") { () throws(DamagedBytes) in try StoredAlertEntry(value) }
            let known = entry.known
            try line(
                "alert", "\([UInt8](key).bigEndianInteger(at: 0))", Dump.hex(known.contentHash), "\(known.revision)",
                "\(known.diaObjectId) \(known.ssObjectId) \(known.home) \(known.midpoint.days)",
                "\(entry.origin.topic) \(entry.origin.partition) \(entry.offset) \(entry.writerSchemaID)")
            return true
        }
        var last: String?
        while let next = try writeAnnotated(database, after: last) { last = next }
    }

    /// Writes the first lines after `last`; answers the last one written when there are more.
    private func writeAnnotated(_ database: EmbeddedDatabase, after last: String?) throws(DependencyFault) -> String? {
        var lines: [String] = []
        var isCut = false
        let keepFirst = { [linesAtOnce] in
            lines.sort()
            guard lines.count > linesAtOnce else { return }
            lines.removeSubrange(linesAtOnce...)
            isCut = true
        }
        try database.scanAlertBlocks(view, night: nil, wanted: nil) { (block) throws(DependencyFault) in
            let rows = Dump.lines(of: block)
            if let last { lines += rows.filter { $0 > last } } else { lines += rows }
            if lines.count > 2 * linesAtOnce { keepFirst() }
            return true
        }
        keepFirst()
        for one in lines { try line("annotated", one) }
        return isCut ? lines.last : nil
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
            // With its origin no two lines are alike.
            let origin = "\(alerts.string("topic", row) ?? "") \(alerts.column("partition").int32(row) ?? 0) \(offset)"
            return "\(id) \(revision) \(kind) \(origin) \(hex(sums[row]))"
        }
    }

    // MARK: The rest

    private func writePublications() throws(DependencyFault) {
        try view.scan(.publications, .all) { (key, value) throws(DependencyFault) in
            guard key.count > 13 else { return true }
            let topic = String(decoding: key[..<(key.count - 13)], as: UTF8.self)
            let one = try EmbeddedDatabase.publication(key, value)
            let record = PublicationEnvelope.withoutCommitSeq(one)
            let payload = record.withUnsafeBytes { Checksum.crc32($0) }
            try line(
                "publication", "\(topic) \(one.offset) \(one.kind.name)",
                "\(one.diaSourceId) \(one.diaObjectId) \(one.ssObjectId)",
                "\(one.schemaVersion) \(record.count) \(String(payload, radix: 16))")
            return true
        }
    }

    private func writeLastPublications() throws(DependencyFault) {
        try view.scan(.lastPublications, .all) { (key, value) throws(DependencyFault) in
            guard key.count > 9 else { return true }
            let topic = String(decoding: key[..<(key.count - 9)], as: UTF8.self)
            let id = [UInt8](key).bigEndianInteger(at: key.count - 8)
            let one = try decoding("last publication") { () throws(DamagedBytes) in try LastPublicationCodec.read(value) }
            try line("last", "\(topic) \(id)", one.kind.name, "\(one.offset) \(one.filterVersion) \(one.revision)")
            return true
        }
    }

    private func writeVerdicts() throws(DependencyFault) {
        var lines: [String] = []
        try view.scan(.waitingVerdicts, .all) { (key, value) throws(DependencyFault) in
            let one = try decoding("waiting verdict") { () throws(DamagedBytes) in try VerdictCodec.read(key, value) }
            lines.append("\(one.diaSourceId) \(one.filter) \(one.version)")
            return true
        }
        for one in lines.sorted() { try line("waiting", one) }
        try view.scan(.settledVerdicts, .all) { (key, value) throws(DependencyFault) in
            let (id, one, _) = try decoding("settled verdict") { () throws(DamagedBytes) in
                try VerdictCodec.readSettled(key, value)
            }
            try line("settled", "\(id) \(one.filter) \(one.version)", one.verdict.name)
            return true
        }
    }

    private func writeOperations(_ database: EmbeddedDatabase) throws(DependencyFault) {
        try database.scanDeadLetters(view, from: 0) { (letter) throws(DependencyFault) in
            let origin = "\(letter.letter.partition.topic) \(letter.letter.partition.partition) \(letter.letter.offset)"
            let message = letter.letter.message.withUnsafeBytes { Checksum.crc32($0) }
            let isOpen = letter.retriedIn == nil ? "open" : "retried"
            try line("deadletter", "\(letter.id)", origin, isOpen, "\(message)", letter.letter.fault.description)
            return true
        }
        try database.scanCounters(view, .all) { (counter) throws(DependencyFault) in
            try line("counter", "\(counter.visit)", counter.name, "\(counter.value)")
        }
        let registry = try database.registry(view)
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
    /// they were cut into batches and folded. What it holds in memory does not grow with the database.
    public func dump(
        to sink: @escaping (UnsafeRawBufferPointer) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        try dump(linesAtOnce: 500_000, to: sink)
    }

    func dump(
        linesAtOnce: Int, to sink: @escaping (UnsafeRawBufferPointer) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        let state = try currentState()
        try reading { (view) throws(DependencyFault) in
            try Dump(view: interruptible(view), linesAtOnce: linesAtOnce, sink: sink).write(self, state: state)
        }
    }
}
