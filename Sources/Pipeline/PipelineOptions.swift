/// Limits and choices of a pipeline run.
public struct PipelineOptions: Sendable {
    /// A batch closes at so many alerts …
    public var batchAlerts = 1024
    /// … or so many bytes …
    public var batchBytes = 32 << 20
    /// … or so long after its first alert.
    public var batchSeconds = 0.1
    /// Batches decoded ahead of the commit: bounds what is in flight to three batches.
    public var batchesAhead = 1
    /// Go on when more than 1 % of a visit becomes dead letters for one reason.
    public var acceptsDeadLetters = false
    /// Match radius of catalogues, arcsec; others have `defaultRadiusArcsec`.
    public var radiiArcsec: [String: Double] = [:]
    public var defaultRadiusArcsec = 1.5
    /// Whether verdicts that waited for a catalogue are evaluated again once it can be used.
    public var reevaluates = true
    /// Whether alerts of a night whose orbits are not ready wait for them: where the source has an end. Else nothing is known
    /// of them yet, and the stream goes on.
    public var waitsForNightlyIndex = false
    /// How long after its newest alert a visit is closed: then it is known for good which detection is nearest to an orbit.
    public var visitClosesAfterSeconds: Double = 120
    /// Seed of back-off jitter.
    public var seed: UInt64 = 1

    public init() {}

    func radiusArcsec(_ catalogue: String) -> Double { radiiArcsec[catalogue] ?? defaultRadiusArcsec }
}
