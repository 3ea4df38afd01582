import Core

/// All filters of a broker with their history, as a value: every change answers what happened or why not.
public struct FilterRegistry: Sendable, Equatable {
    /// By name.
    public private(set) var filters: [FilterRecord] = []
    /// Counts the changes: the filter-registry version of a commit's lineage.
    public private(set) var version: Int64 = 0

    public init() {}

    init(filters: [FilterRecord], version: Int64) {
        self.filters = filters
        self.version = version
    }

    public enum Deployment: Sendable, Equatable {
        case deployed(version: Int32)
        /// The running version has the very same text.
        case unchanged(version: Int32)
    }

    public var active: [FilterRecord] { filters.filter { $0.state == .active } }

    public func filter(named name: String) throws(UserFault) -> FilterRecord {
        try filters[index(of: name)]
    }

    /// Adds a filter or a new version of one. A version that readers of its topic cannot read needs another topic.
    public mutating func deploy(
        _ definition: FilterDefinition, at time: MJD, allowBreaking: Bool = false
    ) throws(UserFault) -> Deployment {
        try checkTopic(definition)
        let place = filters.firstIndex { $0.name == definition.name }
        if let place {
            let record = filters[place]
            if record.state == .retired {
                throw UserFault(.conflict, "filter \(record.name) is retired", hint: "deploy it under another name")
            }
            if record.current.text == definition.text { return .unchanged(version: record.current.number) }
            try checkCompatibility(record, definition, allowBreaking)
        }
        let number = (place.map { filters[$0].current.number } ?? 0) + 1
        let added = FilterVersion(
            number: number, contentHash: FilterVersion.hash(definition.text), owner: definition.owner,
            title: definition.title, topic: definition.topic, text: definition.text, columns: definition.outputColumns,
            deployedAt: time, catalogues: definition.catalogues)
        let event = FilterEvent(action: .deploy, at: time, version: number)
        if let place {
            filters[place].versions.append(added)
            filters[place].events.append(event)
        } else {
            filters.append(FilterRecord(name: definition.name, state: .active, versions: [added], events: [event]))
            filters.sort { $0.name < $1.name }
        }
        version += 1
        return .deployed(version: number)
    }

    /// A topic belongs for ever to the filter that first had it: its old records are read by that filter's versions.
    private func checkTopic(_ new: FilterDefinition) throws(UserFault) {
        let owner = filters.first { $0.name != new.name && $0.versions.contains { $0.topic == new.topic } }
        guard let owner else { return }
        throw UserFault(
            .conflict, "topic \(new.topic) belongs to filter \(owner.name)",
            detail: owner.current.topic == new.topic ? "" : "its version \(owner.versionNumbers(on: new.topic)) published there",
            hint: "give this one another topic")
    }

    /// What readers know is the last version that published to this topic, wherever the filter has been since.
    private func checkCompatibility(
        _ record: FilterRecord, _ new: FilterDefinition, _ allowBreaking: Bool
    ) throws(UserFault) {
        guard let old = record.versions.last(where: { $0.topic == new.topic }), !allowBreaking else { return }
        let changes = OutputSchema.breakingChanges(from: old.columns, to: new.outputColumns)
        guard !changes.isEmpty else { return }
        throw UserFault(
            .conflict, "this edit breaks the readers of \(new.topic)", detail: changes.joined(separator: "; "),
            hint: "publish to a new topic (-- topic: …), or deploy with --allow-breaking")
    }

    /// Stops a filter until it is resumed.
    public mutating func pause(_ name: String, at time: MJD) throws(UserFault) {
        try change(name, from: .active, to: .paused, .pause, at: time)
    }

    public mutating func resume(_ name: String, at time: MJD) throws(UserFault) {
        try change(name, from: .paused, to: .active, .resume, at: time)
    }

    /// Ends a filter for ever.
    public mutating func retire(_ name: String, at time: MJD) throws(UserFault) {
        let place = try index(of: name)
        try change(name, from: filters[place].state == .paused ? .paused : .active, to: .retired, .retire, at: time)
    }

    private mutating func change(
        _ name: String, from: FilterRecord.State, to: FilterRecord.State, _ action: FilterEvent.Action, at time: MJD
    ) throws(UserFault) {
        let place = try index(of: name)
        guard filters[place].state == from else {
            throw UserFault(.conflict, "filter \(name) is \(filters[place].state)")
        }
        filters[place].state = to
        filters[place].events.append(FilterEvent(action: action, at: time, version: filters[place].current.number))
        version += 1
    }

    private func index(of name: String) throws(UserFault) -> Int {
        guard let index = filters.firstIndex(where: { $0.name == name }) else {
            throw UserFault(
                .notFound, "there is no filter \(name)",
                hint: filters.isEmpty ? "none is deployed" : "deployed: " + filters.map(\.name).joined(separator: ", "))
        }
        return index
    }
}
