import Core
import SolarSystem
import Synchronization

/// Everything that the endpoints need; what is nil answers "not available here".
public struct APIContext: Sendable {
    public var database: any Database
    public var filters: (any FilterService)?
    public var topics: (any TopicDirectory)?
    public var renderer: (any PublicationRenderer)?
    public var schemas: (any SchemaDirectory)?
    public var packets: (any PacketReader)?
    /// The orbits in use; without them Solar System objects are known by designation only.
    public var orbits: OrbitSetInUse?
    /// The nights' indexes that alerts are compared with; nil where no pipeline can run.
    public var nightly: NightlyHost?
    /// From where, and how long orbits hold.
    public var nights = NightlyHost.Options()
    public var readiness: (any ReadinessReporter)?
    /// Work that only the owner of the data directory can do, under `POST /api/v1/operations/NAME`.
    public var operations: [String: @Sendable (APIRequest) throws -> APIResponse] = [:]
    public var metrics: MetricRegistry = .process
    public var clock: any WallClock = SystemClock()
    public var commits = CommitSignal()
    let openStreams = OpenStreams()
    /// Who may write over TCP; nobody when nil.
    public var writeToken: AccessToken?
    public var limits = APILimits()
    public var softwareVersion = "0"
    public let startedAtUnixSeconds: Double

    public init(database: any Database, clock: any WallClock = SystemClock()) {
        self.database = database
        self.clock = clock
        startedAtUnixSeconds = clock.unixSeconds
    }
}

/// Bounds of what a stranger may ask.
public struct APILimits: Sendable {
    public var targetBytes = 8192
    public var bodyBytes = 16 << 20
    public var lightCurvePoints = 100_000
    public var coneObjects = 10_000
    public var coneRadiusArcsec = 36_000.0
    public var listEntries = 1000
    public var streams = 128
    /// Silence after which a stream sends a heartbeat.
    public var heartbeatSeconds = 15.0
    /// A reader that takes longer than this over one piece is cut.
    public var slowReaderSeconds = 30.0

    public init() {}
}

/// A secret that is compared in constant time.
public struct AccessToken: Sendable {
    private let bytes: [UInt8]

    /// Nil when the text is shorter than 16 bytes: such a token can be guessed.
    public init?(_ text: String) {
        bytes = Array(text.trimmedSpaces.utf8)
        if bytes.count < 16 { return nil }
    }

    /// Takes as long whatever is wrong with the candidate, its length apart.
    public func matches(_ candidate: String) -> Bool {
        let other = Array(candidate.utf8)
        guard other.count == bytes.count else { return false }
        var difference: UInt8 = 0
        for index in bytes.indices { difference |= bytes[index] ^ other[index] }
        return difference == 0
    }
}

/// Wakes streams when something was committed.
public final class CommitSignal: Sendable {
    private let listeners = Mutex<[Int: @Sendable () -> Void]>([:])
    private let nextID = Atomic<Int>(0)

    public init() {}

    /// Something new can be read; cheap when nobody listens.
    public func notify() {
        for (_, listener) in listeners.withLock({ $0 }) { listener() }
    }

    func listen(_ body: @escaping @Sendable () -> Void) -> Int {
        let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
        listeners.withLock { $0[id] = body }
        return id
    }

    func forget(_ id: Int) { listeners.withLock { _ = $0.removeValue(forKey: id) } }
}

/// Counts the streams that are open, so that strangers cannot open any number.
final class OpenStreams: Sendable {
    private let count = Atomic<Int>(0)

    /// False when `limit` are open already.
    func enter(limit: Int) -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        leave()
        return false
    }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
    var current: Int { count.load(ordering: .relaxed) }
}
