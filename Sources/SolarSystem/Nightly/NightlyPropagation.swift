import Core
import Glibc
import Sky

/// Carries a whole set of orbits from their published epochs to local midnight: always from the epoch, so that a night's
/// states do not depend on what was asked before.
struct NightlyPropagation {
    let planets: PlanetTable
    let midnightTdb: Double

    /// An estimated error of a step above this asks for steps that fit the motion: au.
    private static let tolerableError: Double = 1e-8
    private static let longStep: Double = 25
    /// For perihelia inside `nearPerihelion`.
    private static let shortStep: Double = 12.5
    private static let nearPerihelion: Double = 1.3

    /// What became of the rows.
    struct Counts: Sendable {
        var lockstep = 0
        /// Redone with steps that fit the motion.
        var redone = 0
        /// No place: bad elements, or a fall into the Sun or a planet on the way.
        var lost = 0
    }

    /// Rows of one epoch and one length of step.
    private struct Group {
        let epoch: Double
        let isNear: Bool
        let rows: [UInt32]
    }

    /// Calls `body` with each row's state at midnight, the disturbance there, and whether it is a comet.
    func run(
        _ source: some OrbitSource, _ body: (Int, HelioState, Vec3, CometaryElements) -> Void
    ) -> Counts {
        var counts = Counts()
        let propagator = Propagator(planets: planets)
        let places = propagator.instant(tdbMjd: midnightTdb)
        for group in groups(source) {
            let epochTdb = TimeScales.tdb(ttMjd: group.epoch)
            guard abs(epochTdb - midnightTdb) <= EphemerisComputer.longestSpanDays else {
                counts.lost += group.rows.count
                continue
            }
            let track = propagator.track(
                from: epochTdb, to: midnightTdb, longestStep: group.isNear ? Self.shortStep : Self.longStep)
            var hard: [Pack.Member] = []
            var pack = Pack()
            for row in group.rows {
                let elements = source.elements(Int(row))
                guard pack.add(Pack.Member(row: Int(row), elements: elements)) else {
                    counts.lost += 1
                    continue
                }
                if pack.isFull { carry(&pack, track, places, propagator, &hard, &counts, body) }
            }
            carry(&pack, track, places, propagator, &hard, &counts, body)
            redo(hard, from: epochTdb, propagator, &counts, body)
        }
        return counts
    }

    private func groups(_ source: some OrbitSource) -> [Group] {
        var places: [Double: Int] = [:]
        // Two lists an epoch: far perihelia, near perihelia.
        var lists: [[UInt32]] = []
        var lastEpoch: Double = .nan
        var place = 0
        for row in 0..<source.count {
            let epoch = source.epochMjdTT(row)
            guard epoch.isFinite else { continue }
            if epoch != lastEpoch {
                place = places[epoch] ?? lists.count
                if place == lists.count {
                    places[epoch] = place
                    lists.append([])
                    lists.append([])
                }
                lastEpoch = epoch
            }
            lists[place + (source.qAu(row) < Self.nearPerihelion ? 1 : 0)].append(UInt32(row))
        }
        let known = places.sorted { $0.key < $1.key }
        return known.flatMap { epoch, place in
            [Group(epoch: epoch, isNear: false, rows: lists[place]), Group(epoch: epoch, isNear: true, rows: lists[place + 1])]
        }.filter { !$0.rows.isEmpty }
    }

    /// Up to eight bodies on their way together.
    private struct Pack {
        struct Member {
            let row: Int
            let elements: CometaryElements
        }

        private(set) var members: [Member] = []
        private(set) var start: [HelioState] = []

        var isFull: Bool { members.count == 8 }

        /// False for elements that give no state.
        mutating func add(_ member: Member) -> Bool {
            let state = HelioState(member.elements)
            guard state.isFinite else { return false }
            members.append(member)
            start.append(state)
            return true
        }

        var push: NonGravitationalLanes {
            var push = NonGravitationalLanes()
            for (lane, member) in members.enumerated() { push.set(lane, member.elements.nonGravitational) }
            return push
        }

        mutating func removeAll() {
            members.removeAll(keepingCapacity: true)
            start.removeAll(keepingCapacity: true)
        }
    }

    private func carry(
        _ pack: inout Pack, _ track: Propagator.Track, _ places: [Double], _ propagator: Propagator, _ hard: inout [Pack.Member],
        _ counts: inout Counts, _ body: (Int, HelioState, Vec3, CometaryElements) -> Void
    ) {
        guard !pack.members.isEmpty else { return }
        var states = LaneStates(pack.start)
        let push = pack.push
        let errors = propagator.follow(track, &states, push: push)
        let (ax, ay, az) = propagator.disturbances(of: states, places: places, push: push)
        for (lane, member) in pack.members.enumerated() {
            guard errors[lane] <= Self.tolerableError else {
                hard.append(member)
                continue
            }
            counts.lockstep += 1
            body(member.row, states[lane], Vec3(x: ax[lane], y: ay[lane], z: az[lane]), member.elements)
        }
        pack.removeAll()
    }

    /// With steps that fit the hardest of each eight; alone where one of them has no end.
    private func redo(
        _ hard: [Pack.Member], from epochTdb: Double, _ propagator: Propagator, _ counts: inout Counts,
        _ body: (Int, HelioState, Vec3, CometaryElements) -> Void
    ) {
        for start in stride(from: 0, to: hard.count, by: 8) {
            var pack = Pack()
            for member in hard[start..<min(start + 8, hard.count)] { _ = pack.add(member) }
            var states = LaneStates(pack.start)
            let push = pack.push
            propagator.adapt(&states, from: epochTdb, to: midnightTdb, push: push)
            for (lane, member) in pack.members.enumerated() {
                var state = states[lane]
                if !state.isFinite, pack.members.count > 1 {
                    state = propagator.propagate(
                        pack.start[lane], from: epochTdb, to: midnightTdb,
                        nonGravitational: member.elements.nonGravitational)
                }
                guard state.isFinite else {
                    counts.lost += 1
                    continue
                }
                counts.redone += 1
                let disturbance = propagator.disturbance(
                    of: state, tdbMjd: midnightTdb, nonGravitational: member.elements.nonGravitational)
                body(member.row, state, disturbance, member.elements)
            }
        }
    }
}
