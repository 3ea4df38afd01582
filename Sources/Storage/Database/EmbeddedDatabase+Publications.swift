import Core

extension EmbeddedDatabase {
    // MARK: Filters

    public func filterRegistry() throws(DependencyFault) -> StoredRegistry {
        try reading { (view) throws(DependencyFault) in try registry(view) }
    }

    func registry(_ view: any StoreView) throws(DependencyFault) -> StoredRegistry {
        var stored = StoredRegistry(version: 0, bytes: [])
        try view.get(.meta, [MetaKey.registry]) { (value) throws(DependencyFault) in
            guard let value else { return }
            stored = try decoding("filter registry") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                return StoredRegistry(version: try reader.little(), bytes: [UInt8](try reader.take(reader.remaining)))
            }
        }
        return stored
    }

    public func replaceFilterRegistry(
        _ bytes: [UInt8], expectedVersion: Int64
    ) throws(DependencyFault) -> Bool {
        try changing { () throws(DependencyFault) in
            guard try registry(store.makeView()).version == expectedVersion else { return false }
            let batch = StoreBatch()
            batch.key.append(byte: MetaKey.registry)
            batch.value.append(little: expectedVersion + 1)
            batch.value.append(bytes: bytes)
            batch.put(.meta)
            try store.write(batch)
            return true
        }
    }

    // MARK: Publications

    public func topics() throws(DependencyFault) -> [TopicExtent] {
        try currentState().topics.sorted { $0.key < $1.key }.map { name, topic in
            TopicExtent(topic: name, earliest: topic.earliest, next: topic.next, bytes: topic.bytes)
        }
    }

    public func publications(
        topic: String, from offset: Int64, limit: Int, maxBytes: Int
    ) throws(DependencyFault) -> [StoredPublication] {
        guard limit > 0 else { return [] }
        let earliest = try currentState().topics[topic]?.earliest ?? 0
        let first = max(offset, earliest)
        return try reading { (view) throws(DependencyFault) in
            guard let hour = try hour(of: first, topic, view) else { return [] }
            var found: [StoredPublication] = []
            var bytes = 0
            let range = KeyRange(
                from: EmbeddedDatabase.publicationKey(topic, hour, first),
                to: KeyRange.successor(of: KeyBytes.topicPrefix(topic)))
            try view.scan(.publications, range) { (key, value) throws(DependencyFault) in
                let publication = try EmbeddedDatabase.publication(key, value)
                guard publication.offset >= first else { return true }
                found.append(publication)
                bytes += value.count
                return found.count < limit && bytes < maxBytes
            }
            return found
        }
    }

    static func publicationKey(_ topic: String, _ hour: Int32, _ offset: Int64) -> [UInt8] {
        let key = ByteWriter()
        KeyBytes.topic(topic, to: key)
        key.append(big: hour)
        key.append(big: offset)
        return key.array
    }

    static func publication(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DependencyFault) -> StoredPublication {
        guard key.count >= 12 else {
            throw DependencyFault("database", "a publication's key is short", isRetriable: false)
        }
        let offset = Int64(bigEndian: key.loadUnaligned(fromByteOffset: key.count - 8, as: Int64.self))
        return try decoding("publication \(offset)") { () throws(DamagedBytes) in
            try PublicationCodec.read(value, offset: offset)
        }
    }

    /// The hour in whose keys an offset lies; nil for a topic without records.
    func hour(of offset: Int64, _ topic: String, _ view: any StoreView) throws(DependencyFault) -> Int32? {
        let to = ByteWriter()
        KeyBytes.topic(topic, to: to)
        let prefix = to.array
        to.append(big: max(offset, 0) + 1)
        var range = KeyRange(from: prefix, to: to.array)
        range.isDescending = true
        var hour: Int32?
        try view.scan(.publicationHours, range) { (_, value) throws(DependencyFault) in
            hour = try decoding("hours of \(topic)") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                return try reader.little(Int32.self)
            }
            return false
        }
        return hour
    }

    public func publisherCursor(_ publisher: String, topic: String) throws(DependencyFault) -> Int64 {
        let key = ByteWriter()
        MetaKey.cursor(publisher, topic: topic, to: key)
        return try reading { (view) throws(DependencyFault) in try EmbeddedDatabase.integer(view, key.array) ?? 0 }
    }

    private static func integer(_ view: any StoreView, _ key: [UInt8]) throws(DependencyFault) -> Int64? {
        var found: Int64?
        try view.get(.meta, key) { (value) throws(DependencyFault) in
            found = try value.map { (bytes) throws(DependencyFault) in
                try decoding("meta") { () throws(DamagedBytes) in
                    var reader = ByteReader(bytes)
                    return try reader.little(Int64.self)
                }
            }
        }
        return found
    }

    public func setPublisherCursor(
        _ publisher: String, topic: String, next: Int64
    ) throws(DependencyFault) {
        try changing { () throws(DependencyFault) in
            let batch = StoreBatch()
            MetaKey.cursor(publisher, topic: topic, to: batch.key)
            batch.value.append(little: next)
            batch.put(.meta)
            try store.write(batch)
        }
    }

    public func expirePublications(
        topic: String, olderThan: MJD, maxBytes: Int64
    ) throws(DependencyFault) {
        try changing { () throws(DependencyFault) in
            var next = state.withLock { $0 }
            guard var extent = next.topics[topic] else { return }
            let view = try store.makeView()
            let limit = try smallestCursor(topic, view) ?? extent.next
            let batch = StoreBatch()
            try view.scan(.publications, .prefix(KeyBytes.topicPrefix(topic))) { (key, value) throws(DependencyFault) in
                let publication = try EmbeddedDatabase.publication(key, value)
                guard publication.offset < limit, publication.recordedAt < olderThan || extent.bytes > maxBytes else {
                    return false
                }
                batch.key.append(bytes: key)
                batch.delete(.publications)
                extent.bytes -= Int64(value.count)
                extent.earliest = publication.offset + 1
                return true
            }
            guard !batch.isEmpty else { return }
            next.topics[topic] = extent
            MetaKey.named(MetaKey.topic, topic, to: batch.key)
            extent.write(to: batch.value)
            batch.put(.meta)
            try store.write(batch)
            state.withLock { $0 = next }
        }
    }

    /// The smallest next offset of all publishers of a topic; nil without a publisher.
    private func smallestCursor(_ topic: String, _ view: any StoreView) throws(DependencyFault) -> Int64? {
        var smallest: Int64?
        let suffix = Array(topic.utf8)
        try view.scan(.meta, .prefix([MetaKey.cursor])) { (key, value) throws(DependencyFault) in
            guard let zero = key.firstIndex(of: 0), key[(zero + 1)...].elementsEqual(suffix) else { return true }
            let next = try decoding("publisher cursor") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                return try reader.little(Int64.self)
            }
            smallest = min(smallest ?? next, next)
            return true
        }
        return smallest
    }

    // MARK: Dead letters and counters

    public func deadLetters(
        from id: Int64, limit: Int, openOnly: Bool
    ) throws(DependencyFault) -> [StoredDeadLetter] {
        guard limit > 0 else { return [] }
        return try reading { (view) throws(DependencyFault) in
            var found: [StoredDeadLetter] = []
            try scanDeadLetters(view, from: id) { (letter) throws(DependencyFault) in
                if !openOnly || letter.retriedIn == nil { found.append(letter) }
                return found.count < limit
            }
            return found
        }
    }

    /// Dead letters from an id on; `body` answers whether to go on.
    func scanDeadLetters(
        _ view: any StoreView, from id: Int64, _ body: (StoredDeadLetter) throws(DependencyFault) -> Bool
    ) throws(DependencyFault) {
        let from = ByteWriter()
        from.append(big: max(id, 0))
        try view.scan(.deadLetters, KeyRange(from: from.array, to: nil)) { (key, value) throws(DependencyFault) in
            try body(
                try decoding("dead letter") { () throws(DamagedBytes) in
                    var reader = ByteReader(key)
                    return try DeadLetterCodec.read(value, id: try reader.big())
                })
        }
    }

    public func counters(night: Night?, visit: VisitID?) throws(DependencyFault) -> [CounterValue] {
        let prefix = ByteWriter()
        if let visit { prefix.append(big: visit.rawValue) }
        var range = KeyRange.prefix(prefix.array)
        if let night, visit == nil {
            prefix.append(big: Int64(night.dayObs) * 100_000)
            range.from = prefix.array
            prefix.removeAll()
            prefix.append(big: (Int64(night.dayObs) + 1) * 100_000)
            range.to = prefix.array
        }
        return try reading { (view) throws(DependencyFault) in
            var found: [CounterValue] = []
            try scanCounters(view, range) { (counter) throws(DependencyFault) in found.append(counter) }
            return found
        }
    }

    /// Counters of a range of keys, in order of visit and name.
    func scanCounters(
        _ view: any StoreView, _ range: KeyRange, _ body: (CounterValue) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        try view.scan(.counters, range) { (key, value) throws(DependencyFault) in
            try body(
                try decoding("counter") { () throws(DamagedBytes) in
                    var name = ByteReader(key)
                    let visit = VisitID(rawValue: try name.big())
                    let text = String(decoding: try name.take(name.remaining), as: UTF8.self)
                    var reader = ByteReader(value)
                    return CounterValue(visit: visit, name: text, value: try reader.little())
                })
            return true
        }
    }
}
