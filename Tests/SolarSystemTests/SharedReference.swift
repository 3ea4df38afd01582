import Core
import Glibc

@testable import SolarSystem

/// Reference values beside the repository, used when they are there.
enum SharedReference {
    /// The folder from NIGHTJAR_SHARED, else `../shared` beside the repository's root; nil with a note when absent.
    static let folder: String? = {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let candidates = [getenv("NIGHTJAR_SHARED").map { String(cString: $0) }, root + "/../shared", root + "/../../shared"]
        for case let place? in candidates where access(place + "/data/solar-system", R_OK) == 0 {
            return place + "/data/solar-system"
        }
        print("skipped: no Solar System reference values (set NIGHTJAR_SHARED)")
        return nil
    }()

    /// The rows of a table by column name; empty where there is no folder.
    static func table(_ name: String) throws -> [Row] {
        guard let folder else { return [] }
        let lines = try TextFile.require("\(folder)/\(name)").split(whereSeparator: \.isNewline)
        let heads = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Row(fields: Dictionary(zip(heads, fields)) { first, _ in first })
        }
    }

    struct Row {
        let fields: [String: String]
        func text(_ name: String) -> String { fields[name] ?? "" }
        func callAsFunction(_ name: String) -> Double { fields[name].flatMap { Double($0) } ?? .nan }
    }

    /// The orbits of a file by designation.
    static func orbits(_ name: String) throws -> [(name: String, target: PredictionTarget)] {
        guard let folder else { return [] }
        var builder = OrbitSetBuilder()
        _ = try OrbitFileReader.read("\(folder)/\(name)", into: &builder)
        return (0..<builder.count).map { (builder.designation($0), builder.target($0)) }
    }
}
