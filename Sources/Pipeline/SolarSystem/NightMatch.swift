import Core
import Crossmatch
import SolarSystem

/// `sso match`: compares all alerts of a night with the newest orbits and settles what follows, or only counts it.
///
/// It commits beside a running pipeline, in turn with it. What an interruption leaves open is closed by the next run, which does the
/// rest, too, or like any other visit.
public struct NightMatch {
    public struct Report: Sendable, Equatable {
        public let night: Night
        public let orbitSet: String
        public let isDryRun: Bool
        public var counts = NightPreview.Counts()
    }

    private let context: CommittedContext
    private let host: NightlyHost
    private let gate: CommitGate
    private let secondsOpen: Double

    public init(
        database: any Database, catalogues: CatalogueSet?, host: NightlyHost, gate: CommitGate, options: PipelineOptions,
        clock: any WallClock = SystemClock()
    ) {
        self.host = host
        self.gate = gate
        secondsOpen = options.visitClosesAfterSeconds
        context = CommittedContext(
            database: database, catalogues: catalogues, host: host, options: options, clock: clock)
    }

    /// - Parameter didCommit: called after each commit.
    /// - Throws: `UserFault` where nothing can be said of the night, `DependencyFault` where the database fails.
    public func run(_ night: Night, isDryRun: Bool, didCommit: () -> Void) throws -> Report {
        host.orbits.refresh()
        guard let orbits = host.wait(night) else {
            throw UserFault(
                .notFound, "night \(night) cannot be compared with orbits",
                detail: host.reasonUnknown(night) ?? "no orbits are known", hint: "nightjar orbits import FILE")
        }
        guard gate.reserve(night) else {
            throw UserFault(.conflict, "night \(night) is being compared with orbits already", hint: "wait for it to end")
        }
        defer { gate.release(night) }
        _ = try context.filters.refresh()
        let matcher = SolarAssociation(host: host, waits: true)
        let preview = NightPreview(context, night: night, secondsOpen: secondsOpen) { matcher.associate($0) }
        try preview.look()
        var report = Report(night: night, orbitSet: orbits.set.versionID, isDryRun: isDryRun)
        if isDryRun { try preview.judge() }
        report.counts = preview.counts
        if !isDryRun { try apply(night, matcher, &report, didCommit) }
        return report
    }

    private func apply(
        _ night: Night, _ matcher: SolarAssociation, _ report: inout Report, _ didCommit: () -> Void
    ) throws(DependencyFault) {
        let work = NightAssociation(context, night: night, scope: .all) { matcher.associate($0) }
        while !work.isDone {
            let plan = try gate.alone { () throws(DependencyFault) in try work.step() }
            if plan != nil { didCommit() }
        }
        let closing = VisitClosing(context, book: nil, secondsOpen: secondsOpen)
        try closing.look(night: night)
        while closing.isPending {
            let plan = try gate.alone { () throws(DependencyFault) in try closing.step() }
            guard let plan else { continue }
            report.counts.add(plan.publications)
            didCommit()
        }
    }
}
