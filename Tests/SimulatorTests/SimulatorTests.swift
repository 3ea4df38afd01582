import Core
import Simulator
import Testing

func smallConfiguration(_ schema: AlertSchemaVersion = .v11_1) -> SimulationConfiguration {
    var configuration = SimulationConfiguration()
    configuration.alertsPerVisit = 120
    configuration.visits = 8
    configuration.sparseVisits = 2
    configuration.schema = schema
    return configuration
}

@Test("The default demo makes the visits and alerts it promises")
func countsOfAlerts() {
    let configuration = smallConfiguration()
    let generator = AlertGenerator(configuration: configuration)
    var offset: Int64 = 0
    var visits = 0
    while let info = generator.nextVisit() {
        #expect(info.alertCount == info.visit.alertTarget)
        #expect(info.firstOffset == offset)
        #expect(generator.truth.count == info.alertCount)
        var count = 0
        var last = 0.0
        generator.forEachPacket { message, produced in
            count += 1
            #expect(produced >= last)
            last = produced
            #expect(message[0] == 0 && message[3] == 4 && message[4] == 0x4D)
        }
        #expect(count == info.alertCount)
        offset += Int64(count)
        visits += 1
    }
    #expect(visits == 5 * 2 + 8)
}

@Test("A seed gives the same bytes, another seed others")
func determinism() {
    func digest(seed: UInt64) -> UInt64 {
        var configuration = smallConfiguration()
        configuration.seed = seed
        let generator = AlertGenerator(configuration: configuration)
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        while generator.nextVisit() != nil {
            generator.forEachPacket { message, _ in
                for byte in message { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
            }
        }
        return sum
    }
    #expect(digest(seed: 1) == digest(seed: 1))
    #expect(digest(seed: 1) != digest(seed: 2))
}

@Test("A rewound source repeats itself from any offset")
func rewind() throws {
    let configuration = smallConfiguration()
    func messages(from offset: Int64?, limit: Int) throws -> [[UInt8]] {
        let source = SimulatorSource(configuration: configuration)
        if let offset { try source.rewind(to: [(source.partition, offset)]) }
        var batch = MessageBatch()
        var result: [[UInt8]] = []
        var expected = offset ?? 0
        while try source.read(into: &batch, limit: limit, timeoutSeconds: 0) == .messages {
            for message in batch.messages {
                #expect(message.offset == expected)
                expected += 1
                result.append(Array(batch.arena.bytes(message.bytes)))
            }
            batch.removeAll()
        }
        return result
    }
    let all = try messages(from: nil, limit: 64)
    for offset in [0, 1, 29, 30, 31, 500, all.count - 1, all.count] {
        let rest = try messages(from: Int64(offset), limit: 1000)
        #expect(rest == Array(all[offset...]), "from offset \(offset)")
    }
}
