import Core
import Glibc

@testable import Streams

/// What a test's database knows of offsets.
final class OffsetTable: @unchecked Sendable {
    // Used by one thread.
    var next: [InputPartition: Int64] = [:]
    var fault: DependencyFault?

    func lookUp(_ partition: InputPartition) throws(DependencyFault) -> Int64? {
        if let fault { throw fault }
        return next[partition]
    }
}

struct KafkaRecord: Equatable, Hashable {
    let partition: Int32
    let offset: Int64
    let bytes: [UInt8]
    var fault: RecordFault.Reason?
}

enum KafkaTesting {
    static func source(
        _ connection: KafkaConnection, topics: [String], group: String, offsets: OffsetTable, acceptsGap: Bool = false
    ) throws -> KafkaSource {
        var connection = connection
        connection.properties += [("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "300")]
        var configuration = KafkaSourceConfiguration(connection: connection, topics: topics, groupID: group)
        configuration.acceptsGap = acceptsGap
        return try KafkaSource(configuration) { partition throws(DependencyFault) in try offsets.lookUp(partition) }
    }

    static func produce(_ connection: KafkaConnection, topic: String, partition: Int32, messages: [[UInt8]]) throws {
        let writer = try KafkaMessageWriter(connection)
        for message in messages {
            try message.withUnsafeBytes { bytes in
                try writer.write(bytes, topic: topic, partition: partition, producedAtUnixSeconds: 1_770_000_000.125)
            }
        }
        try writer.flush()
    }

    /// Reads until `count` messages came or the time is over.
    static func read(
        _ source: KafkaSource, count: Int, seconds: Double = 20, limit: Int = 64,
        onFault: (DependencyFault) -> Void = { _ in }
    ) -> [KafkaRecord] {
        let clock = SystemClock()
        let deadline = clock.monotonicSeconds + seconds
        var records: [KafkaRecord] = []
        var batch = MessageBatch()
        while records.count < count && clock.monotonicSeconds < deadline {
            batch.removeAll()
            do {
                _ = try source.read(into: &batch, limit: limit, timeoutSeconds: 0.1)
            } catch {
                onFault(error)
                clock.sleep(seconds: 0.05)
            }
            for message in batch.messages {
                records.append(
                    KafkaRecord(
                        partition: batch.partitions[Int(message.partition)].partition, offset: message.offset,
                        bytes: [UInt8](batch.arena.bytes(message.bytes)), fault: message.fault?.reason))
            }
        }
        return records
    }
}
