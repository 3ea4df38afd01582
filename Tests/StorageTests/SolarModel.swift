import Core

@testable import Storage

/// The oracle of association with orbits: dictionaries that keep what plans say, and a source of such plans.
struct SolarModel {
    struct Place: Hashable, Comparable {
        let visit: VisitID
        let id: DiaSourceID
        static func < (left: Place, right: Place) -> Bool { (left.visit, left.id) < (right.visit, right.id) }
    }

    struct Source: Equatable {
        var commitSeq: CommitSeq
        var midpoint: MJD
        var orbitSet: String
        var rows: [AlertMaker.Record]
    }

    static let orbits = (1...6).map { SSObjectID(rawValue: 0x4B30_3000_0000_0000 + $0) }

    var maker: AlertMaker
    /// Of each batch's alerts this share is near an orbit.
    var share = 0.5
    /// Of the batches this share is unknown as a whole.
    var unknownShare = 0.25
    private(set) var sources: [Place: Source] = [:]
    private(set) var visits: [VisitID: SolarVisit] = [:]
    private(set) var changes: [SolarChange] = []
    /// Whose newest content nobody could look orbits up for.
    private(set) var unknown: [Place: MJD] = [:]

    init(seed: UInt64) { maker = AlertMaker(seed: seed) }

    private mutating func candidates(_ id: DiaSourceID) -> [AlertMaker.Record] {
        let count = Int.random(in: 1...3, using: &maker.random)
        return SolarModel.orbits.shuffled(using: &maker.random).prefix(count).map { orbit in
            let (east, north) = (maker.random.normal(), maker.random.normal())
            return maker.record(
                Tables.ssoCandidate,
                [
                    "diaSourceId": .int64(id.rawValue), "ssObjectId": .int64(orbit.rawValue),
                    "ephOffsetRa": .double(east.bitPattern), "ephOffsetDec": .double(north.bitPattern),
                    "diaDistanceRank": .missing(.null),
                ])
        }
    }

    static func claims(_ place: Place, _ source: Source) -> [SolarClaim] {
        let table = ColumnTable(schema: Tables.ssoCandidate)
        for row in source.rows { AlertMaker.append(row, to: table) }
        let columns = SolarCandidateColumns(table)
        return source.rows.indices.map {
            SolarClaim(
                ssObjectId: columns.orbit($0), visit: place.visit, diaSourceId: place.id,
                separationArcsec: columns.separationArcsec($0), midpoint: source.midpoint)
        }
    }

    var claims: [SolarClaim] { sources.flatMap { SolarModel.claims($0.key, $0.value) } }

    /// Associates a plan's alerts at random; whole batches are unknown now and then.
    mutating func add(to plan: inout CommitPlan, orbitSet: String) {
        let isUnknown = maker.random.uniform() < unknownShare
        var solar = SolarWrites(candidates: SolarCandidates(orbitSet: isUnknown ? "" : orbitSet))
        for outcome in plan.outcomes {
            let place = Place(visit: outcome.visit, id: outcome.diaSourceId)
            let rows = isUnknown || maker.random.uniform() >= share ? [] : candidates(outcome.diaSourceId)
            let first = Int32(solar.candidates.table.rowCount)
            for row in rows { AlertMaker.append(row, to: solar.candidates.table) }
            solar.candidates.ranges.append(isUnknown ? nil : first..<first + Int32(rows.count))
            solar.candidates.packetBodies.append(SSObjectID(rawValue: 0))
            appendView(to: solar.views, rows: rows, isUnknown: isUnknown)
            guard outcome.kind != .duplicate else { continue }
            let source = Source(
                commitSeq: CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(outcome.round)),
                midpoint: outcome.midpoint, orbitSet: solar.candidates.orbitSet, rows: rows)
            solar.withdrawn += replace(place, by: rows.isEmpty ? nil : source)
            unknown[place] = isUnknown ? outcome.midpoint : nil
            note(outcome.visit, plan.recordedAt, isNew: outcome.kind == .new, &solar)
            plan.counters.append(SolarModel.counter(outcome.visit, isUnknown ? nil : rows, 1))
        }
        plan.solar = solar
    }

    /// Associates some alerts of before anew, closes and opens visits.
    mutating func makeUpdates(_ plan: inout CommitPlan, orbitSet: String) {
        var solar = SolarWrites(candidates: SolarCandidates(orbitSet: orbitSet))
        let places = Set(sources.keys).union(unknown.keys).sorted()
        for place in places where maker.random.uniform() < 0.3 {
            guard let midpoint = sources[place]?.midpoint ?? unknown[place] else { continue }
            let rows = Bool.random(using: &maker.random) ? [] : candidates(place.id)
            let first = solar.updateTable.rowCount
            for row in rows { AlertMaker.append(row, to: solar.updateTable) }
            let update = SolarUpdate(
                visit: place.visit, diaSourceId: place.id, midpoint: midpoint, orbitSet: orbitSet,
                rows: first..<solar.updateTable.rowCount, before: SSObjectID(rawValue: 0), after: SolarModel.orbits[2],
                wasUnknown: unknown[place] != nil)
            let source = Source(commitSeq: plan.firstCommitSeq, midpoint: midpoint, orbitSet: orbitSet, rows: rows)
            solar.withdrawn += replace(place, by: source)
            if unknown.removeValue(forKey: place) != nil {
                plan.counters.append(SolarModel.counter(place.visit, nil, -1))
                plan.counters.append(SolarModel.counter(place.visit, rows, 1))
            }
            solar.updates.append(update)
            changes.append(SolarChange(commitSeq: plan.firstCommitSeq, update))
            note(place.visit, plan.recordedAt, isNew: false, &solar)
        }
        for visit in visits.keys.sorted() where maker.random.uniform() < 0.5 {
            visits[visit]?.isOpen = maker.random.uniform() < 0.2
            if let state = visits[visit] { solar.visits.append(state) }
        }
        plan.solar = solar
    }

    private static func counter(_ visit: VisitID, _ rows: [AlertMaker.Record]?, _ amount: Int64) -> CounterDelta {
        let status = rows.map { $0.isEmpty ? "unmatched" : "matched" } ?? "unknown"
        return CounterDelta(visit: visit, name: "sso/\(status)", amount: amount)
    }

    /// Takes what is stored of a plan's visits, none of them with unknown alerts.
    mutating func load(_ plan: CommitPlan, from database: any Database) throws {
        for visit in Set(plan.outcomes.map(\.visit)) {
            visits[visit] = try database.solarVisit(visit)
            let stored = try database.solarSources(of: visit)
            for one in stored.sources {
                sources[Place(visit: visit, id: one.diaSourceId)] = Source(
                    commitSeq: one.commitSeq, midpoint: one.midpoint, orbitSet: one.orbitSet,
                    rows: one.rows.map { AlertMaker.read(stored.table, $0) })
            }
        }
    }

    private mutating func note(_ visit: VisitID, _ time: MJD, isNew: Bool, _ solar: inout SolarWrites) {
        let state = SolarVisit(
            visit: visit, isOpen: true, lastAlertAt: time, alerts: (visits[visit]?.alerts ?? 0) + (isNew ? 1 : 0),
            unknown: unknown.keys.count { $0.visit == visit })
        visits[visit] = state
        solar.visits.append(state)
    }

    /// - Returns: claims that are no more.
    private mutating func replace(_ place: Place, by source: Source?) -> [SolarClaim] {
        let old = sources.removeValue(forKey: place).map { SolarModel.claims(place, $0) } ?? []
        sources[place] = source
        let new = source.map { SolarModel.claims(place, $0) } ?? []
        return old.filter { one in !new.contains { $0.ssObjectId == one.ssObjectId } }
    }

    private func appendView(to views: ColumnTable, rows: [AlertMaker.Record], isUnknown: Bool) {
        let isMatched = !rows.isEmpty
        for column in Tables.sso.columns.indices {
            let (schema, cells) = (Tables.sso.columns[column], views.columns[column])
            switch schema.name {
            case "status":
                cells.append(views.arena.append(isUnknown ? "unknown" : isMatched ? "matched" : "unmatched"))
            case "provisional": cells.append(isMatched)
            case "candidates": if isUnknown { cells.appendMissing(.null) } else { cells.append(Int32(rows.count)) }
            case "packet_agreement": cells.append(views.arena.append("none"))
            case "diaDistanceRank": if isMatched { cells.append(Int32(1)) } else { cells.appendMissing(.null) }
            default: SolarModel.copy(rows.first?.cells[column], to: cells, views.arena)
            }
        }
        views.finishRow()
    }

    private static func copy(_ cell: AlertMaker.Record.Cell?, to column: Column, _ arena: ByteArena) {
        switch cell {
        case nil, .missing: column.appendMissing(.null)
        case .bool(let value): column.append(value)
        case .int32(let value): column.append(value)
        case .int64(let value): column.append(value)
        case .float(let bits): column.append(Float(bitPattern: bits))
        case .double(let bits): column.append(Double(bitPattern: bits))
        case .text(let bytes): column.append(bytes.withUnsafeBytes { arena.append($0) })
        }
    }
}
