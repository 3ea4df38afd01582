import Avro
import Core
import Streams

/// `nightjar decode FILE…`: alerts as NDJSON; what cannot be read goes to standard error and the exit status.
enum DecodeCommand {
    static let spec = CommandSpec(
        "decode", "FILE…", "alerts as NDJSON",
        options: [
            OptionSpec("--cutouts", nil, "write cutouts as base64 instead of their length and digest"),
            OptionSpec("--registry", "URL", "schema registry for ids that are not bundled"),
            OptionSpec("--limit", "N", "stop after N alerts"),
        ], positionalCount: 1...10_000, run: run)

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let limit = try arguments.integer("--limit", in: 0...Int.max) ?? Int.max
        let store = SchemaStore(registry: arguments.text("--registry").map { SchemaRegistryClient(url: $0) })
        let source = try FileSource(
            paths: arguments.positionals, schemas: AvroContainerSchemas(store: store), nextOffset: { _ in nil })
        var job = DecodeJob(store: store, json: AlertJSON(cutouts: arguments.has("--cutouts") ? .base64 : .digest))
        try job.run(source, limit: limit)
        return job.faultCount == 0 ? .done : .no
    }
}

private struct DecodeJob {
    let decoder: AlertFrameDecoder
    let json: AlertJSON
    let batch = AlertBatch(capacity: 64)
    var writer = TextWriter(capacity: 1 << 20)
    var written = 0
    var faultCount = 0

    init(store: SchemaStore, json: AlertJSON) {
        decoder = AlertFrameDecoder(schemas: store)
        self.json = json
    }

    mutating func run(_ source: FileSource, limit: Int) throws {
        var messages = MessageBatch()
        while written < limit {
            messages.removeAll()
            let event = try source.read(into: &messages, limit: 64, timeoutSeconds: 1)
            for message in messages.messages where written < limit {
                try decode(message, messages)
            }
            if event == .ended { break }
        }
    }

    private mutating func decode(_ message: MessageBatch.Message, _ messages: MessageBatch) throws {
        let place = "\(messages.partitions[Int(message.partition)].topic)#\(message.offset)"
        if let fault = message.fault { return report(fault, place) }
        batch.removeAll()
        let origin = AlertOrigin(partition: 0, offset: message.offset)
        let bytes = messages.arena.bytes(message.bytes)
        do throws(AlertFault) {
            switch message.framing {
            case .confluent: try decoder.append(message: bytes, origin: origin, to: batch)
            case .bare(let id): try decoder.append(body: bytes, schemaID: id, origin: origin, to: batch)
            }
        } catch {
            switch error {
            case .record(let fault): return report(fault, place)
            case .dependency(let fault): throw fault
            }
        }
        decoder.finish(batch)
        writer.removeAll()
        json.write(batch, row: 0, to: &writer)
        writer.append(byte: 0x0A)
        Console.print(writer)
        written += 1
    }

    private mutating func report(_ fault: RecordFault, _ place: String) {
        faultCount += 1
        Console.error("nightjar: \(place): \(fault)")
    }
}
