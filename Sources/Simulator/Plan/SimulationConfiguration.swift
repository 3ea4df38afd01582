import Core

/// What to simulate.
public struct SimulationConfiguration: Sendable {
    public var seed: UInt64 = 20_260_315
    /// Alerts of each visit of the last night.
    public var alertsPerVisit = 2000
    /// Visits of the last night.
    public var visits = 20
    /// Nights in all: the last one is full, those before it sparse.
    public var nights = 6
    /// Visits of each earlier night, and their share of `alertsPerVisit`.
    public var sparseVisits = 5
    public var sparseShare = 0.25
    public var schema = AlertSchemaVersion.v11_1
    public var hasCutouts = false
    /// day_obs of the last night.
    public var lastNight = Night(dayObs: 2026_03_12)
    /// Of packets that follow within two minutes, how many still lack the detection before.
    public var lastDetectionLackFraction = 0.8
    /// Of the packets, how many are sent again later in the visit, byte for byte.
    public var duplicateFraction = 0.0
    /// Of an object's earlier detections, how many have been measured again since, or withdrawn.
    public var revisionFraction = 0.0
    public var withdrawFraction = 0.0
    /// Solar System objects among the alerts.
    public var solarSystemFraction = 0.06
    /// Of the bodies: known in the exported orbits and in no packet, in packets alone, and nowhere.
    public var orbitsOnlyFraction = 0.08
    public var packetOnlyFraction = 0.06
    public var undiscoveredFraction = 0.08
    /// Of the detections whose packet names a body: those that it names wrongly.
    public var misnamedFraction = 0.01
    /// The orbits osculate so many days before the last night.
    public var orbitAgeDays = 45.0
    /// Artefacts among the alerts, at least.
    public var artefactFraction = 0.2

    public init() {}
}

extension SimulationConfiguration {
    /// Epoch of the published orbits, a whole MJD in TT.
    public var orbitEpochMjdTT: Double { (lastNight.start.days - orbitAgeDays).rounded() }

    /// Who knows a body, by a number drawn from [0, 1).
    func knowledge(_ draw: Double) -> SimulatedBody.Knowledge {
        if draw < undiscoveredFraction { return .nobody }
        if draw < undiscoveredFraction + packetOnlyFraction { return .packetOnly }
        return draw < undiscoveredFraction + packetOnlyFraction + orbitsOnlyFraction ? .orbitsOnly : .both
    }
}
