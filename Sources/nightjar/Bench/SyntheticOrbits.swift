import Core
import Glibc
import SolarSystem

/// Orbits as the known ones are spread: 94 % main belt, 2.5 % near-Earth, Hildas, Trojans, beyond Neptune; most at one epoch,
/// one in two hundred at others, up to eight years old.
final class SyntheticOrbits: OrbitSource, @unchecked Sendable {
    // Written by init alone.
    private var rows: [Row] = []

    private struct Row {
        let q: Double
        let timeOfPerihelion: Double
        let e: Float
        let inclination: Float
        let node: Float
        let argPeri: Float
        let epoch: Float
    }

    static let mainEpochMjdTT: Double = 61_200

    init(count: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        rows.reserveCapacity(count)
        for _ in 0..<count { rows.append(Self.row(&random)) }
    }

    private static func row(_ random: inout SeededRandom) -> Row {
        let kind: Double = random.uniform()
        var a: Double = 2.1 + 1.2 * random.uniform().squareRoot()
        var e: Double = min(0.4, abs(0.13 + 0.07 * random.normal()))
        var inclination: Double = abs(9 * random.normal())
        if kind < 0.025 {
            let q: Double = 0.3 + random.uniform()
            a = max(q * 1.02, 0.8 + 1.9 * random.uniform())
            e = 1 - q / a
        } else if kind < 0.030 {
            a = 3.9 + 0.08 * random.normal()
        } else if kind < 0.040 {
            (a, e, inclination) = (5.2 + 0.05 * random.normal(), 0.15 * random.uniform(), 25 * random.uniform())
        } else if kind < 0.043 {
            (a, e, inclination) = (39 + 9 * random.uniform(), 0.25 * random.uniform(), 20 * random.uniform())
        }
        let epoch: Double = random.uniform() < 0.995 ? mainEpochMjdTT : 58_200 + 100 * (30 * random.uniform()).rounded()
        let elements = CometaryElements(
            semiMajorAxisAu: a, eccentricity: e, inclinationDeg: inclination, nodeDeg: 0, argPeriDeg: 0,
            meanAnomalyDeg: 360 * random.uniform(), epochMjdTT: epoch)
        return Row(
            q: elements.qAu, timeOfPerihelion: elements.timeOfPerihelionMjdTT, e: Float(e),
            inclination: Float(inclination), node: Float(360 * random.uniform()),
            argPeri: Float(360 * random.uniform()), epoch: Float(epoch))
    }

    var count: Int { rows.count }
    func epochMjdTT(_ row: Int) -> Double { Double(rows[row].epoch) }
    func qAu(_ row: Int) -> Double { rows[row].q }

    func elements(_ row: Int) -> CometaryElements {
        let one = rows[row]
        return CometaryElements(
            qAu: one.q, eccentricity: Double(one.e), inclinationDeg: Double(one.inclination),
            nodeDeg: Double(one.node), argPeriDeg: Double(one.argPeri), timeOfPerihelionMjdTT: one.timeOfPerihelion,
            epochMjdTT: Double(one.epoch), h: 17)
    }
}
