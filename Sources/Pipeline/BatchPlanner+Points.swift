import Core

/// The points of one alert: which are written, which supersede others, which objects lose a detection.
extension BatchPlanner {
    /// Adds the packet's history. Answers the content hash of the trigger where the history repeats it: the trigger
    /// itself decides then.
    mutating func addHistory(
        _ row: Int, besides triggerKey: PointKey, _ recogniser: inout PointRecogniser, _ work: inout ObjectWork,
        _ seen: inout Set<PointRecogniser.MonthKey>, _ outcome: AlertOutcome
    ) -> UInt64? {
        let range = requests.alerts[row].points
        let detectionRows = batch.detections.rows(of: row)
        let forcedRows = batch.forced.rows(of: row)
        var repeated: UInt64?
        for index in range {
            let point = requests.points[index]
            if point.key == triggerKey {
                repeated = repeated ?? point.contentHash
                continue
            }
            let answer = recogniser.answer(point, as: .history)
            if answer == .known || (answer != .new && isRepeat(point, in: requests.points[range.lowerBound..<index])) {
                continue
            }
            let offset = index - range.lowerBound
            let isDetection = offset < detectionRows.count
            let child =
                isDetection
                ? detectionRows.lowerBound + offset : forcedRows.lowerBound + offset - detectionRows.count
            add(isDetection ? .detection : .forced, child, batchRow: row, point, answer, &work, &seen, outcome)
        }
        return repeated
    }

    /// Of two contents of one point in a packet the first counts, also when it is the known one.
    private func isRepeat(_ point: KnownPoint, in earlier: ArraySlice<KnownPoint>) -> Bool {
        let wanted = PointRecogniser.MonthKey(point)
        return earlier.contains { $0.key == point.key && PointRecogniser.MonthKey($0) == wanted }
    }

    private func table(_ place: PointWrite.Place) -> ColumnTable {
        switch place {
        case .trigger: batch.source
        case .detection: batch.detections.table
        case .forced: batch.forced.table
        }
    }

    /// - Parameter row: row of the point in its table.
    mutating func add(
        _ place: PointWrite.Place, _ row: Int, batchRow: Int, _ point: KnownPoint, _ answer: PointRecogniser.Answer,
        _ work: inout ObjectWork, _ seen: inout Set<PointRecogniser.MonthKey>, _ outcome: AlertOutcome
    ) {
        guard answer != .known, seen.insert(PointRecogniser.MonthKey(point)).inserted else { return }
        let cells = CurrentContents.Cells(point: point, table: table(place), row: row)
        var isMoved = false
        if case .revised(let old) = answer {
            guard let moved = revise(cells, old, batchRow: batchRow, &work, outcome) else {
                return
            }
            isMoved = moved
        } else {
            if place != .forced {
                guard let moved = takeOver(cells, batchRow, isTrigger: place == .trigger, outcome) else { return }
                isMoved = moved
                addStatistics(place == .trigger ? trigger : detections, row, &work.record)
            }
            work.record.add(point)
        }
        work.contents?.set(cells)
        write(place, row, point, isRevision: answer != .new, isMoved: isMoved, outcome)
    }

    private func addStatistics(_ columns: PointColumns, _ row: Int, _ record: inout ObjectRecord) {
        guard let band = columns.band(row), let midpoint = columns.midpoint.double(row),
            columns.withdrawn.number(row) == nil
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

    /// Objects that may lose a detection to this alert, as far as the database was asked.
    func losers(_ row: Int) -> [DiaObjectID] {
        let request = requests.alerts[row]
        var found: [DiaObjectID] = []
        if let place = place(request.diaSourceId, row, isTrigger: true) { found.append(place.diaObjectId) }
        if !contents.places.isEmpty || !contents.objects.isEmpty {
            for point in requests.points[request.points] where point.key.kind == .detection {
                let id = DiaSourceID(rawValue: point.key.first)
                if let place = place(id, row, isTrigger: false) { found.append(place.diaObjectId) }
            }
        }
        return found.filter { $0 != request.diaObjectId && !$0.isNone }
    }

    private func place(_ id: DiaSourceID, _ row: Int, isTrigger: Bool) -> DetectionPlace? {
        if let place = places[id] { return place }
        if let asked = contents.places[id] { return asked }
        guard isTrigger else { return nil }
        let history = histories.alerts[row]
        return history.place
            ?? history.alert.map {
                DetectionPlace(diaObjectId: $0.diaObjectId, home: $0.home, midpoint: $0.midpoint)
            }
    }

    /// Takes a detection that is new here from the object that has it. Nil when that one knows a newer content, else
    /// whether there was one.
    mutating func takeOver(
        _ cells: CurrentContents.Cells, _ row: Int, isTrigger: Bool, _ outcome: AlertOutcome
    ) -> Bool? {
        let id = DiaSourceID(rawValue: cells.point.key.first)
        guard let from = place(id, row, isTrigger: isTrigger) else {
            if !isTrigger, contents.places[id] == nil { neededDetections.insert(id) }
            return false
        }
        if from.diaObjectId == outcome.diaObjectId {
            let isHere =
                !from.diaObjectId.isNone || (from.home == outcome.home && from.midpoint == cells.point.midpoint)
            if isHere { return false }
        }
        guard !from.diaObjectId.isNone else {
            remove(id, from.diaObjectId, from.home, from.midpoint, outcome)
            return true
        }
        let isTaken = take(cells.point.key, newer: cells, from: from, outcome)
        if isTaken == nil { stale.append(StalePoint(batchRow: row, key: cells.point.key, newest: nil)) }
        return isTaken
    }

    private mutating func take(
        _ key: PointKey, newer cells: CurrentContents.Cells, from place: DetectionPlace, _ outcome: AlertOutcome
    ) -> Bool? {
        let stored = contents.objects[place.diaObjectId]
        let fresh = stored?.record.map {
            ObjectWork(record: $0, order: works.count, contents: stored.map(CurrentContents.init))
        }
        guard var other = works[place.diaObjectId] ?? fresh, let held = other.contents else {
            neededObjects.insert(place.diaObjectId)
            return true
        }
        guard let old = held.cells[key] else { return true }
        if cells.isOlder(than: old) { return nil }
        other.contents?.remove(key)
        other.lost[key] = points.count
        other.record.remove(old.point)
        other.isDirty = true
        settle(&other, outcome)
        works[place.diaObjectId] = other
        remove(DiaSourceID(rawValue: key.first), place.diaObjectId, other.record.home, old.point.midpoint, outcome)
        return true
    }

    private mutating func remove(
        _ id: DiaSourceID, _ object: DiaObjectID, _ home: Home, _ midpoint: MJD, _ outcome: AlertOutcome
    ) {
        removals.append(
            PointRemoval(diaObjectId: object, home: home, diaSourceId: id, midpoint: midpoint, round: outcome.round))
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
            places[DiaSourceID(rawValue: point.key.first)] = DetectionPlace(
                diaObjectId: outcome.diaObjectId, home: outcome.home, midpoint: point.midpoint)
        }
        points.append(
            PointWrite(
                place: place, row: Int32(row), diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId,
                home: outcome.home, point: point, isRevision: isRevision, isMoved: isMoved, round: outcome.round))
    }
}
