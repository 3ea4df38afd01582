import Core
import Glibc
import Testing

@testable import Streams

@Suite struct KafkaSourceTests {
    static let messages = (0..<50).map { Make.message($0) }

    @Test func readsFromStoredOffsetsAndAgainAfterARewind() throws {
        let cluster = try TestCluster(topics: [("alerts", 3)])
        for partition in Int32(0)..<3 {
            try KafkaTesting.produce(
                cluster.connection, topic: cluster.name("alerts"), partition: partition, messages: Self.messages)
        }
        let offsets = OffsetTable()
        offsets.next = [
            InputPartition(topic: cluster.name("alerts"), partition: 0): 45,
            InputPartition(topic: cluster.name("alerts"), partition: 2): 50,
        ]
        let source = try KafkaTesting.source(
            cluster.connection, topics: ["^aler.*" + cluster.name("")], group: cluster.name("a"), offsets: offsets)
        let read = KafkaTesting.read(source, count: 55)
        #expect(read.filter { $0.partition == 0 }.map(\.offset) == Array(45..<50))
        #expect(read.filter { $0.partition == 1 }.map(\.offset) == Array(0..<50))
        #expect(read.filter { $0.partition == 1 }.map(\.bytes) == Self.messages)
        #expect(read.count == 55)
        #expect(source.ownedPartitions.count == (try cluster.partitionCount("alerts")))

        try source.rewind(
            to: [(0, 50), (1, 48), (2, 50)].map { (InputPartition(topic: cluster.name("alerts"), partition: $0.0), Int64?($0.1)) })
        let again = KafkaTesting.read(source, count: 2)
        #expect(again.map(\.offset) == [48, 49])
        #expect(again.map(\.bytes) == Array(Self.messages[48...]))
        source.didCommit([
            PartitionAdvance(partition: InputPartition(topic: cluster.name("alerts"), partition: 1), expectedNext: nil, newNext: 50)
        ])
        SystemClock().sleep(seconds: 1.1)
        _ = KafkaTesting.read(source, count: 1, seconds: 0.3)
        #expect(source.metrics.lags.prefix(3).map(\.next) == [50, 50, 50])
        #expect(source.metrics.lags.allSatisfy { $0.lag == 0 })
        source.close()
    }

    @Test func timestampsAndEmptyPayloads() throws {
        let cluster = try TestCluster(topics: [("alerts", 1)])
        try KafkaTesting.produce(cluster.connection, topic: cluster.name("alerts"), partition: 0, messages: [Self.messages[0]])
        let writer = try KafkaMessageWriter(cluster.connection)
        try writer.write(
            UnsafeRawBufferPointer(start: nil, count: 0), topic: cluster.name("alerts"), partition: 0, producedAtUnixSeconds: nil)
        try writer.flush()
        let source = try KafkaTesting.source(
            cluster.connection, topics: [cluster.name("alerts")], group: cluster.name("t"), offsets: OffsetTable())
        var batch = MessageBatch()
        let deadline = SystemClock().monotonicSeconds + 20
        while batch.messages.count < 2 && SystemClock().monotonicSeconds < deadline {
            _ = try source.read(into: &batch, limit: 10, timeoutSeconds: 0.2)
        }
        try #require(batch.messages.count == 2)
        #expect(batch.messages[0].producedAtUnixSeconds == 1_770_000_000.125)
        #expect(batch.messages[1].fault?.reason == .framing)
        #expect(abs(batch.messages[1].producedAtUnixSeconds - SystemClock().unixSeconds) < 60)
        source.close()
    }

    @Test func anExpiredOffsetStopsUnlessTheGapIsAccepted() throws {
        let cluster = try TestCluster(topics: [("alerts", 2)])
        for partition in Int32(0)..<2 {
            try KafkaTesting.produce(
                cluster.connection, topic: cluster.name("alerts"), partition: partition, messages: Self.messages)
        }
        let offsets = OffsetTable()
        offsets.next[InputPartition(topic: cluster.name("alerts"), partition: 0)] = 5000
        let source = try KafkaTesting.source(
            cluster.connection, topics: [cluster.name("alerts")], group: cluster.name("x"), offsets: offsets)
        let read = KafkaTesting.read(source, count: 51, seconds: 6)
        #expect(read.count == 50 && read.allSatisfy { $0.partition == 1 })
        #expect(source.stoppedPartitions == [InputPartition(topic: cluster.name("alerts"), partition: 0)])
        #expect(source.metrics.expired.value == 1)
        #expect(source.metrics.reasonsNotReady.contains { $0.contains("5000") && $0.contains("made anew") })
        source.close()
        let accepting = try KafkaTesting.source(
            cluster.connection, topics: [cluster.name("alerts")], group: cluster.name("y"), offsets: offsets, acceptsGap: true)
        let all = KafkaTesting.read(accepting, count: 100)
        #expect(all.filter { $0.partition == 0 }.map(\.offset) == Array(0..<50))
        accepting.close()
    }

    @Test func aBrokerThatGoesIsAFaultAndComesBack() throws {
        let mock = try MockProcess(topics: [("alerts", 1)])
        try KafkaTesting.produce(mock.connection, topic: "alerts", partition: 0, messages: Self.messages)
        let offsets = OffsetTable()
        let source = try KafkaTesting.source(mock.connection, topics: ["alerts"], group: "d", offsets: offsets)
        #expect(KafkaTesting.read(source, count: 50).count == 50)
        // Committed: the group may give the partition anew while the broker is away.
        offsets.next[InputPartition(topic: "alerts", partition: 0)] = 50
        #expect(mock.command("down 1"))
        var faults: [DependencyFault] = []
        _ = KafkaTesting.read(source, count: 1, seconds: 3) { faults.append($0) }
        #expect(!faults.isEmpty && faults.allSatisfy { $0.isRetriable })
        #expect(mock.command("up 1"))
        try KafkaTesting.produce(mock.connection, topic: "alerts", partition: 0, messages: Self.messages)
        let read = KafkaTesting.read(source, count: 50)
        #expect(read.map(\.offset) == Array(50..<100))
        source.close()
    }

    @Test func aDatabaseThatDoesNotAnswerDelaysTheStart() throws {
        let cluster = try TestCluster(topics: [("alerts", 1)])
        try KafkaTesting.produce(cluster.connection, topic: cluster.name("alerts"), partition: 0, messages: Self.messages)
        let offsets = OffsetTable()
        offsets.fault = DependencyFault("database", "away")
        offsets.next[InputPartition(topic: cluster.name("alerts"), partition: 0)] = 40
        let source = try KafkaTesting.source(
            cluster.connection, topics: [cluster.name("alerts")], group: cluster.name("w"), offsets: offsets)
        var faults: [DependencyFault] = []
        #expect(KafkaTesting.read(source, count: 1, seconds: 5) { faults.append($0) }.isEmpty)
        #expect(faults.contains { $0.dependency == "database" })
        offsets.fault = nil
        #expect(KafkaTesting.read(source, count: 10).map(\.offset) == Array(40..<50))
        try source.keepAlive()
        try KafkaTesting.produce(cluster.connection, topic: cluster.name("alerts"), partition: 0, messages: Self.messages)
        try source.keepAlive()
        #expect(KafkaTesting.read(source, count: 50).map(\.offset) == Array(50..<100))
        source.close()
    }

    @Test func aPausedMemberLosesItsPartitionsAndWhatItReadIsToldApart() throws {
        let cluster = try TestCluster(topics: [("alerts", 2)])
        for partition in Int32(0)..<2 {
            try KafkaTesting.produce(
                cluster.connection, topic: cluster.name("alerts"), partition: partition, messages: Self.messages)
        }
        var zombieConnection = cluster.connection
        zombieConnection.properties = [("max.poll.interval.ms", "6000")]
        let offsets = OffsetTable()
        let zombie = try KafkaTesting.source(
            zombieConnection, topics: [cluster.name("alerts")], group: cluster.name("z"), offsets: offsets)
        // It reads everything, commits nothing, and stops polling.
        #expect(KafkaTesting.read(zombie, count: 100).count == 100)
        let successor = try KafkaTesting.source(
            cluster.connection, topics: [cluster.name("alerts")], group: cluster.name("z"), offsets: offsets)
        let read = KafkaTesting.read(successor, count: 100, seconds: 30)
        #expect(Set(read.map { [Int64($0.partition), $0.offset] }).count == 100)
        #expect(successor.ownedPartitions.count == (try cluster.partitionCount("alerts")))
        // The successor commits; the other comes back and is given nothing of what is committed.
        for partition in Int32(0)..<2 { offsets.next[InputPartition(topic: cluster.name("alerts"), partition: partition)] = 50 }
        let late = KafkaTesting.read(zombie, count: 1, seconds: 3) { _ in }
        #expect(late.isEmpty)
        zombie.close()
        successor.close()
    }
}
