import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

@Suite struct PropagationTests {
    private let propagator = Propagator(planets: DynamicsTests.planets)

    private static func belt(_ lane: Int) -> HelioState {
        HelioState(
            CometaryElements(
                qAu: 1.9 + 0.15 * Double(lane), eccentricity: 0.05 * Double(lane), inclinationDeg: 4 * Double(lane),
                nodeDeg: 47 * Double(lane), argPeriDeg: 101 * Double(lane), timeOfPerihelionMjdTT: 60_700 + 211 * Double(lane),
                epochMjdTT: 61_000))
    }

    /// Equal long steps for eight bodies against steps that fit each of them: other step sizes, other places of the planets.
    @Test func lockstepAgreesWithAdaptiveSteps() {
        let states = (0..<8).map(Self.belt)
        var together = LaneStates(states)
        let track = propagator.track(from: 61_000, to: 61_200, longestStep: 25)
        #expect(track.steps == 8)
        let errors = propagator.follow(track, &together, push: NonGravitationalLanes())
        for lane in 0..<8 {
            let alone = propagator.propagate(states[lane], from: 61_000, to: 61_200)
            let gap: Double = (together[lane].position + -alone.position).length
            #expect(gap < 5e-9, "lane \(lane): \(gap) au, estimated \(errors[lane])")
        }
    }

    @Test func backwardsUndoesForwards() {
        let start = Self.belt(3)
        let there = propagator.propagate(start, from: 61_000, to: 61_400)
        let back = propagator.propagate(there, from: 61_400, to: 61_000)
        #expect((back.position + -start.position).length < 1e-10)
        #expect((there.position + -start.position).length > 0.5)
    }

    /// A body that meets the Earth within lockstep: the estimated error says so.
    @Test func encounterIsFlagged() {
        let planets = DynamicsTests.planets
        let earth = planets.earth(tdbMjd: 61_090)
        // 0.004 au from the Earth at 61 090, slow; carried back to the epoch.
        let near = HelioState(
            position: earth.position + Vec3(x: 0.004, y: 0, z: 0), velocity: earth.velocity + Vec3(x: 0, y: 0, z: 0.004))
        let start = propagator.propagate(near, from: 61_090, to: 61_000)
        var lanes = LaneStates([start, Self.belt(1)])
        let track = propagator.track(from: 61_000, to: 61_180, longestStep: 12.5)
        let errors = propagator.follow(track, &lanes, push: NonGravitationalLanes())
        #expect(errors[0] > 1e-8)
        #expect(errors[1] < 1e-8)
    }

    /// The relativistic term, by its closed form at a perihelion.
    @Test func relativityPulls() {
        let start = HelioState(position: Vec3(x: 0.3075, y: 0, z: 0), velocity: Vec3(x: 0, y: 0.034_061, z: 0))
        let (ax, ay, _) = relativisticPart(start)
        // Schwarzschild at perihelion: μ/(c² r²) (4μ/r − v²) outwards, nothing along the motion (r·v = 0).
        let c: Double = SolarConstants.lightAuPerDay
        let r = 0.3075
        let v = 0.034_061
        let expected: Double = SolarConstants.sun / (c * c * r * r) * (4 * SolarConstants.sun / r - v * v)
        #expect(abs(ax / expected - 1) < 1e-6)
        #expect(abs(ay) < 1e-16)
    }

    private func relativisticPart(_ state: HelioState) -> (Double, Double, Double) {
        let empty = [Double](repeating: 0, count: PlanetTable.numbersPerInstant)
        let massless = [Double](repeating: 0, count: Perturber.count)
        let (ax, ay, az) = empty.withUnsafeBufferPointer { places -> (Lanes, Lanes, Lanes) in
            massless.withUnsafeBufferPointer { gravity in
                guard let places = places.baseAddress, let gravity = gravity.baseAddress else {
                    return (Lanes(), Lanes(), Lanes())
                }
                return Forces.accelerations(
                    LaneStates(all: state), places: places, gravity: gravity, push: NonGravitationalLanes())
            }
        }
        let pull: Double = SolarConstants.sun / pow(state.position.length, 3)
        return (ax[0] + pull * state.position.x, ay[0] + pull * state.position.y, az[0] + pull * state.position.z)
    }

    /// The trap of non-gravitational forces: A2 along the motion moves the body ahead by 3/2 A2 Δt² or so, by its own law.
    @Test func nonGravitationalForcesAct() {
        #expect(abs(Forces.waterIce(1) - 1) < 1e-3)
        #expect(Forces.waterIce(5) < 1e-4)
        let state = Self.belt(0)
        let r: Double = state.position.length
        for (law, g) in [(NonGravitationalLaw.inverseSquare, 1 / (r * r)), (.waterIce, Forces.waterIce(r))] {
            let a2 = 1e-8
            let plain = propagator.propagate(state, from: 61_000, to: 61_010)
            let pushed = propagator.propagate(
                state, from: 61_000, to: 61_010, nonGravitational: NonGravitationalTerms(a2: a2, law: law))
            let shift = pushed.position + -plain.position
            let ahead: Double = shift.dot(state.velocity.normalized)
            #expect(abs(ahead / (a2 * g * 50) - 1) < 0.02, "\(law): \(ahead)")
        }
        let outwards = propagator.propagate(
            state, from: 61_000, to: 61_010, nonGravitational: NonGravitationalTerms(a1: 1e-8, law: .inverseSquare))
        let plain = propagator.propagate(state, from: 61_000, to: 61_010)
        #expect((outwards.position + -plain.position).dot(state.position.normalized) > 0)
    }

    /// A body that falls into the Sun has no place, and does not hang the integrator.
    @Test func bodyInTheSunHasNoPlace() {
        let fall = HelioState(position: Vec3(x: 0.02, y: 0, z: 0), velocity: Vec3(x: -0.15, y: 0, z: 0))
        #expect(!propagator.propagate(fall, from: 61_000, to: 61_002).isFinite)
    }
}
