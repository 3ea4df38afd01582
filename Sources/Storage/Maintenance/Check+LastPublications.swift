import Core

extension Checker {
    /// The index of last publications against the topics, both ways and without keeping either in memory: every record is
    /// indexed by itself or a later one about the same alert, and each entry whose record is still there is met exactly once.
    func checkLastPublications(_ report: inout CheckReport) throws(DependencyFault) {
        var isIndexed = false
        try view.get(.meta, [MetaKey.indexedPublications]) { (value) throws(DependencyFault) in isIndexed = value != nil }
        guard isIndexed else { return }
        var entries = 0
        for (name, topic) in state.topics.sorted(by: { $0.key < $1.key }) {
            var expected = 0
            let prefix = KeyBytes.topicPrefix(name)
            try view.scan(.lastPublications, .prefix(prefix)) { (key, value) throws(DependencyFault) in
                let last = try lastPublication(value)
                report.note(
                    "topic \(name): the last publication about an alert is at \(last.offset) of \(topic.next)",
                    unless: last.offset < topic.next && key.count == prefix.count + 8)
                if last.offset >= topic.earliest { expected += 1 }
                entries += 1
                return true
            }
            let met = try metPublications(of: name, &report)
            report.note(
                "topic \(name): \(expected) alerts have their last publication in it, and \(met) records are the last of one",
                unless: met == expected)
        }
        report.count("last publications", entries)
    }

    private func lastPublication(_ value: UnsafeRawBufferPointer) throws(DependencyFault) -> LastPublication {
        try decoding("last publication") { () throws(DamagedBytes) in try LastPublicationCodec.read(value) }
    }

    /// How many records of a topic are the last about their alert.
    private func metPublications(of topic: String, _ report: inout CheckReport) throws(DependencyFault) -> Int {
        var met = 0
        let key = ByteWriter()
        try view.scan(.publications, .prefix(KeyBytes.topicPrefix(topic))) { (place, value) throws(DependencyFault) in
            let one = try EmbeddedDatabase.publication(place, value)
            guard !one.diaSourceId.isNone else { return true }
            key.removeAll()
            LastPublicationCodec.writeKey(topic, one.diaSourceId, to: key)
            var last: LastPublication?
            try view.get(.lastPublications, key.bytes) { (value) throws(DependencyFault) in
                last = try value.map(lastPublication)
            }
            report.note(
                "topic \(topic): the index does not know the record at \(one.offset)",
                unless: last.map { $0.offset >= one.offset } ?? false)
            guard let last, last.offset == one.offset else { return true }
            met += 1
            report.note(
                "topic \(topic): the index says \(last.kind.name) of the \(one.kind.name) at \(one.offset)",
                unless: last.kind == one.kind && last.filterVersion == one.schemaVersion)
            return true
        }
        return met
    }
}
