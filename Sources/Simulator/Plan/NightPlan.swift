import Core

/// A place that the survey returns to.
public struct SurveyField: Sendable {
    public let name: String
    /// Centre, ICRS degrees.
    public let raDeg: Double
    public let decDeg: Double
}

/// Which visits are made: fields near opposition, visited in pairs 38 s apart, filters in turn.
public struct NightPlan: Sendable {
    public let visits: [SimulatedVisit]
    public let fields: [SurveyField]

    /// Days before the last night of the sparse nights, most recent first; further ones are 9 days apart.
    private static let sparseNightsBefore = [4, 13, 33, 62, 101]

    public init(configuration: SimulationConfiguration) {
        let fieldCount = max(1, min(10, (configuration.visits + 3) / 4))
        fields = (0..<fieldCount).map { (index: Int) -> SurveyField in
            // Along the ecliptic, so that Solar System objects belong there.
            let step = Double(index)
            return SurveyField(name: "simulated_\(index)", raDeg: 146 + 5.5 * step, decDeg: 11 - 2.5 * step)
        }
        var visits: [SimulatedVisit] = []
        for back in stride(from: configuration.nights - 1, through: 0, by: -1) {
            let isLast = back == 0
            let share = isLast ? 1 : configuration.sparseShare
            visits += NightPlan.night(
                configuration.lastNight, daysBefore: NightPlan.daysBefore(back), fields: fields,
                count: isLast ? configuration.visits : configuration.sparseVisits, firstBand: back,
                alerts: Int((Double(configuration.alertsPerVisit) * share).rounded()), seed: configuration.seed)
        }
        self.visits = visits
    }

    private static func daysBefore(_ back: Int) -> Int {
        if back == 0 { return 0 }
        if back <= sparseNightsBefore.count { return sparseNightsBefore[back - 1] }
        return sparseNightsBefore[sparseNightsBefore.count - 1] + 9 * (back - sparseNightsBefore.count)
    }

    private static func night(
        _ last: Night, daysBefore: Int, fields: [SurveyField], count: Int,
        firstBand: Int, alerts: Int, seed: UInt64
    ) -> [SimulatedVisit] {
        let night = Night(MJD(last.start.days - Double(daysBefore) + 0.5))
        // 14 hours after noon UTC: the middle of the evening in Chile.
        var midpoint = night.start.days + 14.0 / 24
        return (0..<count).map { (index: Int) -> SimulatedVisit in
            let sequence = 100 + index
            let field = count < 2 * fields.count ? index % fields.count : index / 2 % fields.count
            let key = UInt64(night.dayObs) << 20 | UInt64(sequence)
            midpoint += (37 + 2 * Hash.uniform(seed, key)) / 86_400
            return SimulatedVisit(
                id: VisitID(rawValue: Int64(night.dayObs) * 100_000 + Int64(sequence)),
                band: Band.allCases[(index + firstBand) % Band.allCases.count], midpoint: MJD(midpoint), field: field,
                centreRaDeg: fields[field].raDeg + 0.1 * (Hash.uniform(seed, key ^ 1 << 40) - 0.5),
                centreDecDeg: fields[field].decDeg + 0.1 * (Hash.uniform(seed, key ^ 1 << 41) - 0.5),
                alertTarget: alerts)
        }
    }
}
