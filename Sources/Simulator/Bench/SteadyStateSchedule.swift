import Core

/// When the objects of a field were measured.
///
/// The history of each object has 20 detections of one night a year ago, 30 forced points of that night and 29 of the
/// months between. Each round of tonight adds one detection and one or two forced points, and as many of the year-old
/// ones leave the window of 365 days, so that a packet always has 20 + 60.
struct SteadyStateSchedule {
    /// One exposure of a place.
    struct Point {
        let visit: VisitID
        let midpoint: Double
        let band: Band
        /// The identifier with detector and counter 0.
        let idBase: Int64
        /// What the hash of a measurement is made of.
        var key: UInt64 { UInt64(bitPattern: visit.rawValue) }
    }

    let configuration: SteadyStateConfiguration
    private static let secondsBetweenVisits = 38.0
    private static let firstSequence = 10
    private let start: Double

    init(configuration: SteadyStateConfiguration) {
        precondition((3...55).contains(configuration.fields), "a night has room for 3 to 55 fields")
        self.configuration = configuration
        start = configuration.night.start.days + 0.4
    }

    private var roundDays: Double {
        Double(configuration.fields) * SteadyStateSchedule.secondsBetweenVisits / 86_400
    }

    private func point(ordinal: Int, daysBefore: Int, shift: Double = 0) -> Point {
        let midpoint = start + Double(ordinal) * SteadyStateSchedule.secondsBetweenVisits / 86_400 - Double(daysBefore)
        let night = Night(MJD(start - Double(daysBefore)))
        let visit = VisitID(
            rawValue: Int64(night.dayObs) * 100_000 + Int64(SteadyStateSchedule.firstSequence + ordinal))
        return Point(
            visit: visit, midpoint: midpoint + shift, band: Band.allCases[abs(ordinal + daysBefore) % 6],
            idBase: RubinIdentifiers.id(visit: visit, detector: 0, counter: 0))
    }

    /// Tonight's visit number `visit`.
    func tonight(_ visit: Int) -> Point { point(ordinal: visit, daysBefore: 0) }

    /// The year-old visit that leaves the window between rounds `round` and `round` + 1.
    private func yearAgo(round: Int, field: Int, neighbour: Int = 0) -> Point {
        point(ordinal: round * configuration.fields + field + neighbour, daysBefore: 365, shift: roundDays / 2)
    }

    /// The first detection of a field's objects, which names them.
    func first(field: Int) -> Point { yearAgo(round: 0, field: field) }

    func detections(visit: Int, lacksLast: Bool) -> [Point] {
        let (round, field) = (visit / configuration.fields, visit % configuration.fields)
        var points = (round..<SteadyStateConfiguration.rounds).map { yearAgo(round: $0, field: field) }
        for earlier in 0..<round where !(lacksLast && earlier == round - 1) {
            points.append(tonight(earlier * configuration.fields + field))
        }
        return points
    }

    func forced(visit: Int, lacksLast: Bool) -> [Point] {
        let (round, field) = (visit / configuration.fields, visit % configuration.fields)
        var points: [Point] = []
        for past in round..<SteadyStateConfiguration.rounds {
            // The field before overlaps this one in every second round.
            if past % 2 == 0 { points.append(yearAgo(round: past, field: field, neighbour: -1)) }
            points.append(yearAgo(round: past, field: field))
        }
        for month in 0..<29 { points.append(point(ordinal: field, daysBefore: 330 - 11 * month)) }
        for earlier in 0...round {
            let ordinal = earlier * configuration.fields + field
            if earlier % 2 == 1 { points.append(tonight(ordinal - 1)) }
            if !(lacksLast && earlier == round - 1) { points.append(tonight(ordinal)) }
        }
        return points
    }
}
