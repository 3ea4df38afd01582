import Core
import Synchronization

extension NightlyHost {
    var isReplacing: Bool {
        let newest = orbits.current
        return state.withLock { newest != nil && $0.set !== newest }
    }

    func refreshIfDue() {
        let now = clock.monotonicSeconds
        let isDue = state.withLock { state in
            guard now >= state.refreshAt else { return false }
            state.refreshAt = now + Self.refreshSeconds
            return true
        }
        if isDue { orbits.refresh() }
    }

    func nextJob(prepares: Bool) -> NightlySchedule.Job? {
        let isReplacing = isReplacing
        let (now, tonight) = (clock.monotonicSeconds, nightsOfSite.night(of: clock.now.days))
        return state.withLock { state in
            // Before any set there is nothing to make.
            guard isReplacing || state.set != nil else { return nil }
            let canBeMade = isReplacing || obstacle(tonight, state) == nil
            return state.schedule.next(
                isReplacing: isReplacing, tonight: prepares && canBeMade ? tonight : nil, now: now)
        }
    }

    /// Does the most urgent piece of work, on the caller's thread. False where there is none.
    @discardableResult
    public func step(preparesTonight: Bool = false) -> Bool {
        refreshIfDue()
        return building.withLock { _ in
            guard let job = nextJob(prepares: preparesTonight) else { return false }
            perform(job) { isStopping.load(ordering: .relaxed) }
            return true
        }
    }

    /// - Parameter isCancelled: what is under way then changes nothing.
    func perform(_ job: NightlySchedule.Job, isCancelled: () -> Bool) {
        switch job {
        case .build(let night, let evicted):
            guard let set = state.withLock({ $0.set }) else { return }
            // Given back before the new one needs memory.
            state.withLock { state in
                state.nights.removeAll { $0.night == evicted }
                if let evicted { state.schedule.didEvict(evicted) }
            }
            let made = make(night, set, isCancelled)
            guard made != nil || !isCancelled() else { return }
            let now = clock.monotonicSeconds
            state.withLock { state in
                guard let made else {
                    state.failed.insert(night)
                    state.schedule.giveUp { $0 == night }
                    return
                }
                state.nights.append(made)
                state.schedule.didBuild(night, now: now)
                state.limitRoom(made, options)
            }
        case .replace(let nights):
            guard let set = orbits.current else { return }
            // Found here, for it takes a while, not by who asks under the lock.
            _ = set.middleEpochMjdTT
            let made = nights.filter { isValid($0, set) }.compactMap { make($0, set, isCancelled) }
            guard !isCancelled() else { return }
            let now = clock.monotonicSeconds
            state.withLock { state in
                state.set = set
                state.nights = made
                state.failed.removeAll()
                state.toldOf.removeAll()
                state.schedule.didReplace(made.map(\.night), now: now)
                let after = state
                state.schedule.giveUp { obstacle($0, after) != nil }
                for one in made { state.limitRoom(one, options) }
            }
        }
    }

    private func isValid(_ night: Night, _ set: OrbitSet) -> Bool {
        options.reasonInvalid("", mjd: nightsOfSite.options(night).midnightMjdTai, of: set) == nil
    }

    /// The first orbits that have no place in a night, and why; nil where all have one.
    static func notice(of index: NightlyIndex, _ set: OrbitSet) -> String? {
        guard index.lost > 0 else { return nil }
        return index.firstLost.map {
            let reason = $0.isTooFar ? "more than a century from its epoch" : "its elements give no place"
            return "\(set.designation($0.row)): \(reason)"
        }.joined(separator: "; ")
    }

    /// Nil where no orbit has a place, and when cancelled.
    private func make(_ night: Night, _ set: OrbitSet, _ isCancelled: () -> Bool) -> OrbitNight? {
        let begin = clock.monotonicSeconds
        let index = NightlyIndex(
            set, options: nightsOfSite.options(night), versionID: set.versionID, planets: planets,
            isCancelled: { isCancelled() || set.isDamaged })
        let seconds = clock.monotonicSeconds - begin
        guard index.isComplete, !set.isDamaged else { return nil }
        if let notice = Self.notice(of: index, set) {
            log.warning(
                "orbits are not predicted",
                ["night": "\(night)", "not_predicted": "\(index.lost)", "first": .text(notice)])
        }
        guard index.count > 0 else { return nil }
        log.info(
            "a night's orbits are ready",
            [
                "night": "\(night)", "orbits": "\(index.count)", "version": .text(set.versionID),
                "seconds": .real(seconds),
            ])
        let made = OrbitNight(
            night: night, set: set, index: index, seconds: seconds, madeAtUnixSeconds: clock.unixSeconds)
        NightlyMetrics.note(made)
        return made
    }
}

extension NightlyHost.State {
    /// Fewer indexes where they are large.
    fileprivate mutating func limitRoom(_ made: OrbitNight, _ options: NightlyHost.Options) {
        let fitting = NightlyHost.mostBytes / max(1, made.index.residentBytes)
        schedule.room = max(2, min(options.room, fitting))
    }
}
