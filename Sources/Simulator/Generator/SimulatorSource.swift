import Core

/// The simulated nights as a source of alerts: one partition, whose offsets count packets from the plan's start.
///
/// The same configuration always has the same packet at an offset, so that a rewind makes the visits again.
public final class SimulatorSource: AlertSource {
    public let partition: InputPartition
    private let configuration: SimulationConfiguration
    private let clock: (any WallClock)?
    private var generator: AlertGenerator
    private var visit: VisitInfo?
    private var nextInVisit = 0
    private var hasEnded = false
    /// Gets what the alerts of each visit really are when its first one is read, on the reader's thread; set it before.
    public var onVisit: ((VisitTruth) -> Void)?

    /// With a clock, messages are stamped when they are read; without one, with the simulated telescope's times.
    public init(
        configuration: SimulationConfiguration, topic: String = "simulator", stampedBy clock: (any WallClock)? = nil
    ) {
        self.configuration = configuration
        self.clock = clock
        partition = InputPartition(topic: topic, partition: 0)
        generator = AlertGenerator(configuration: configuration)
    }

    /// The sky behind it: objects and catalogue.
    public var sky: SimulatedSky { generator.sky }
    /// The orbits that are known outside.
    public var orbits: SyntheticOrbitFile { generator.orbits }
    public var plan: NightPlan { generator.plan }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        guard let visit = advance() else { return .ended }
        let index = batch.partitionIndex(partition)
        let stop = min(visit.alertCount, nextInVisit + limit)
        while nextInVisit < stop {
            let (message, produced) = generator.packet(nextInVisit)
            batch.messages.append(
                MessageBatch.Message(
                    bytes: batch.arena.append(message), partition: index,
                    offset: visit.firstOffset + Int64(nextInVisit),
                    producedAtUnixSeconds: clock?.unixSeconds ?? produced, framing: .confluent))
            nextInVisit += 1
        }
        return .messages
    }

    /// The visit that has packets left; nil at the end.
    private func advance() -> VisitInfo? {
        while !hasEnded {
            if let visit, nextInVisit < visit.alertCount { return visit }
            visit = generator.nextVisit()
            nextInVisit = 0
            hasEnded = visit == nil
            if let visit {
                onVisit?(VisitTruth(visit: visit.visit.id, alerts: generator.truth, predictions: generator.predictions))
            }
        }
        return nil
    }

    public func didCommit(_ advances: [PartitionAdvance]) {}

    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        guard let wanted = offsets.first(where: { $0.partition == partition }) else { return }
        let next = wanted.next ?? 0
        generator = AlertGenerator(configuration: configuration)
        visit = nil
        nextInVisit = 0
        hasEnded = false
        while let made = generator.nextVisit() {
            visit = made
            nextInVisit = Int(min(max(0, next - made.firstOffset), Int64(made.alertCount)))
            if next < made.firstOffset + Int64(made.alertCount) { return }
        }
        hasEnded = true
    }

    public func close() {}
}
