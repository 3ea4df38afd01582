import Core
import Crossmatch
import Service
import SolarSystem
import Storage

/// `db …` as operations of the owner.
extension Operations {
    static func database(
        _ database: EmbeddedDatabase, _ catalogues: CatalogueSet, _ orbits: OrbitStore
    ) -> [String: Operation] {
        [
            "db-check": { request in
                _ = try OperationArguments(request, [])
                return try check(database, catalogues.store, orbits)
            },
            "db-dump": { request in
                _ = try OperationArguments(request, [])
                return APIResponse(
                    headers: [("Content-Type", MediaType.text.contentType)], body: .stream(DumpStream(database)))
            },
            "db-fold": { try fold(database, OperationArguments($0, ["night", "before", "years_before"])) },
            "catalog-prune": { try prune(database, catalogues, OperationArguments($0, ["keep_days"])) },
            "db-backup": { try backup(database, catalogues.store, orbits, OperationArguments($0, ["to"])) },
        ]
    }

    /// How many problems a check found: the answer's header, for exit statuses.
    static let problemsHeader = "Nightjar-Problems"

    private static func check(
        _ database: EmbeddedDatabase, _ store: CatalogueStore, _ orbits: OrbitStore
    ) throws -> APIResponse {
        let report = try database.check()
        let listings = CatalogueListing.all(in: store, isThorough: true)
        var faults = listings.compactMap { one in one.fault.map { "catalogue \(one.name): \($0)" } }
        // Opening an orbit set reads all of it.
        let orbitSets = orbits.versions()
        for version in orbitSets {
            do throws(DependencyFault) { _ = try orbits.open(version.id) } catch { faults.append("\(error)") }
        }
        let count = report.problemCount + faults.count
        var writer = TextWriter()
        writer.append(string: "{\"sound\":\(count == 0),\"problem_count\":\(count),\"counts\":{")
        for (index, one) in (report.counts + [("catalogues", listings.count), ("orbit_sets", orbitSets.count)]).enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: one.0)
            writer.append(string: ":\(one.1)")
        }
        writer.append("},\"problems\":[")
        for (index, problem) in (report.problems + faults).enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            writer.append(jsonString: problem)
        }
        writer.append("]}\n")
        var response = APIResponse(.json, writer.bytes)
        response.headers.append((problemsHeader, "\(count)"))
        return response
    }

    private static func fold(_ database: EmbeddedDatabase, _ arguments: OperationArguments) throws -> APIResponse {
        let chosen = ["night", "before", "years_before"].filter { arguments.text($0) != nil }
        guard chosen.count <= 1 else { throw UserFault(.usage, "a fold takes one of night, before, years_before") }
        let report: FoldReport
        if let night = try arguments.night("night") {
            report = try database.fold(night: night)
        } else if let year = try arguments.integer("years_before", in: 1900...9999) {
            report = try database.foldYears(before: year)
        } else {
            report = try database.fold(before: try arguments.night("before") ?? Night(SystemClock().now))
        }
        var writer = TextWriter()
        writer.append(string: "{\"nights\":[\(report.nights.map(\.description).joined(separator: ","))]")
        writer.append(string: ",\"points\":\(report.points),\"blocks\":\(report.blocks),\"bytes\":\(report.bytes)}\n")
        return APIResponse(.json, writer.bytes)
    }

    /// Removes catalogue versions that nothing names: neither `current`, nor this process, nor a commit.
    private static func prune(
        _ database: EmbeddedDatabase, _ catalogues: CatalogueSet, _ arguments: OperationArguments
    ) throws -> APIResponse {
        let days = try arguments.integer("keep_days", in: 0...100_000)
        var kept = try database.catalogueVersions(since: days.map { MJD(SystemClock().now.days - Double($0)) })
        for name in catalogues.names {
            if let mapped = catalogues.current(name) { kept.insert("\(name)@\(mapped.versionID)") }
        }
        var writer = TextWriter()
        writer.append("{\"removed\":[")
        for (index, one) in try catalogues.store.prune(keeping: kept).enumerated() {
            if index > 0 { writer.append(",") }
            writer.append("{\"name\":")
            writer.append(jsonString: one.name)
            writer.append(",\"version\":")
            writer.append(jsonString: one.version)
            writer.append(string: ",\"bytes\":\(one.bytes)}")
        }
        writer.append("]}\n")
        return APIResponse(.json, writer.bytes)
    }

    private static func backup(
        _ database: EmbeddedDatabase, _ store: CatalogueStore, _ orbits: OrbitStore,
        _ arguments: OperationArguments
    ) throws -> APIResponse {
        let target = try arguments.required("to")
        guard target.hasPrefix("/") else {
            throw UserFault(.usage, "\(target) is no absolute path", hint: "the owner has another working directory")
        }
        var catalogues: [(name: String, version: String)] = []
        var orbitSet: String?
        try database.backup(to: target) {
            catalogues = try store.copyCurrentVersions(to: $0 + "/catalogues")
            orbitSet = try orbits.copyCurrentVersion(to: $0 + "/orbits")
        }
        let copy = try EmbeddedDatabase.openReadOnly(directory: target)
        defer { copy.close() }
        var writer = TextWriter()
        writer.append("{\"to\":")
        writer.append(jsonString: target)
        writer.append(string: ",\"orbit_set\":\(orbitSet.map { "\"\($0)\"" } ?? "null")")
        writer.append(string: ",\"commit_seq\":\(try copy.lastCommitSeq()),\"catalogues\":{")
        for (index, one) in catalogues.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: one.name)
            writer.append(":")
            writer.append(jsonString: one.version)
        }
        writer.append("}}\n")
        return APIResponse(.json, writer.bytes)
    }
}
