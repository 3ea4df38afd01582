import Core
import Glibc
import Synchronization

/// Makes the indexes of the nights that are asked for, and keeps the few that are in use.
///
/// All that are there at a time are of one orbit set. A newer set takes over with its indexes of the nights in use, at once;
/// until then the older ones serve. `start` has a thread of low priority do it; whoever may wait calls `wait`.
public final class NightlyHost: Sendable {
    public struct Options: Sendable {
        public var site: ObservingSite
        /// Farther from the middle of a set's epochs than this, the set says nothing: days. By the default the errors of the
        /// planets' analytic places have grown to the size of the match radius.
        public var validDays: Double
        /// Indexes at a time, where they are not too large.
        public var room: Int

        public init(site: ObservingSite = .rubin, validDays: Double = 2000, room: Int = 3) {
            self.site = site
            self.validDays = validDays
            self.room = room
        }

        /// Why a set says nothing of a time, MJD; nil where it does.
        public func reasonInvalid(_ what: String, mjd: Double, of set: OrbitSet) -> String? {
            let (middle, days): (Double, Double) = (set.middleEpochMjdTT, mjd - set.middleEpochMjdTT)
            guard !(abs(days) <= validDays) else { return nil }
            let (far, side) = (plain(abs(days).rounded(.down)), days > 0 ? "after" : "before")
            return "\(what) is \(far) days \(side) the epoch of orbit set \(set.versionID) (MJD \(plain(middle))), "
                + "valid for \(plain(validDays))"
        }

        private func plain(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
    }

    struct State {
        /// The set that all of `nights` are made of.
        var set: OrbitSet?
        var nights: [OrbitNight] = []
        var schedule: NightlySchedule
        /// Nights in which no orbit of the set has a place.
        var failed: Set<Night> = []
        var toldOf: Set<Night> = []
        var refreshAt = -Double.infinity
    }

    public let orbits: OrbitSetInUse
    public let nightsOfSite: LocalNights
    public let options: Options
    let clock: any WallClock
    let planets = PlanetTable()
    let state: Mutex<State>
    /// One at a time: two would share the processor and need twice the memory.
    let building = Mutex<Void>(())
    private let wakeUps = BoundedQueue<Bool>(capacity: 64)
    let isStopping = Atomic<Bool>(false)
    private let hasStarted = Mutex(false)
    let log = Log("orbits")

    /// How often a new orbit set is looked for.
    public static let refreshSeconds = 5.0
    /// Above this for all of them, fewer indexes are kept, but two.
    static let mostBytes = 1 << 30

    public init(orbits: OrbitSetInUse, options: Options = Options(), clock: any WallClock = SystemClock()) {
        self.orbits = orbits
        self.options = options
        self.clock = clock
        nightsOfSite = LocalNights(site: options.site)
        state = Mutex(State(schedule: NightlySchedule(room: max(2, options.room))))
    }

    // MARK: Asking

    /// The set of all indexes that are there; nil before the first.
    public var currentSet: OrbitSet? { state.withLock { $0.set }.flatMap { $0.isDamaged ? nil : $0 } }

    /// The indexes that are there, by night.
    public var loaded: [OrbitNight] { state.withLock { $0.nights }.sorted { $0.night < $1.night } }

    var newestAgeSeconds: Double? { loaded.last.map { clock.unixSeconds - $0.madeAtUnixSeconds } }

    /// Tonight by the clock.
    public var tonight: Night { nightsOfSite.night(of: clock.now.days) }

    /// The night's index where it is there. Where it is not, it is wanted from now on, if it can be made at all.
    public func find(_ night: Night) -> OrbitNight? {
        let now = clock.monotonicSeconds
        let (found, isNew) = state.withLock { state -> (OrbitNight?, Bool) in
            if let found = state.nights.first(where: { $0.night == night }), !found.set.isDamaged {
                state.schedule.use(night, at: now)
                return (found, false)
            }
            guard obstacle(night, state) == nil else { return (nil, false) }
            let count = state.schedule.wanted.count
            state.schedule.want(night)
            return (nil, state.schedule.wanted.count != count)
        }
        if isNew { wake() }
        if found == nil { tell(night) }
        return found
    }

    /// The night's index, made now on the caller's thread where it is not there; nil where it cannot be made.
    public func wait(_ night: Night, isStopped: () -> Bool = { false }) -> OrbitNight? {
        refreshIfDue()
        if !isReplacing, let found = find(night) { return found }
        return building.withLock { _ in
            if !isStopped(), isReplacing, let job = nextJob(prepares: false) {
                perform(job, isCancelled: isStopped)
            }
            if isStopped() { return nil }
            if let found = find(night) { return found }
            let job = state.withLock { obstacle(night, $0) == nil ? $0.schedule.urgent(night) : nil }
            guard let job else { return nil }
            perform(job, isCancelled: isStopped)
            return find(night)
        }
    }

    /// Why nothing can be said of a night, whatever is waited for; nil where its index is there or can be made.
    public func reasonUnknown(_ night: Night) -> String? { state.withLock { obstacle(night, $0) } }

    func obstacle(_ night: Night, _ state: State) -> String? {
        // Before the first index: what will be its set is judged when it is taken.
        guard let set = state.set else {
            guard orbits.current == nil else { return nil }
            return orbits.fault.map { "the orbit set cannot be used: \($0)" } ?? "no orbits are known"
        }
        if let damage = set.damage { return damage }
        let midnight = nightsOfSite.options(night).midnightMjdTai
        if let reason = options.reasonInvalid("night \(night)", mjd: midnight, of: set) { return reason }
        guard !state.failed.contains(night) else {
            return "no orbit of set \(set.versionID) has a place in night \(night)"
        }
        return nil
    }

    /// Says once a night why nothing is known of it.
    private func tell(_ night: Night) {
        let reason = state.withLock { state -> String? in
            guard let reason = obstacle(night, state), state.toldOf.count < 1000 else { return nil }
            return state.toldOf.insert(night).inserted ? reason : nil
        }
        if let reason { log.warning("alerts are not compared with orbits", ["night": "\(night)", "detail": .text(reason)]) }
    }

    // MARK: The thread

    /// Has a thread do the work from now on, and make tonight's index ahead of its first alert.
    public func start() {
        hasStarted.withLock { hasStarted in
            guard !hasStarted else { return }
            hasStarted = true
            _ = NamedThread("nightjar-nights") { [self] in loop() }
        }
        wake()
    }

    /// Shows this host's state among the process's metrics.
    public func showMetrics() { NightlyMetrics.show(self) }

    /// Has the thread end; an index that is under way is given up. Nobody waits for it, for it writes nothing.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
        wakeUps.close()
    }

    private func wake() {
        if wakeUps.count == 0 { wakeUps.push(true) }
    }

    private func loop() {
        // Of this thread alone: alerts come first.
        setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
        while true {
            while !isStopping.load(ordering: .relaxed), step(preparesTonight: true) {}
            if case .ended = wakeUps.pop(timeoutSeconds: 1) { return }
        }
    }
}
