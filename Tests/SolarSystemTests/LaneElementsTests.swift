import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

@Suite struct LaneElementsTests {
    /// Sines and cosines abreast are the C library's in every quadrant, as far as degrees in radians are exact.
    @Test func sinesAndCosines() {
        var random = SeededRandom(seed: 3)
        for round in 0..<2000 {
            var angles = Lanes()
            for lane in 0..<8 { angles[lane] = round == 0 ? 45 * Double(lane - 3) : 1440 * (random.uniform() - 0.5) }
            let (s, c) = LaneTrigonometry.ofDegrees(angles)
            let (sr, cr) = LaneTrigonometry.ofRadians(angles * (Double.pi / 180))
            for lane in 0..<8 {
                let angle: Double = angles[lane].remainder(dividingBy: 360) * .pi / 180
                #expect(abs(s[lane] - sin(angle)) < 1e-15 && abs(c[lane] - cos(angle)) < 1e-15)
                let radians: Double = angles[lane] * (Double.pi / 180)
                #expect(abs(sr[lane] - sin(radians)) < 1e-15 && abs(cr[lane] - cos(radians)) < 1e-15)
            }
        }
        #expect(LaneTrigonometry.ofDegrees(Lanes(repeating: 90)).cosine == Lanes(repeating: 0))
    }

    /// States abreast are those of bodies alone, for every conic; a body that is no number does not touch its neighbours, and
    /// a lane is the same bits whatever stands beside it.
    @Test func statesAbreastAreThoseAlone() {
        var random = SeededRandom(seed: 4)
        for round in 0..<400 {
            var list: [CometaryElements] = (0..<8).map { lane in
                CometaryElements(
                    qAu: 0.1 + 3 * random.uniform(),
                    eccentricity: lane == 7 ? 0.9 + 0.3 * random.uniform() : 0.98 * random.uniform(),
                    inclinationDeg: 180 * random.uniform(), nodeDeg: 360 * random.uniform(),
                    argPeriDeg: 360 * random.uniform(), timeOfPerihelionMjdTT: 61_000 + 4000 * (random.uniform() - 0.5),
                    epochMjdTT: 61_000)
            }
            if round % 4 == 0 { list[3].qAu = .nan }
            if round % 4 == 1 { list[2].nodeDeg = .nan }
            var lanes = LaneElements()
            for (lane, elements) in list.enumerated() { lanes.set(lane, elements) }
            let states = lanes.states()
            for (lane, elements) in list.enumerated() {
                let alone = HelioState(elements)
                guard alone.isFinite else {
                    #expect(!states[lane].isFinite)
                    continue
                }
                #expect((states[lane].position + -alone.position).length < 2e-13 * alone.position.length)
                #expect((states[lane].velocity + -alone.velocity).length < 2e-13 * alone.velocity.length)
                var single = LaneElements()
                single.set(lane, elements)
                #expect(single.states()[lane] == states[lane])
            }
        }
    }
}
