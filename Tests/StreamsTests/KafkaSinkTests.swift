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
        let cluster = try TestCluster(topics: [("nightjar_a_b", 2)])
        let topic = cluster.name("nightjar_a_b")
        let sink = try KafkaSink(cluster.connection)
        for start in stride(from: 0, to: 60, by: 20) {
            try sink.send(Self.records(start..<start + 20, topic: topic), topic: topic)
        }
        let source = try KafkaTesting.source(
            cluster.connection, topics: [topic], group: cluster.name("s"), offsets: OffsetTable())
        let read = KafkaTesting.read(source, count: 60)
        source.close()
        #expect(read.count == 60)
        let messages: [[UInt8]] = (0..<60).map { Make.message($0) }
        for partition in 0..<Int32(try cluster.partitionCount("nightjar_a_b")) {
            let numbers: [Int] = read.filter { $0.partition == partition }.compactMap { messages.firstIndex(of: $0.bytes) }
            #expect(numbers == numbers.sorted())
        }
        sink.close()
        #expect(throws: DependencyFault.self) { try sink.send(Self.records(0..<1, topic: "t"), topic: "t") }
        readBackByConfluentKafka(cluster.connection.bootstrapServers, topic, count: 60)
    }

    /// The reference client for Python sees the same keys, headers, timestamps and order.
    private func readBackByConfluentKafka(_ servers: String, _ topic: String, count: Int) {
        guard let python = getenv("NIGHTJAR_PYTHON").map({ String(cString: $0) }) else {
            print("skipped: NIGHTJAR_PYTHON names no Python with confluent-kafka")
            return
        }
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let program = "/\(tests)/conformance/kafka/read_back.py"
        #expect(run([python, program, servers, topic, String(count)]) == 0)
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

    /// Each setting arrives as librdkafka's own property.
    @Test func settingsArriveAsProperties() throws {
        var connection = KafkaConnection(bootstrapServers: "a:1,b:2")
        connection.securityProtocol = "SASL_SSL"
        connection.saslMechanism = "SCRAM-SHA-512"
        connection.saslUsername = "nightjar"
        connection.saslPassword = "secret"
        connection.tlsCALocation = "/ca.pem"
        connection.tlsCertificateLocation = "/own.pem"
        connection.tlsKeyLocation = "/own.key"
        connection.tlsKeyPassword = "word"
        connection.properties = [("socket.keepalive.enable", "true")]
        let settings = Dictionary(try connection.settings(), uniquingKeysWith: { $1 })
        #expect(
            settings == [
                "bootstrap.servers": "a:1,b:2", "client.id": "nightjar", "security.protocol": "SASL_SSL",
                "sasl.mechanisms": "SCRAM-SHA-512", "sasl.username": "nightjar", "sasl.password": "secret",
                "ssl.ca.location": "/ca.pem", "ssl.certificate.location": "/own.pem", "ssl.key.location": "/own.key",
                "ssl.key.password": "word", "socket.keepalive.enable": "true",
            ])
    }

    /// Files that are not there are said at the start, by name.
    @Test func missingFilesOfTLSAreNamed() {
        var connection = KafkaConnection(bootstrapServers: "localhost:1")
        connection.securityProtocol = "SSL"
        connection.tlsCALocation = "/no/such/ca.pem"
        do {
            try KafkaSink(connection).close()
            Issue.record("a certificate that is not there was taken")
        } catch {
            #expect("\(error)".contains("ca"), "\(error)")
            print(error)
        }
    }
}
