import Core

/// The points of one alert: which are written, which supersede others, which objects lose a detection.
///
/// A diaSourceId is one detection, wherever it is: what is new to an object is looked up by its id, and a detection that is
/// elsewhere (at another time of the object, with another object, or with none) moves. The newer content stays; contents
/// that do not say when they were made, and detections without an object, give way to what comes later.
extension BatchPlanner {
    /// A point of a packet that its object does not know as it stands.
    struct Finding {
        let place: PointWrite.Place
        /// Row of the point in its table.
        let row: Int
        let point: KnownPoint
        var answer: PointRecogniser.Answer
        /// Where a detection that is new to its object is now.
        var from: DetectionPlace?
    }

    // MARK: Recognising

    /// Notes in `findings` what the packet's history brings. Answers the trigger where the history repeats it: the trigger
    /// itself decides then.
    mutating func findHistory(
        _ row: Int, besides triggerKey: PointKey, _ recogniser: inout PointRecogniser
    ) -> KnownPoint? {
        findings.removeAll(keepingCapacity: true)
        let range = requests.alerts[row].points
        let detectionRows = batch.detections.rows(of: row)
        let forcedRows = batch.forced.rows(of: row)
        var repeats = PacketRepeats(range)
        var repeated: KnownPoint?
        for index in range {
            let point = requests.points[index]
            if point.key == triggerKey {
                repeated = repeated ?? point
                continue
            }
            let answer = recogniser.answer(point, as: .history)
            // Of two contents of one point in a packet the first counts, also when it is the known one.
            guard answer != .known, !repeats.isRepeat(index, in: requests.points) else { continue }
            let offset = index - range.lowerBound
            let isDetection = offset < detectionRows.count
            findings.append(
                Finding(
                    place: isDetection ? .detection : .forced,
                    row: isDetection
                        ? detectionRows.lowerBound + offset : forcedRows.lowerBound + offset - detectionRows.count,
                    point: point, answer: answer))
        }
        return repeated
    }

    /// Looks up where the detections are that the object does not know. One that is at another time of the object itself is
    /// a revision.
    mutating func findPlaces(_ row: Int, _ work: ObjectWork?) {
        let object = requests.alerts[row].diaObjectId
        for index in findings.indices {
            let finding = findings[index]
            guard finding.place != .forced, finding.answer == .new else { continue }
            let id = DiaSourceID(rawValue: finding.point.key.first)
            guard let place = place(id, row, isTrigger: finding.place == .trigger) else { continue }
            guard let work, place.diaObjectId == object else {
                findings[index].from = place
                continue
            }
            guard let contents = work.contents else {
                neededObjects.insert(object)
                continue
            }
            guard let old = contents.cells[finding.point.key]?.point else { continue }
            findings[index].answer = old.contentHash == finding.point.contentHash ? .known : .revised(was: old)
        }
    }

    /// Where a detection is, as far as the database was asked; nil when it is not known.
    private mutating func place(_ id: DiaSourceID, _ row: Int, isTrigger: Bool) -> DetectionPlace? {
        if let place = places[id] { return place.place }
        if let asked = contents.places[id] { return asked }
        if isTrigger { return histories.alerts[row].place }
        neededDetections.insert(id)
        return nil
    }

    // MARK: Writing

    /// Applies what was found, in order; the round is known now.
    mutating func addFindings(_ row: Int, _ work: inout ObjectWork, _ outcome: AlertOutcome) {
        for finding in findings { add(finding, batchRow: row, &work, outcome) }
    }

    private mutating func add(
        _ finding: Finding, batchRow: Int, _ work: inout ObjectWork, _ outcome: AlertOutcome
    ) {
        let cells = CurrentContents.Cells(point: finding.point, table: table(finding.place), row: finding.row)
        var isMoved = false
        switch finding.answer {
        case .known: return
        case .revised(let old):
            guard let moved = revise(cells, old, batchRow: batchRow, &work, outcome) else { return }
            isMoved = moved
        case .new:
            if finding.place != .forced {
                if let from = finding.from {
                    guard takeOver(cells, batchRow, from, outcome) else { return }
                    isMoved = true
                }
                addStatistics(finding.place == .trigger ? trigger : detections, finding.row, &work.record)
            }
            work.record.add(finding.point)
        }
        work.contents?.set(cells)
        write(
            finding.place, finding.row, finding.point, isRevision: finding.answer != .new, isMoved: isMoved, outcome)
    }

    private func table(_ place: PointWrite.Place) -> ColumnTable {
        switch place {
        case .trigger: batch.source
        case .detection: batch.detections.table
        case .forced: batch.forced.table
        }
    }

    private func addStatistics(_ columns: PointColumns, _ row: Int, _ record: inout ObjectRecord) {
        guard let band = columns.band(row), let midpoint = columns.midpoint.double(row),
            columns.withdrawn.time(row) == nil
        else { return }
        record.statistics[Int(band.rawValue)].add(
            flux: columns.psfFlux.number(row), fluxErr: columns.psfFluxErr.number(row), midpoint: MJD(midpoint))
    }

    /// Another content of a known point. Nil when it is older than what is known, else whether the point moved in time.
    private mutating func revise(
        _ cells: CurrentContents.Cells, _ old: KnownPoint, batchRow: Int, _ work: inout ObjectWork,
        _ outcome: AlertOutcome
    ) -> Bool? {
        let point = cells.point
        if work.contents == nil {
            neededObjects.insert(outcome.diaObjectId)
        } else if let known = work.contents?.cells[point.key], cells.isOlder(than: known) {
            stale.append(StalePoint(batchRow: batchRow, key: point.key, newest: known))
            return nil
        }
        work.record.revise(point, was: old)
        work.isDirty = true
        guard point.key.kind == .detection, old.midpoint != point.midpoint else { return false }
        removals.append(
            PointRemoval(
                diaObjectId: outcome.diaObjectId, home: work.record.home,
                diaSourceId: DiaSourceID(rawValue: point.key.first), midpoint: old.midpoint, round: outcome.round))
        return true
    }

    // MARK: Detections of other objects

    /// Takes a detection from where it is. False when it stays there, in a newer content.
    mutating func takeOver(
        _ cells: CurrentContents.Cells, _ row: Int, _ from: DetectionPlace, _ outcome: AlertOutcome
    ) -> Bool {
        let key = cells.point.key
        guard !from.diaObjectId.isNone else {
            remove(key, from.diaObjectId, from.home, from.midpoint, outcome)
            return true
        }
        let stored = contents.objects[from.diaObjectId]
        let fresh = stored?.record.map {
            ObjectWork(record: $0, order: works.count, contents: stored.map(CurrentContents.init))
        }
        guard var other = works[from.diaObjectId] ?? fresh, let held = other.contents else {
            if stored == nil { neededObjects.insert(from.diaObjectId) }
            return true
        }
        guard let old = held.cells[key] else { return true }
        if cells.isOlder(than: old) {
            stale.append(StalePoint(batchRow: row, key: key, newest: nil))
            return false
        }
        other.contents?.remove(key)
        other.lost[key] = points.count
        other.record.remove(old.point)
        other.isDirty = true
        settle(&other, outcome)
        works[from.diaObjectId] = other
        remove(key, from.diaObjectId, other.record.home, old.point.midpoint, outcome)
        return true
    }

    private mutating func remove(
        _ key: PointKey, _ object: DiaObjectID, _ home: Home, _ midpoint: MJD, _ outcome: AlertOutcome
    ) {
        if !object.isNone { note(object, inRound: outcome.round) }
        removals.append(
            PointRemoval(
                diaObjectId: object, home: home, diaSourceId: DiaSourceID(rawValue: key.first), midpoint: midpoint,
                round: outcome.round))
    }

    /// Sums that cannot follow by addition are taken anew.
    func settle(_ work: inout ObjectWork, _ outcome: AlertOutcome) {
        work.record.lastChanged = CommitSeq(rawValue: firstCommitSeq + Int64(outcome.round))
        guard work.isDirty, let contents = work.contents else { return }
        work.record.statistics = contents.statistics()
        work.record.newestMonthPoints = work.record.months.last.map { contents.points(in: $0.month) } ?? []
        work.isDirty = false
    }

    mutating func write(
        _ place: PointWrite.Place, _ row: Int, _ point: KnownPoint, isRevision: Bool, isMoved: Bool,
        _ outcome: AlertOutcome
    ) {
        if point.key.kind == .detection {
            places[DiaSourceID(rawValue: point.key.first)] = (
                DetectionPlace(diaObjectId: outcome.diaObjectId, home: outcome.home, midpoint: point.midpoint),
                outcome.round
            )
        }
        points.append(
            PointWrite(
                place: place, row: Int32(row), diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId,
                home: outcome.home, point: point, isRevision: isRevision, isMoved: isMoved, round: outcome.round))
    }
}

/// Tells which points of a packet repeat the key of an earlier one: one by one while few are asked, by a table when many
/// are, so that a long first contact does not take its square.
private struct PacketRepeats {
    private let range: Range<Int>
    private var asked = 0
    private var firsts: [PointKey: Int] = [:]

    init(_ range: Range<Int>) { self.range = range }

    mutating func isRepeat(_ index: Int, in points: [KnownPoint]) -> Bool {
        let key = points[index].key
        asked += 1
        if asked <= 96 {
            for earlier in range.lowerBound..<index where points[earlier].key == key { return true }
            return false
        }
        if firsts.isEmpty {
            firsts.reserveCapacity(range.count)
            for earlier in range.reversed() { firsts[points[earlier].key] = earlier }
        }
        return firsts[key] != index
    }
}
