import Core
import Glibc
import Testing

@testable import Streams

extension KafkaSourceTests {
    private static func records(_ numbers: Range<Int>, topic: String) -> [OutgoingRecord] {
        numbers.map {
            OutgoingRecord(
                key: String($0 % 4), identity: "\(topic)/\($0)", value: Make.message($0),
                timestampMilliseconds: 1_770_000_000_000 + Int64($0))
        }
    }

    @Test func whatIsSentIsThereWithKeyAndHeader() throws {
        let mock = try MockProcess(topics: [("nightjar_a_b", 2)])
        let sink = try KafkaSink(mock.connection)
        for start in stride(from: 0, to: 60, by: 20) {
            try sink.send(Self.records(start..<start + 20, topic: "nightjar_a_b"), topic: "nightjar_a_b")
        }
        let source = try KafkaTesting.source(
            mock.connection, topics: ["nightjar_a_b"], group: "s", offsets: OffsetTable())
        let read = KafkaTesting.read(source, count: 60)
        source.close()
        #expect(read.count == 60)
        for partition in Int32(0)..<2 {
            let numbers = read.filter { $0.partition == partition }.compactMap { record in
                (0..<60).first { Make.message($0) == record.bytes }
            }
            #expect(numbers == numbers.sorted())
        }
        sink.close()
        #expect(throws: DependencyFault.self) { try sink.send(Self.records(0..<1, topic: "t"), topic: "t") }
        readBackByConfluentKafka(mock.bootstrapServers, count: 60)
    }

    /// The reference client for Python sees the same keys, headers, timestamps and order.
    private func readBackByConfluentKafka(_ servers: String, count: Int) {
        guard let python = getenv("NIGHTJAR_PYTHON").map({ String(cString: $0) }) else {
            print("skipped: NIGHTJAR_PYTHON names no Python with confluent-kafka")
            return
        }
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let program = "/\(tests)/conformance/kafka/read_back.py"
        #expect(run([python, program, servers, "nightjar_a_b", String(count)]) == 0)
    }

    private func run(_ words: [String]) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for word in arguments { free(word) } }
        var child = pid_t()
        let isStarted = spawning.withLock { _ in posix_spawn(&child, words[0], nil, nil, &arguments, environ) == 0 }
        guard isStarted else { return -1 }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return status
    }

    @Test func aBrokerThatGoesFaultsTheSendAndTheSameIsSentLater() throws {
        let mock = try MockProcess(topics: [("out", 1)])
        var connection = mock.connection
        connection.properties = [("message.timeout.ms", "1500")]
        let sink = try KafkaSink(connection)
        try sink.send(Self.records(0..<10, topic: "out"), topic: "out")
        #expect(mock.command("down 1"))
        let records = Self.records(10..<20, topic: "out")
        do {
            try sink.send(records, topic: "out")
            Issue.record("a lost broker acknowledges nothing")
        } catch {
            #expect(error.isRetriable)
        }
        #expect(mock.command("up 1"))
        let deadline = SystemClock().monotonicSeconds + 20
        var isSent = false
        while !isSent && SystemClock().monotonicSeconds < deadline {
            do {
                try sink.send(records, topic: "out")
                isSent = true
            } catch {
                #expect(error.isRetriable)
            }
        }
        #expect(isSent)
        let source = try KafkaTesting.source(mock.connection, topics: ["out"], group: "s", offsets: OffsetTable())
        let read = KafkaTesting.read(source, count: 20)
        #expect(Set(read.map(\.bytes)) == Set((0..<20).map { Make.message($0) }))
        source.close()
        sink.close()
    }

    @Test func settingsThatBreakTheContractAreRefused() throws {
        var connection = KafkaConnection(bootstrapServers: "localhost:1")
        connection.properties = [("enable.idempotence", "false")]
        #expect(throws: UserFault.self) { try KafkaSink(connection) }
        connection.properties = [("no.such.property", "1")]
        #expect(throws: UserFault.self) { try KafkaSink(connection) }
        connection.properties = []
        connection.securityProtocol = "SASL_SSL"
        for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
            connection.saslMechanism = mechanism
            connection.saslUsername = "nightjar"
            connection.saslPassword = "secret"
            try KafkaSink(connection).close()
        }
        #expect(KafkaSink.topicName(owner: "transients", name: "new sn/é") == "nightjar_transients_new_sn___")
    }

    /// The whole way against a real broker, where one is given.
    @Test(.enabled(if: getenv("KAFKA_BOOTSTRAP") != nil)) func aRealBroker() throws {
        let servers = getenv("KAFKA_BOOTSTRAP").map { String(cString: $0) } ?? ""
        let connection = KafkaConnection(bootstrapServers: servers)
        let topic = "nightjar_test_\(UInt32.random(in: 0 ... .max))"
        let sink = try KafkaSink(connection)
        try sink.send(Self.records(0..<60, topic: topic), topic: topic)
        sink.close()
        let source = try KafkaTesting.source(connection, topics: [topic], group: topic, offsets: OffsetTable())
        let read = KafkaTesting.read(source, count: 60, seconds: 60)
        #expect(Set(read.map(\.bytes)) == Set((0..<60).map { Make.message($0) }))
        source.close()
    }
}
