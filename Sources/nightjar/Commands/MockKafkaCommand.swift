import Core
import Streams

/// `nightjar mock-kafka`: librdkafka's mock cluster as a process of its own, for tests.
enum MockKafkaCommand {
    static let spec = CommandSpec(
        "mock-kafka", "", "a Kafka cluster in memory for tests: prints its address, ends when standard input does",
        options: [
            OptionSpec("--topic", "NAME:PARTITIONS", "make a topic", isRepeatable: true),
            OptionSpec("--brokers", "N", "default 1"),
        ], positionalCount: 0...0, isHidden: true
    ) { arguments in
        let topics = try arguments.texts("--topic").map { (text) throws(UserFault) in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let partitions = Int(parts[1]), (1...10_000).contains(partitions)
            else {
                throw UserFault(.usage, "\"\(text)\" is no topic with a number of partitions", hint: "--topic alerts:4")
            }
            return (name: String(parts[0]), partitions: partitions)
        }
        try runMockCluster(topics: topics, brokers: try arguments.integer("--brokers", in: 1...100) ?? 1)
        return .done
    }
}
