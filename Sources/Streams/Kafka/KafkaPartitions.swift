import CKafka
import Core

/// librdkafka's partition lists.
enum KafkaPartitions {
    typealias List = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// Runs `body` with a list of these partitions and offsets.
    static func with<Result>(
        _ partitions: [(partition: InputPartition, offset: Int64)], _ body: (List) -> Result
    ) -> Result {
        guard let list = rd_kafka_topic_partition_list_new(Int32(partitions.count)) else {
            preconditionFailure("librdkafka refused a list")
        }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in partitions {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = offset
        }
        return body(list)
    }

    static func read(_ list: List) -> [InputPartition] {
        (0..<Int(list.pointee.cnt)).map { index in
            let element = list.pointee.elems[index]
            return InputPartition(topic: String(cString: element.topic), partition: element.partition)
        }
    }
}

extension ConsumerStateMachine.Start {
    /// `RD_KAFKA_OFFSET_BEGINNING` is a macro of −2.
    var kafkaOffset: Int64 {
        switch self {
        case .offset(let offset): offset
        case .earliest: -2
        }
    }
}
