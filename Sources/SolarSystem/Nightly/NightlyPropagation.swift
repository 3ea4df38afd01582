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
    /// Longest step in days for perihelia from a distance (au) on. From 1.8 on no body comes near Mars.
    private static let steps: [(perihelion: Double, days: Double)] = [(1.8, 33.5), (1.3, 25), (0.7, 12.5), (0, 7)]
    /// Over longer spans errors add up: steps are at most `carefulStep`. Days.
    private static let longSpan: Double = 400
    private static let carefulStep: Double = 25
    /// Estimated error of one step of those redone, au: some hundred of them stay far below a milliarcsecond.
    private static let redoneTolerance: Double = 1e-11

    /// What became of the rows.
    struct Counts: Sendable {
        var lockstep = 0
        /// Redone with steps that fit the motion.
        var redone = 0
        /// No place: bad elements, or a fall into the Sun or a planet on the way.
        var lost = 0
        /// The first of them.
        var firstLost: [LostOrbit] = []
        /// Told to stop before the last row.
        var isCancelled = false

        mutating func lose(_ row: Int, isTooFar: Bool = false) {
            lost += 1
            if firstLost.count < LostOrbit.mostNamed { firstLost.append(LostOrbit(row: row, isTooFar: isTooFar)) }
        }
    }

    /// Rows of one epoch and one length of step.
    private struct Group {
        let epoch: Double
        let longestStep: Double
        let rows: [UInt32]
    }

    /// Calls `body` with each row's state at midnight, the disturbance there, and whether it is a comet.
    func run(
        _ source: some OrbitSource, isCancelled: () -> Bool = { false },
        _ body: (Int, HelioState, Vec3, CometaryElements) -> Void
    ) -> Counts {
        var counts = Counts()
        let propagator = Propagator(planets: planets)
        let places = propagator.instant(tdbMjd: midnightTdb)
        for group in groups(source) {
            let epochTdb = TimeScales.tdb(ttMjd: group.epoch)
            guard abs(epochTdb - midnightTdb) <= EphemerisComputer.longestSpanDays else {
                for row in group.rows { counts.lose(Int(row), isTooFar: true) }
                continue
            }
            let isLong: Bool = abs(epochTdb - midnightTdb) > Self.longSpan
            let longest: Double = isLong ? min(group.longestStep, Self.carefulStep) : group.longestStep
            let track = propagator.track(from: epochTdb, to: midnightTdb, longestStep: longest)
            var hard: [(perihelion: Double, member: Pack.Member)] = []
            var pack = Pack()
            for row in group.rows {
                pack.add(Pack.Member(row: Int(row), elements: source.elements(Int(row))))
                guard pack.isFull else { continue }
                carry(&pack, track, places, propagator, &hard, &counts, body)
                guard !isCancelled() else {
                    counts.isCancelled = true
                    return counts
                }
            }
            carry(&pack, track, places, propagator, &hard, &counts, body)
            redo(hard, from: epochTdb, propagator, &counts, body)
        }
        return counts
    }

    private func groups(_ source: some OrbitSource) -> [Group] {
        var places: [Double: Int] = [:]
        // As many lists an epoch as there are steps.
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
                    for _ in Self.steps { lists.append([]) }
                }
                lastEpoch = epoch
            }
            let q = source.qAu(row)
            let kind = Self.steps.firstIndex { q >= $0.perihelion } ?? Self.steps.count - 1
            lists[place + kind].append(UInt32(row))
        }
        let known = places.sorted { $0.key < $1.key }
        return known.flatMap { epoch, place in
            Self.steps.indices.map { Group(epoch: epoch, longestStep: Self.steps[$0].days, rows: lists[place + $0]) }
        }.filter { !$0.rows.isEmpty }
    }

    /// Up to eight bodies on their way together.
    private struct Pack {
        struct Member {
            let row: Int
            let elements: CometaryElements
        }

        private(set) var members: [Member] = []
        private(set) var push = NonGravitationalLanes()
        private var lanes = LaneElements()

        init() { members.reserveCapacity(8) }

        init(_ some: ArraySlice<Member>) {
            for member in some { add(member) }
        }

        var isFull: Bool { members.count == 8 }

        mutating func add(_ member: Member) {
            lanes.set(members.count, member.elements)
            push.set(members.count, member.elements.nonGravitational)
            members.append(member)
        }

        /// At the epoch; the last body fills the lanes that are free.
        func states() -> LaneStates {
            var states = lanes.states()
            for lane in members.count..<8 { states.set(lane, states[members.count - 1]) }
            return states
        }

        mutating func removeAll() {
            members.removeAll(keepingCapacity: true)
            lanes.removeAll()
            if push.isAny { push = NonGravitationalLanes() }
        }
    }

    private func carry(
        _ pack: inout Pack, _ track: Propagator.Track, _ places: [Double], _ propagator: Propagator,
        _ hard: inout [(perihelion: Double, member: Pack.Member)], _ counts: inout Counts,
        _ body: (Int, HelioState, Vec3, CometaryElements) -> Void
    ) {
        guard !pack.members.isEmpty else { return }
        var states = pack.states()
        let errors = propagator.follow(track, &states, push: pack.push)
        let (ax, ay, az) = propagator.disturbances(of: states, places: places, push: pack.push)
        for lane in pack.members.indices {
            let member = pack.members[lane]
            // The largest of a number and none is the number: the state has to be asked, too.
            guard errors[lane] <= Self.tolerableError, states[lane].isFinite else {
                hard.append((member.elements.qAu, member))
                continue
            }
            counts.lockstep += 1
            body(member.row, states[lane], Vec3(x: ax[lane], y: ay[lane], z: az[lane]), member.elements)
        }
        pack.removeAll()
    }

    /// With steps that fit the hardest of each eight; alone where one of them has no end.
    private func redo(
        _ hard: [(perihelion: Double, member: Pack.Member)], from epochTdb: Double, _ propagator: Propagator,
        _ counts: inout Counts, _ body: (Int, HelioState, Vec3, CometaryElements) -> Void
    ) {
        // Bodies that need like steps go together; elements that are no numbers give no state.
        let some = hard.filter { HelioState($0.member.elements).isFinite }
        for one in hard where !HelioState(one.member.elements).isFinite { counts.lose(one.member.row) }
        let sorted = some.sorted { ($0.perihelion, $0.member.row) < ($1.perihelion, $1.member.row) }.map(\.member)
        for start in stride(from: 0, to: sorted.count, by: 8) {
            let pack = Pack(sorted[start..<min(start + 8, sorted.count)])
            let begin = pack.states()
            var states = begin
            propagator.adapt(&states, from: epochTdb, to: midnightTdb, push: pack.push, tolerance: Self.redoneTolerance)
            for (lane, member) in pack.members.enumerated() {
                var state = states[lane]
                if !state.isFinite, pack.members.count > 1 {
                    state = propagator.propagate(
                        begin[lane], from: epochTdb, to: midnightTdb,
                        nonGravitational: member.elements.nonGravitational)
                }
                guard state.isFinite else {
                    counts.lose(member.row)
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
