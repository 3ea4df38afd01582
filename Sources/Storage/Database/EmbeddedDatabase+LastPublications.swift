import Core

extension EmbeddedDatabase {
    public func lastPublications(
        of alerts: [DiaSourceID], in topics: [String]
    ) throws(DependencyFault) -> [PublicationKey: LastPublication] {
        guard !alerts.isEmpty, !topics.isEmpty else { return [:] }
        return try reading { (view) throws(DependencyFault) in
            var names: [PublicationKey] = []
            var keys = KeyList()
            for topic in topics {
                for id in alerts {
                    names.append(PublicationKey(topic: topic, diaSourceId: id))
                    LastPublicationCodec.writeKey(topic, id, to: keys.buffer)
                    keys.finishKey()
                }
            }
            var found: [PublicationKey: LastPublication] = [:]
            try view.multiGet(.lastPublications, keys) { (index, value) throws(DependencyFault) in
                guard let value else { return }
                found[names[index]] = try decoding("last publication about \(names[index].diaSourceId)") {
                    () throws(DamagedBytes) in try LastPublicationCodec.read(value)
                }
            }
            return found
        }
    }

    /// Data directories of versions that had no index of last publications get it when they are opened: what has expired from
    /// its topic by then is not in it.
    func indexPublications() throws(DependencyFault) {
        guard files?.isOwner ?? true else { return }
        let view = try store.makeView()
        var isDone = false
        try view.get(.meta, [MetaKey.indexedPublications]) { (value) throws(DependencyFault) in isDone = value != nil }
        guard !isDone else { return }
        let batch = StoreBatch()
        for topic in state.withLock({ $0.topics.keys.sorted() }) {
            try view.scan(.publications, .prefix(KeyBytes.topicPrefix(topic))) { (key, value) throws(DependencyFault) in
                let one = try EmbeddedDatabase.publication(key, value)
                guard !one.diaSourceId.isNone else { return true }
                LastPublicationCodec.writeKey(topic, one.diaSourceId, to: batch.key)
                let last = LastPublication(
                    offset: one.offset, kind: one.kind, filterVersion: one.schemaVersion,
                    revision: PublicationEnvelope.revision(of: one))
                LastPublicationCodec.write(last, to: batch.value)
                batch.put(.lastPublications)
                if batch.byteCount > 8 << 20 {
                    try store.write(batch)
                    batch.removeAll()
                }
                return true
            }
        }
        batch.key.append(byte: MetaKey.indexedPublications)
        batch.value.append(byte: 1)
        batch.put(.meta)
        try store.write(batch)
    }
}
