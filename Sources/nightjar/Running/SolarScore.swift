import Core
import Simulator
import Storage
import Synchronization

/// A score that the reader's thread adds to.
final class SharedSolarScore: Sendable {
    let value: Mutex<SolarScore>
    init(_ score: SolarScore) { value = Mutex(score) }
}

/// How well the simulated bodies were recognised, by what is stored in the end: of the detections that could be predicted those
/// that are attributed to their body, and what was attributed to a body that it is not.
struct SolarScore {
    struct Line {
        /// Bodies of the exported orbits on a detector in a visit, seen or not: what was predicted.
        var predictions = 0
        /// Detections of them.
        var predictable = 0
        /// … that are attributed to their body, within a second of arc.
        var right = 0
        /// Other detections that are attributed to bodies of the kind.
        var wrong = 0
        /// How many of these chance makes: predictions by the density of detections by the circle of a second of arc.
        var wrongByChance: Double = 0

        var completeness: Double { predictable == 0 ? 1 : Double(right) / Double(predictable) }
        var wrongPerPrediction: Double { Double(wrong) / Double(max(1, predictions)) }
        var chancePerPrediction: Double { wrongByChance / Double(max(1, predictions)) }

        mutating func add(_ other: Line) {
            predictions += other.predictions
            predictable += other.predictable
            right += other.right
            wrong += other.wrong
            wrongByChance += other.wrongByChance
        }
    }

    private(set) var lines: [BodyPopulation: Line] = [:]
    private var truth: [VisitID: [DiaSourceID: AlertTruth]] = [:]
    private let populations: [SSObjectID: BodyPopulation]

    init(bodies: [SimulatedBody]) {
        populations = Dictionary(bodies.map { ($0.ssObjectId, $0.population) }, uniquingKeysWith: { first, _ in first })
    }

    var all: Line {
        var sum = Line()
        for population in BodyPopulation.allCases { sum.add(lines[population] ?? Line()) }
        return sum
    }

    /// Takes what the alerts of a visit are; a visit that is made again changes nothing.
    mutating func note(_ visit: VisitTruth) {
        guard truth[visit.visit] == nil else { return }
        // A packet that is sent twice is one detection.
        let alerts = Dictionary(visit.alerts.map { ($0.diaSourceID, $0) }, uniquingKeysWith: { first, _ in first })
        truth[visit.visit] = alerts
        let circles: Double = Double(alerts.count) * Double.pi / VisitTruth.areaArcsec2
        for (population, count) in visit.predictions {
            lines[population, default: Line()].predictions += count
            lines[population, default: Line()].wrongByChance += Double(count) * circles
        }
        for one in alerts.values where one.hasPublishedOrbit {
            if let population = one.population { lines[population, default: Line()].predictable += 1 }
        }
    }

    /// Looks up whom the detections are attributed to now.
    mutating func count(_ database: EmbeddedDatabase) throws(DependencyFault) {
        for visit in truth.keys.sorted() {
            let alerts = truth[visit] ?? [:]
            for (detection, body) in try Self.attributions(database.solarSources(of: visit)) {
                let isRight = alerts[detection]?.ssObjectID == body
                let population = populations[body] ?? .mainBelt
                lines[population, default: Line()].right += isRight ? 1 : 0
                lines[population, default: Line()].wrong += isRight ? 0 : 1
            }
        }
    }

    /// Detections and orbits of one visit that are nearest to each other within a second of arc: worked out here again, from
    /// the stored candidates alone.
    private static func attributions(_ sources: SolarSources) -> [(DiaSourceID, SSObjectID)] {
        let (ids, offsets) = (sources.table.column("ssObjectId"), sources.table.column("ephOffset"))
        var nearest: [SSObjectID: (offset: Float, detection: DiaSourceID)] = [:]
        var firsts: [(detection: DiaSourceID, body: SSObjectID, offset: Float)] = []
        for source in sources.sources {
            for row in source.rows {
                let body = SSObjectID(rawValue: ids.int64(row) ?? 0)
                let offset: Float = offsets.float(row) ?? .infinity
                let rival = nearest[body] ?? (.infinity, source.diaSourceId)
                if (offset, source.diaSourceId) <= rival { nearest[body] = (offset, source.diaSourceId) }
                if row == source.rows.lowerBound { firsts.append((source.diaSourceId, body, offset)) }
            }
        }
        return firsts.filter { Double($0.offset) <= SolarClaim.mostArcsec && nearest[$0.body]?.detection == $0.detection }
            .map { ($0.detection, $0.body) }
    }

    // MARK: Text

    private var named: [(name: String, line: Line)] {
        [("all bodies", all)]
            + BodyPopulation.allCases.compactMap { one in lines[one].map { (one.description, $0) } }
    }

    /// One line a kind of body.
    var table: String {
        let heads = [
            "bodies recognised by their orbits", "predictions", "detections", "right", "complete", "wrong", "wrong by chance",
        ]
        let cells = named.map { name, line in
            [
                name, "\(line.predictions)", "\(line.predictable)", "\(line.right)",
                "\((line.completeness * 100_000).rounded() / 1000) %", "\(line.wrong)",
                "\((line.wrongByChance * 10_000).rounded() / 10_000)",
            ]
        }
        return TruthTally.aligned([heads] + cells)
    }

    func appendMember(to writer: inout TextWriter) {
        writer.append(",\"sso_truth\":{")
        for (index, (name, line)) in named.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: name)
            writer.append(string: ":{\"predictions\":\(line.predictions),\"predictable\":\(line.predictable)")
            writer.append(string: ",\"right\":\(line.right),\"wrong\":\(line.wrong)")
            let shares = [
                ("completeness", line.completeness), ("wrong_per_prediction", line.wrongPerPrediction),
                ("chance_per_prediction", line.chancePerPrediction),
            ]
            for (key, value) in shares {
                writer.append(string: ",\"\(key)\":")
                writer.append(double: value)
            }
            writer.append("}")
        }
        writer.append("}")
    }
}
