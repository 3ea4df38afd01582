import Core
import Crossmatch
import FilterEngine
import SolarSystem

/// What the steps share that look at committed alerts again.
struct CommittedContext {
    let database: any Database
    let filters: CommittedFilters
    let scenes: CommittedScenes
    let standings: SolarStandings
    let clock: any WallClock
    private let software: String

    init(
        database: any Database, catalogues: CatalogueSet?, radiusArcsec: @escaping (String) -> Double,
        packetBodies: @escaping (AlertBatch) -> [SSObjectID], software: String, clock: any WallClock
    ) {
        self.database = database
        let filters = CommittedFilters(database: database, catalogues: catalogues)
        self.filters = filters
        scenes = CommittedScenes(
            database: database, catalogues: catalogues, radiusArcsec: radiusArcsec, filters: filters)
        standings = SolarStandings(database: database, packetBodies: packetBodies)
        self.software = software
        self.clock = clock
    }

    /// The next commit, without alerts of its own.
    func emptyPlan() throws(DependencyFault) -> CommitPlan {
        let lineage = Lineage(software: software, filterRegistryVersion: filters.registryVersion)
        return CommitPlan(
            batch: AlertBatch(capacity: 1),
            firstCommitSeq: CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1), lineage: lineage,
            recordedAt: clock.now)
    }
}

extension CommittedAlerts {
    struct Key: Hashable {
        let diaSourceId: DiaSourceID
        let commitSeq: CommitSeq
    }

    var rowsByAlert: [Key: Int] {
        var rows: [Key: Int] = [:]
        for (row, outcome) in outcomes.enumerated() {
            rows[Key(diaSourceId: outcome.diaSourceId, commitSeq: commitSeqs[row])] = row
        }
        return rows
    }
}

extension CommitPlan {
    /// Adds what filters found, publications in the order of their alerts.
    mutating func add(_ findings: [CommittedJudge.Findings]) {
        var counting = BatchCounters(counters)
        var found: [PublicationWrite] = []
        for one in findings {
            settled += one.settled
            found += one.publications
            counting.add(one.counters)
        }
        let order = found.indices.sorted { (found[$0].batchRow, $0) < (found[$1].batchRow, $1) }
        publications += order.map { found[$0] }
        counters = counting.deltas
    }
}

extension CommittedContext {
    /// - Parameter host: whose orbits packets' bodies are named by.
    init(
        database: any Database, catalogues: CatalogueSet?, host: NightlyHost?, options: PipelineOptions,
        clock: any WallClock
    ) {
        self.init(
            database: database, catalogues: catalogues, radiusArcsec: options.radiusArcsec,
            // Before any index is there, too: a run may have visits to close and no alerts.
            packetBodies: { PacketBodies($0, host?.currentSet ?? host?.orbits.current).ids },
            software: Software.version, clock: clock)
    }
}
