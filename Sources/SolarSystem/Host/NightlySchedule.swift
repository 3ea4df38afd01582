import Core

/// Decides which night's index is made next and which gives way: a value, without threads and clocks.
///
/// A night that a stream brings is wanted; the newest wanted comes first. An index that gives way is the one that was not
/// used for longest, and none does before it has served `leastSeconds`: a stream that mixes many nights gets the indexes that
/// there is room for, and its other alerts stay unknown until they are associated later.
struct NightlySchedule: Sendable {
    struct Ready: Sendable, Equatable {
        let night: Night
        var madeAt: Double
        var usedAt: Double
    }

    enum Job: Equatable {
        /// A newer set: its indexes of these nights take the place of all that there are, at once.
        case replace([Night])
        case build(Night, evicting: Night?)
    }

    /// How many indexes may be there at a time.
    var room: Int
    /// Seconds of the monotonic clock.
    private(set) var ready: [Ready] = []
    private(set) var wanted: [Night] = []

    static let leastSeconds = 60.0
    /// Nights that were used so long before a new set comes are made of it at once.
    static let recentSeconds = 600.0
    static let mostReplaced = 2
    static let mostWanted = 16

    init(room: Int) { self.room = room }

    func has(_ night: Night) -> Bool { ready.contains { $0.night == night } }

    mutating func use(_ night: Night, at now: Double) {
        guard let place = ready.firstIndex(where: { $0.night == night }) else { return }
        ready[place].usedAt = now
    }

    /// Notes that a night was asked for and is not there.
    mutating func want(_ night: Night) {
        guard !wanted.contains(night), !has(night) else { return }
        wanted.append(night)
        wanted.sort(by: >)
        if wanted.count > Self.mostWanted { wanted.removeLast() }
    }

    /// - Parameters:
    ///   - tonight: made ready without being asked for, and kept; nil where only what is wanted is made.
    func next(isReplacing: Bool, tonight: Night?, now: Double) -> Job? {
        if isReplacing { return .replace(nightsToReplace(tonight: tonight, now: now)) }
        for night in wanted {
            if let job = build(night, keeping: tonight, now: now) { return job }
        }
        guard let tonight, !has(tonight) else { return nil }
        return build(tonight, keeping: nil, now: now)
    }

    private func nightsToReplace(tonight: Night?, now: Double) -> [Night] {
        let recent = ready.filter { now - $0.usedAt <= Self.recentSeconds || $0.night == tonight }
        return recent.sorted { ($0.usedAt, $0.night) > ($1.usedAt, $1.night) }.prefix(Self.mostReplaced).map(\.night)
    }

    private func build(_ night: Night, keeping kept: Night?, now: Double) -> Job? {
        guard ready.count >= room else { return .build(night, evicting: nil) }
        let candidates = ready.filter { $0.night != kept && now - $0.madeAt >= Self.leastSeconds }
        guard let oldest = candidates.min(by: Self.isOlder) else { return nil }
        return .build(night, evicting: oldest.night)
    }

    /// For whoever waits: at once, whatever gives way for it.
    func urgent(_ night: Night) -> Job {
        .build(night, evicting: ready.count >= room ? ready.min(by: Self.isOlder)?.night : nil)
    }

    private static func isOlder(_ left: Ready, _ right: Ready) -> Bool {
        (left.usedAt, left.night) < (right.usedAt, right.night)
    }

    // MARK: What became of jobs

    mutating func didEvict(_ night: Night) { ready.removeAll { $0.night == night } }

    mutating func didBuild(_ night: Night, now: Double) {
        ready.removeAll { $0.night == night }
        ready.append(Ready(night: night, madeAt: now, usedAt: now))
        wanted.removeAll { $0 == night }
    }

    mutating func didReplace(_ nights: [Night], now: Double) {
        let before = ready
        ready = nights.map { night in
            Ready(night: night, madeAt: now, usedAt: before.first { $0.night == night }?.usedAt ?? now)
        }
        wanted.removeAll { nights.contains($0) }
    }

    /// Nights that cannot be made, now that the set is another.
    mutating func giveUp(where cannotBeMade: (Night) -> Bool) { wanted.removeAll(where: cannotBeMade) }
}
