import Core
import Pipeline
import Service
import SolarSystem
import Storage

/// `sso publish` as an operation of the owner: what follows from all detections of each body that was seen in a night.
extension Operations {
    static func bodies(
        _ database: EmbeddedDatabase, _ orbits: OrbitSetInUse, _ gate: CommitGate, _ commits: CommitSignal
    ) -> [String: Operation] {
        [
            "sso-publish": { request in
                guard let night = try OperationArguments(request, ["night"]).night("night") else {
                    throw UserFault(.usage, "parameter night is missing")
                }
                orbits.refresh()
                let (bodies, records) = try publishBodies(night, database, orbits, gate)
                commits.notify()
                let text = "{\"night\":\(night),\"topic\":\"\(SSObjectTopic.name)\",\"bodies\":\(bodies),\"records\":\(records)}\n"
                return APIResponse(.json, Array(text.utf8))
            }
        ]
    }

    /// Bodies of one commit: a few hundred milliseconds of work, of which the commit itself is the least.
    private static let bodiesAtOnce = 64

    /// - Parameter since: only bodies with a detection that was written, or associated, after this commit.
    /// - Returns: how many bodies were seen in the night, and how many records were published.
    static func publishBodies(
        _ night: Night, _ database: EmbeddedDatabase, _ orbits: OrbitSetInUse, _ gate: CommitGate,
        since: CommitSeq = CommitSeq(rawValue: 0), stop: StopFlag = StopFlag()
    ) throws -> (bodies: Int, records: Int) {
        let set = orbits.current
        let summaries = try BodySummaries(night: night, orbits: set, database: database, since: since)
        var records = 0
        for start in stride(from: 0, to: summaries.bodies.count, by: bodiesAtOnce) where !stop.isRequested {
            let end = min(start + bodiesAtOnce, summaries.bodies.count)
            let writes = try summaries.publications(of: summaries.bodies[start..<end])
            guard !writes.isEmpty else { continue }
            try gate.alone {
                let last = try database.lastCommitSeq()
                var plan = CommitPlan(
                    batch: AlertBatch(capacity: 1), firstCommitSeq: CommitSeq(rawValue: last.rawValue + 1),
                    lineage: Lineage(software: Software.version, orbitSet: set?.versionID ?? ""),
                    recordedAt: SystemClock().now)
                plan.publications = writes
                guard try database.commit(plan) == .committed else {
                    throw DependencyFault("the database", "another process commits to it", isRetriable: true)
                }
            }
            records += writes.count
        }
        return (summaries.bodies.count, records)
    }
}
