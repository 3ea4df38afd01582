import Core
import SolarSystem

/// Catches up: compares alerts of the last nights with orbits that came before their orbits were ready, newest night first.
///
/// Visits that are associated anew are open again until `VisitClosing` has settled what follows for filters.
final class Reassociation: BackgroundStep {
    static let secondsBetweenLooks = 5.0
    static let nights = 3

    private let context: CommittedContext
    private let host: NightlyHost
    private let waits: Bool
    private let isReserved: (Night) -> Bool
    private let log = Log("reassociation")
    private var work: NightAssociation?
    private var version = ""
    /// Visits of which nothing more can be known, by the orbit set that says so and how many alerts there were.
    private var hopeless: [VisitID: (orbitSet: String, unknown: Int)] = [:]
    private var lookAt = 0.0

    /// - Parameters:
    ///   - waits: whether nights whose index is not there are waited for.
    ///   - isReserved: nights that somebody else works on.
    init(_ context: CommittedContext, host: NightlyHost, waits: Bool, isReserved: @escaping (Night) -> Bool) {
        self.context = context
        self.host = host
        self.waits = waits
        self.isReserved = isReserved
    }

    var isPending: Bool { work != nil }

    func look(isUrgent: Bool) throws(DependencyFault) {
        guard work == nil, isUrgent || context.clock.monotonicSeconds >= lookAt else { return }
        lookAt = context.clock.monotonicSeconds + Reassociation.secondsBetweenLooks
        let oldest = Night(MJD(context.clock.now.days - Double(Reassociation.nights - 1)))
        let pending = try context.database.unknownSolarVisits(since: oldest).filter {
            isUrgent || !$0.isOpen
        }
        guard !pending.isEmpty else { return }
        for night in Set(pending.map { Night(visit: $0.visit) }).sorted(by: >) where !isReserved(night) {
            guard let version = (waits ? host.wait(night) : host.find(night))?.set.versionID else { continue }
            let visits = pending.filter { Night(visit: $0.visit) == night }.filter { one in
                hopeless[one.visit].map { $0.orbitSet != version || $0.unknown != one.unknown } ?? true
            }
            guard !visits.isEmpty else { continue }
            let matcher = SolarAssociation(host: host, waits: waits)
            self.version = version
            work = NightAssociation(
                context, night: night, scope: .unknown(Set(visits.map(\.visit))), associate: { matcher.associate($0) })
            return
        }
    }

    func step() throws(DependencyFault) -> CommitPlan? {
        guard let work else { return nil }
        let plan = try work.step()
        if work.isDone { try finish(work) }
        return plan
    }

    /// What is unknown still stays so with this orbit set.
    private func finish(_ work: NightAssociation) throws(DependencyFault) {
        guard case .unknown(let visits) = work.scope else { return }
        for visit in visits.sorted() {
            guard let record = try context.database.solarVisit(visit) else { continue }
            hopeless[visit] = record.unknown > 0 ? (version, record.unknown) : nil
        }
        hopeless = hopeless.filter { Night(visit: $0.key) >= Night(MJD(context.clock.now.days - Double(Reassociation.nights))) }
        self.work = nil
        log.info(
            "alerts compared with orbits that came before them",
            ["night": "\(work.night)", "alerts": "\(work.updates)"])
    }
}
