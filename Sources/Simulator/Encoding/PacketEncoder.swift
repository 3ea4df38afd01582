import Core

/// Assembles whole alert packets, Confluent framing included, in a reused buffer.
final class PacketEncoder {
    let version: AlertSchemaVersion
    let buffer = PacketBuffer()
    let detections: DetectionEncoder
    let forced: ForcedEncoder
    let objects: ObjectEncoder
    private let observationReason = Array("science".utf8)
    private let targetName: [[UInt8]]

    init(version: AlertSchemaVersion, fieldNames: [String]) {
        self.version = version
        detections = DetectionEncoder(version: version)
        forced = ForcedEncoder(version: version)
        objects = ObjectEncoder(version: version)
        targetName = fieldNames.map { Array($0.utf8) }
    }

    /// Starts a packet: framing, id, visit texts and trigger.
    func begin(_ trigger: DetectionRecord, isSolarSystem: Bool, field: Int) {
        buffer.removeAll()
        buffer.append(0)
        let id = version.registryID
        for shift in [24, 16, 8, 0] as [UInt32] { buffer.append(UInt8(truncatingIfNeeded: id >> shift)) }
        buffer.appendLong(trigger.id)
        appendText(observationReason)
        appendText(targetName[field])
        detections.append(trigger, as: .trigger(trigger, isSolarSystem: isSolarSystem), to: buffer)
    }

    private func appendText(_ text: [UInt8]) {
        buffer.append(2)
        buffer.appendLong(Int64(text.count))
        buffer.append(text)
    }

    func appendNull() { buffer.append(0) }

    /// prvDiaSources, times ascending; null when there are none.
    func append(history: [DetectionRecord]) {
        guard !history.isEmpty else { return appendNull() }
        beginArray(count: history.count)
        for record in history { detections.append(record, as: .history, to: buffer) }
        buffer.append(0)
    }

    /// prvDiaForcedSources, times ascending; an empty array when there are none.
    func append(forced history: [ForcedRecord]) {
        guard !history.isEmpty else {
            buffer.append(2)
            return buffer.append(0)
        }
        beginArray(count: history.count)
        for record in history { forced.append(record, to: buffer) }
        buffer.append(0)
    }

    private func beginArray(count: Int) {
        buffer.append(2)
        buffer.appendLong(Int64(count))
    }

    func append(object: ObjectRecord) {
        buffer.append(2)
        objects.append(object, to: buffer)
    }

    /// Appends records that were encoded before.
    func append(encodedRecord bytes: [UInt8]) {
        buffer.append(2)
        buffer.append(bytes)
    }

    func append(cutouts: Cutouts?) {
        guard let cutouts else {
            for _ in 0..<3 { appendNull() }
            return
        }
        for stamp in [cutouts.difference, cutouts.science, cutouts.template] {
            buffer.append(2)
            buffer.appendLong(Int64(stamp.count))
            buffer.append(stamp)
        }
    }
}

extension Band {
    @inline(__always)
    var ascii: UInt8 {
        switch self {
        case .u: UInt8(ascii: "u")
        case .g: UInt8(ascii: "g")
        case .r: UInt8(ascii: "r")
        case .i: UInt8(ascii: "i")
        case .z: UInt8(ascii: "z")
        case .y: UInt8(ascii: "y")
        }
    }
}
