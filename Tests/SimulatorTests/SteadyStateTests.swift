import Core
import Simulator
import Testing

@Test("Packets of the benchmarks do not depend on what was made before, and no visit repeats")
func steadyStateIsStateless() {
    var configuration = SteadyStateConfiguration()
    configuration.fields = 3
    configuration.alertsPerVisit = 70
    let generator = SteadyStateGenerator(configuration: configuration)
    var seen: Set<[UInt8]> = []
    var firstPass: [[UInt8]] = []
    for visit in 0..<12 {
        for index in 0..<generator.beginVisit(visit) {
            let bytes = Array(generator.packet(index))
            #expect(bytes.count > 11_000 && bytes.count < 16_000)
            #expect(seen.insert(bytes).inserted)
            if visit == 7 { firstPass.append(bytes) }
        }
    }
    let other = SteadyStateGenerator(configuration: configuration)
    #expect(other.beginVisit(7) == 70)
    for index in (0..<70).reversed() { #expect(Array(other.packet(index)) == firstPass[index]) }
}

@Test("With cutouts a packet has about 140 kB")
func steadyStateWithCutouts() {
    var configuration = SteadyStateConfiguration()
    configuration.fields = 3
    configuration.alertsPerVisit = 2
    configuration.hasCutouts = true
    let generator = SteadyStateGenerator(configuration: configuration)
    #expect(generator.beginVisit(0) == 2)
    let size = generator.packet(0).count
    #expect(size > 130_000 && size < 180_000, "\(size) bytes")
}
