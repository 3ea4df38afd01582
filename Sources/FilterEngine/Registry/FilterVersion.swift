import Core

/// One deployed text of a filter: never changed afterwards.
public struct FilterVersion: Sendable, Equatable {
    /// 1 for the first.
    public let number: Int32
    /// FNV-1a of the text: what was deployed, in 64 bits.
    public let contentHash: UInt64
    public let owner: String
    public let title: String
    public let topic: String
    public let text: String
    public let columns: [OutputColumn]
    public let deployedAt: MJD
    /// The catalogues that it reads, as they were then; none where an older program deployed it.
    public let catalogues: [RecordedCatalogue]

    /// FNV-1a, 64 bits (Fowler, Noll, Vo).
    public static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

/// A filter with all its versions.
public struct FilterRecord: Sendable, Equatable {
    public enum State: UInt8, Sendable {
        case active = 0
        /// Sees no alerts until it is resumed; they count as not run.
        case paused = 1
        /// Never again; its versions stay readable.
        case retired = 2
    }

    public let name: String
    public internal(set) var state: State
    public internal(set) var versions: [FilterVersion]
    public internal(set) var events: [FilterEvent]

    /// The version that runs (or ran last).
    public var current: FilterVersion {
        guard let last = versions.last else { preconditionFailure("filter \(name) without a version") }
        return last
    }

    /// Numbers of the versions that published to a topic, for messages.
    func versionNumbers(on topic: String) -> String {
        versions.filter { $0.topic == topic }.map { String($0.number) }.joined(separator: ", ")
    }
}

/// Something that was done to a filter.
public struct FilterEvent: Sendable, Equatable {
    public enum Action: UInt8, Sendable {
        case deploy = 0
        case pause = 1
        case resume = 2
        case retire = 3
    }

    public let action: Action
    public let at: MJD
    public let version: Int32
}
