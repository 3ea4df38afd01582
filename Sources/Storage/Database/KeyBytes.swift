import Core

/// The keys of every family, big-endian so that memory order is logical order.
enum KeyBytes {
    /// home · diaObjectId
    static func object(_ home: Home, _ id: DiaObjectID, to key: ByteWriter) {
        key.append(big: home.rawValue)
        key.append(big: id.rawValue)
    }

    static func objectPrefix(_ home: Home, _ id: DiaObjectID) -> [UInt8] {
        let key = ByteWriter()
        object(home, id, to: key)
        return key.array
    }

    /// home · diaObjectId · midpoint · diaSourceId (· commitSeq of a revision)
    static func detection(
        _ home: Home, _ id: DiaObjectID, midpoint: MJD, _ source: DiaSourceID, revision: CommitSeq?, to key: ByteWriter
    ) {
        object(home, id, to: key)
        key.append(ordered: midpoint.days)
        key.append(big: source.rawValue)
        if let revision { key.append(big: revision.rawValue) }
    }

    /// home · diaObjectId · visit · detector (· commitSeq of a revision)
    static func forced(
        _ home: Home, _ id: DiaObjectID, visit: Int64, detector: Int32, revision: CommitSeq?, to key: ByteWriter
    ) {
        object(home, id, to: key)
        key.append(big: visit)
        key.append(big: detector)
        if let revision { key.append(big: revision.rawValue) }
    }

    /// home · diaObjectId · month · generation
    static func folded(_ home: Home, _ id: DiaObjectID, month: Int16, generation: UInt32, to key: ByteWriter) {
        object(home, id, to: key)
        key.append(orderedMonth: month)
        key.append(big: generation)
    }

    /// Topic names hold no zero byte, so that one topic's keys are together.
    static func topic(_ topic: String, to key: ByteWriter) {
        key.append(bytes: Array(topic.utf8))
        key.append(byte: 0)
    }

    static func topicPrefix(_ topic: String) -> [UInt8] { Array(topic.utf8) + [0] }
}

/// Keys of the family `meta`: a letter, then what it is about.
enum MetaKey {
    static let lastCommitSeq = UInt8(ascii: "s")
    static let offset = UInt8(ascii: "o")
    static let registry = UInt8(ascii: "r")
    static let largestDrift = UInt8(ascii: "d")
    static let topic = UInt8(ascii: "t")
    static let cursor = UInt8(ascii: "c")
    static let nextDeadLetter = UInt8(ascii: "l")
    /// Night → epoch of the family that takes its forced points: earlier ones are sealed.
    static let epoch = UInt8(ascii: "f")
    /// Night · epoch of a family whose points are all in blocks: it goes, at the latest on the next open.
    static let folded = UInt8(ascii: "g")
    /// There once the index of last publications covers every publication.
    static let indexedPublications = UInt8(ascii: "p")

    static func folded(night: Int32, epoch: Int32, to key: ByteWriter) {
        key.append(byte: folded)
        key.append(big: night)
        key.append(big: epoch)
    }

    static func offset(_ partition: InputPartition, to key: ByteWriter) {
        key.append(byte: offset)
        KeyBytes.topic(partition.topic, to: key)
        key.append(big: partition.partition)
    }

    static func cursor(_ publisher: String, topic: String, to key: ByteWriter) {
        key.append(byte: cursor)
        KeyBytes.topic(publisher, to: key)
        key.append(bytes: Array(topic.utf8))
    }

    static func named(_ letter: UInt8, _ name: String, to key: ByteWriter) {
        key.append(byte: letter)
        key.append(bytes: Array(name.utf8))
    }
}
