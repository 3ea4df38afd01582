import Core
import Service
import SolarSystem
import Storage

/// `orbits harvest` as an operation of the owner.
extension Operations {
    static func orbits(_ database: EmbeddedDatabase, _ orbits: OrbitSetInUse) -> [String: Operation] {
        [
            "orbits-harvest": { request in
                let arguments = try OperationArguments(request, ["night"])
                let night = try arguments.night("night")
                return try answer(harvest(database, orbits, nights: night.map { [$0] }), orbits)
            }
        ]
    }

    /// What a harvest found.
    struct HarvestReport {
        var alerts: Int
        var bodies: Int
        var bad: Int
        var firstBad: [String]
        var published: OrbitStore.Published?
    }

    /// Collects the mpc_orbits records of stored alerts and makes a new orbit set of them and the one in use.
    /// - Parameter nights: all when nil.
    static func harvest(
        _ database: EmbeddedDatabase, _ orbits: OrbitSetInUse, nights: [Night]?
    ) throws -> HarvestReport {
        var harvest = OrbitHarvest()
        let asked: [Night?] = nights.map { $0 } ?? [nil]
        for night in asked {
            try database.alertBlocks(night: night, sections: ["mpcOrbits", "source"]) { (block) throws(DependencyFault) in
                if let table = block.table("mpcOrbits"), let sources = block.table("source") {
                    harvest.add(table, sources: sources, commitSeq: block.commitSeq)
                }
                return true
            }
        }
        let published = try harvest.publish(to: orbits.store)
        orbits.refresh()
        return HarvestReport(
            alerts: harvest.records, bodies: harvest.bodies, bad: harvest.badRecords, firstBad: harvest.firstBad,
            published: published)
    }

    private static func answer(_ report: HarvestReport, _ orbits: OrbitSetInUse) -> APIResponse {
        var writer = TextWriter()
        writer.append(string: "{\"records\":\(report.alerts),\"bodies\":\(report.bodies),\"bad_records\":\(report.bad)")
        writer.append(",\"first_bad\":[")
        for (index, reason) in report.firstBad.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: reason)
        }
        writer.append("],\"version\":")
        if let published = report.published {
            writer.append(string: "\"\(published.version)\",\"orbits\":\(published.orbits)}\n")
        } else {
            let current = orbits.current
            writer.append(string: current.map { "\"\($0.versionID)\"" } ?? "null")
            writer.append(string: ",\"orbits\":\(current?.count ?? 0)}\n")
        }
        return APIResponse(.json, writer.bytes)
    }
}
