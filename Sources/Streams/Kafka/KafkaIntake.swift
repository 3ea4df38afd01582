import CKafka
import Core
import Glibc

/// Copies messages into a batch, each payload once, and knows which slot of the batch a partition has.
struct KafkaIntake {
    private struct Place: Hashable {
        let topic: OpaquePointer
        let partition: Int32
    }

    private struct Known {
        let partition: InputPartition
        /// Slot in the batch of `serial`.
        var slot: Int32
        var serial: Int
    }

    private let messageBytesMax: Int
    private var places: [Place: Int] = [:]
    private var known: [Known] = []
    private var serial = 0
    private var lastPlace: Place?
    private var lastIndex = 0
    /// Of the payloads seen lately.
    private(set) var meanBytes = 1024

    init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    mutating func begin(batch: inout MessageBatch) {
        serial += 1
        for index in known.indices {
            guard let slot = batch.partitions.firstIndex(of: known[index].partition) else { continue }
            known[index].slot = Int32(slot)
            known[index].serial = serial
        }
    }

    mutating func close() {
        places.removeAll()
        known.removeAll()
        lastPlace = nil
    }

    mutating func slot(
        of message: UnsafeMutablePointer<rd_kafka_message_t>, in batch: inout MessageBatch
    ) -> (partition: InputPartition, index: Int32) {
        let index = place(of: message)
        if known[index].serial != serial {
            known[index].slot = batch.partitionIndex(known[index].partition)
            known[index].serial = serial
        }
        return (known[index].partition, known[index].slot)
    }

    private mutating func place(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> Int {
        guard let topic = message.pointee.rkt else { preconditionFailure("a message has a topic") }
        let place = Place(topic: topic, partition: message.pointee.partition)
        if place == lastPlace { return lastIndex }
        lastPlace = place
        // A topic that went and came again may have another one's address.
        let name = rd_kafka_topic_name(topic)
        if let index = places[place], let name, known[index].partition.topic.withCString({ strcmp($0, name) }) == 0 {
            lastIndex = index
        } else {
            lastIndex = known.count
            places[place] = lastIndex
            let partition = InputPartition(topic: name.map { String(cString: $0) } ?? "", partition: place.partition)
            known.append(Known(partition: partition, slot: -1, serial: 0))
        }
        return lastIndex
    }

    mutating func append(_ message: UnsafeMutablePointer<rd_kafka_message_t>, slot: Int32, to batch: inout MessageBatch) {
        var fault: RecordFault?
        var payload = UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len)
        if message.pointee.payload == nil {
            fault = RecordFault(.framing, "the message has no payload")
        } else if payload.count > messageBytesMax {
            fault = RecordFault(.oversized, "a message of \(payload.count) bytes is larger than \(messageBytesMax)")
            payload = UnsafeRawBufferPointer(rebasing: payload.prefix(1024))
        }
        meanBytes = (meanBytes * 15 + payload.count) / 16
        batch.messages.append(
            MessageBatch.Message(
                bytes: batch.arena.append(payload), partition: slot, offset: message.pointee.offset,
                producedAtUnixSeconds: KafkaIntake.producedAt(message), fault: fault, framing: .confluent))
    }

    /// Rubin's `producer_timestamp` header (ASCII, milliseconds since 1970 UTC), else the message's own timestamp; 0 without both.
    private static func producedAt(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Double {
        var headers: OpaquePointer?
        if rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR, let headers {
            var value: UnsafeRawPointer?
            var size = 0
            let found = rd_kafka_header_get_last(headers, "producer_timestamp", &value, &size)
            if found == RD_KAFKA_RESP_ERR_NO_ERROR, let value, size > 0, size < 63 {
                let text = UnsafeRawBufferPointer(start: value, count: size)
                if let milliseconds = number(text) { return milliseconds / 1000 }
            }
        }
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let milliseconds = rd_kafka_message_timestamp(message, &kind)
        return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || milliseconds < 0 ? 0 : Double(milliseconds) / 1000
    }

    private static func number(_ text: UnsafeRawBufferPointer) -> Double? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { copy in
            for index in text.indices { copy[index] = CChar(bitPattern: text[index]) }
            copy[text.count] = 0
            guard let start = copy.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            guard end == start.advanced(by: text.count), value.isFinite, value >= 0 else { return nil }
            return value
        }
    }
}
