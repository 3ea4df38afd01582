import Core
import Testing

@testable import Streams

@Suite struct PublisherTests {
    private func wait(_ seconds: Double = 10, until isDone: () -> Bool) -> Bool {
        let clock = SystemClock()
        let deadline = clock.monotonicSeconds + seconds
        while !isDone() && clock.monotonicSeconds < deadline { clock.sleep(seconds: 0.01) }
        return isDone()
    }

    @Test func sendsEverythingInOrderThroughFaults() {
        let outbox = MemoryOutbox()
        let sink = MemorySink()
        outbox.publish(0..<40)
        outbox.fail(2)
        sink.fail(2)
        var options = Publisher.Options()
        options.recordsMax = 7
        let form = PayloadForm.confluent { _, version throws(DependencyFault) in 500 + version }
        let publisher = Publisher(
            topic: "nightjar_x_y", outbox: outbox.outbox, sink: sink, form: form, options: options)
        publisher.start()
        #expect(wait { outbox.cursor == 40 })
        outbox.publish(40..<45)
        publisher.wake()
        #expect(wait { outbox.cursor == 45 })
        publisher.stop()
        let identities = sink.records.map(\.identity)
        // Sent again after a fault, with the same identity; first times are in order.
        #expect(identities.count > 45)
        var seen: Set<String> = []
        #expect(identities.filter { seen.insert($0).inserted } == (0..<45).map { "nightjar_x_y/\($0)" })
        #expect(sink.records.last?.value == [0, 0, 0, 1, 0xF6] + Make.body(44))
        #expect(sink.records.last?.key == "2")
        #expect(sink.records.last?.timestampMilliseconds == 1_770_000_000_500)
        #expect(publisher.progress.nextOffset == 45 && publisher.progress.fault == nil)
    }

    @Test func stopsWhileTheSinkIsAway() {
        let outbox = MemoryOutbox()
        let sink = MemorySink()
        sink.fail(1_000_000)
        outbox.publish(0..<3)
        let form = PayloadForm.json { _, publication throws(DependencyFault) in publication.payload }
        let publisher = Publisher(topic: "t", outbox: outbox.outbox, sink: sink, form: form)
        publisher.start()
        #expect(wait { publisher.progress.fault != nil })
        publisher.stop()
        #expect(outbox.cursor == 0)
    }

    @Test func aContainerCarriesItsSchemaAndIsTheSameTwice() throws {
        let outbox = MemoryOutbox()
        outbox.publish(0..<1)
        let publication = try outbox.outbox.read("t", 0, 1, 100)[0]
        let form = PayloadForm.container { _, _ throws(DependencyFault) in BytesSchemas.text }
        let bytes = try form.render(publication, topic: "t")
        #expect(try form.render(publication, topic: "t") == bytes)
        let directory = ScratchDirectory()
        #expect(try readFile(directory.write("one.avro", bytes)).map(\.bytes) == [publication.payload])
    }
}
