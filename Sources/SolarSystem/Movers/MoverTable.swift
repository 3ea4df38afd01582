import Core
import Glibc
import Sky

/// Pairs of detections that move together, as a table for answers.
public enum MoverTable {
    public static let schema = TableSchema(
        name: "unknownMovers", description: "Pairs of detections of one night that move together and belong to no known orbit.",
        columns: [
            column(1, "trkSub", .string, ucd: "meta.id", "Name of the pair: the same whenever it is listed."),
            column(2, "first_diaSourceId", .int64, ucd: "meta.id;src", "The earlier detection."),
            column(3, "second_diaSourceId", .int64, ucd: "meta.id;src", "The later detection."),
            column(4, "first_visit", .int64, ucd: "meta.id;obs.image", "Visit of the earlier detection."),
            column(5, "second_visit", .int64, ucd: "meta.id;obs.image", "Visit of the later detection."),
            column(6, "midpointMjdTai", .float64, unit: "d", ucd: "time.epoch", "Time of the earlier detection."),
            column(7, "minutes", .float64, unit: "min", ucd: "time.duration", "Time between the detections."),
            column(8, "ra", .float64, unit: "deg", ucd: "pos.eq.ra", "Right ascension of the earlier detection."),
            column(9, "dec", .float64, unit: "deg", ucd: "pos.eq.dec", "Declination of the earlier detection."),
            column(10, "separation_arcsec", .float64, unit: "arcsec", ucd: "pos.angDistance", "Angle between the two."),
            column(11, "rate", .float64, unit: "deg/d", ucd: "pos.pm", "Motion on the sky."),
            column(12, "pa_deg", .float64, unit: "deg", ucd: "pos.posAng", "Its direction, from north through east."),
            column(13, "first_band", .string, ucd: "instr.bandpass", "Band of the earlier detection."),
            column(14, "first_mag", .float64, unit: "mag", ucd: "phot.mag", "AB magnitude of the earlier detection."),
            column(15, "second_band", .string, ucd: "instr.bandpass", "Band of the later detection."),
            column(16, "second_mag", .float64, unit: "mag", ucd: "phot.mag", "AB magnitude of the later detection."),
            column(
                17, "chance", .float64, ucd: "stat.probability",
                "Unrelated candidates of the later visit that lie as near or nearer, on average."),
            column(
                18, "score", .float64, ucd: "stat.probability",
                "Probability that no unrelated candidate lies as near: exp(-chance)."),
        ])

    private static func column(
        _ id: UInt16, _ name: String, _ type: ColumnType, unit: String = "", ucd: String, _ description: String
    ) -> ColumnSchema {
        ColumnSchema(id: id, name: name, type: type, unit: unit, ucd: ucd, description: description)
    }

    /// Appends a pair.
    public static func append(_ pair: MovingPair, of candidates: MoverCandidates, to table: ColumnTable) {
        let (first, second) = (candidates.detections[pair.first], candidates.detections[pair.second])
        let days: Double = second.midpoint.days - first.midpoint.days
        func text(_ value: String?) {
            let column = table.columns[next(table)]
            if let value { column.append(table.arena.append(value)) } else { column.appendMissing(.null) }
        }
        func number(_ value: Double) {
            let column = table.columns[next(table)]
            if value.isFinite { column.append(value) } else { column.appendMissing(.null) }
        }
        func id(_ value: Int64) { table.columns[next(table)].append(value) }
        text(name(pair, of: candidates))
        for value in [first.id.rawValue, second.id.rawValue, first.visit.rawValue, second.visit.rawValue] { id(value) }
        for value in [first.midpoint.days, days * 1440, first.raDeg, first.decDeg, pair.separationArcsec] { number(value) }
        number(pair.separationArcsec / 3600 / days)
        number(positionAngleDeg(first, second))
        for one in [first, second] {
            text(one.band?.description)
            number(one.magnitude)
        }
        number(pair.chance)
        number(exp(-pair.chance))
        table.finishRow()
    }

    /// The first column that has no cell of the row yet.
    private static func next(_ table: ColumnTable) -> Int {
        table.columns.firstIndex { $0.count == table.rowCount } ?? 0
    }

    /// The pair's name: that of a tracklet which begins with its earlier detection.
    public static func name(_ pair: MovingPair, of candidates: MoverCandidates) -> String {
        guard case .tracklet(let name) = ADESObservation.Subject.tracklet(of: candidates.detections[pair.first].id) else {
            return ""
        }
        return name
    }

    /// Bearing of the second seen from the first.
    private static func positionAngleDeg(
        _ first: MoverCandidates.Detection, _ second: MoverCandidates.Detection
    ) -> Double {
        let (east, north) = TangentAxes.at(first.direction)
        let target = second.direction
        let angle: Double = atan2(target.dot(east), target.dot(north)) * Angle.degreesPerRadian
        return angle < 0 ? angle + 360 : angle
    }
}
