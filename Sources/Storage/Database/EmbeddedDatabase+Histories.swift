import Core

extension EmbeddedDatabase {
    public func histories(
        of requests: HistoryRequests, asOf: CommitSeq?
    ) throws(DependencyFault) -> Histories {
        if requests.wantsMissingPoints { recent.want() }
        return try reading { (view) throws(DependencyFault) in
            var histories = Histories(count: requests.alerts.count)
            try readDirectory(requests, view, asOf: asOf, into: &histories)
            let points = PointReader(view: view, asOf: asOf)
            for index in requests.alerts.indices {
                try completeHistory(index, requests, points, into: &histories)
            }
            return histories
        }
    }

    /// The steady state's only read: directory and alerts index of the whole batch.
    private func readDirectory(
        _ requests: HistoryRequests, _ view: any StoreView, asOf: CommitSeq?, into histories: inout Histories
    ) throws(DependencyFault) {
        var objects = KeyList()
        var alerts = KeyList()
        for alert in requests.alerts {
            objects.buffer.append(big: alert.diaObjectId.rawValue)
            objects.finishKey()
            alerts.buffer.append(big: alert.diaSourceId.rawValue)
            alerts.finishKey()
        }
        try view.multiGet(.directory, objects) { (index, value) throws(DependencyFault) in
            let id = requests.alerts[index].diaObjectId
            guard let value, !id.isNone else { return }
            let record = try decoding("directory of \(id)") { () throws(DamagedBytes) in
                try ObjectRecordCodec.read(value, id: id)
            }
            if record.firstKnown <= asOf ?? record.firstKnown { histories.alerts[index].object = record }
        }
        try view.multiGet(.alerts, alerts) { (index, value) throws(DependencyFault) in
            guard let value else { return }
            let known = try decoding("alert \(requests.alerts[index].diaSourceId)") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                return try StoredAlertEntry.known(&reader)
            }
            guard known.commitSeq <= asOf ?? known.commitSeq else { return }
            histories.alerts[index].alert = known
            histories.alerts[index].place = DetectionPlace(
                diaObjectId: known.diaObjectId, home: known.home, midpoint: known.midpoint)
        }
        guard asOf == nil else { return }
        try view.multiGet(.places, alerts) { (index, value) throws(DependencyFault) in
            guard let value else { return }
            histories.alerts[index].place = try EmbeddedDatabase.place(value)
        }
    }

    /// Reads the months that the directory cannot tell, and the points that the packet lacks.
    private func completeHistory(
        _ index: Int, _ requests: HistoryRequests, _ points: PointReader, into histories: inout Histories
    ) throws(DependencyFault) {
        let request = requests.alerts[index]
        let firstDetection = histories.missingDetections.table.rowCount
        let firstForced = histories.missingForced.table.rowCount
        if let record = histories.alerts[index].object {
            let packet = requests.points[request.points]
            if let asOf = points.asOf, record.lastChanged > asOf {
                try readPast(index, request, record, packet, points, requests.wantsMissingPoints, into: &histories)
            } else {
                let decision = MonthComparison.decide(
                    record: record, points: packet, windowStart: request.windowStart)
                var months = decision.toRecognise
                if requests.wantsMissingPoints {
                    let isAnswered = try answerFromRecent(request, record, packet, decision, points, into: &histories)
                    if !isAnswered { months += decision.lacking.filter { !months.contains($0) } }
                }
                months.sort()
                if let first = months.first, let last = months.last {
                    let read = try readPoints(record, points, first...last)
                    histories.storedReads += 1
                    histories.alerts[index].readMonths = decision.toRecognise
                    histories.alerts[index].readPoints = read.known(in: decision.toRecognise)
                    if requests.wantsMissingPoints {
                        read.appendMissing(months: decision.lacking, request, packet, to: &histories)
                    }
                }
            }
        }
        histories.missingDetections.finishParent(firstRow: firstDetection, isGiven: true)
        histories.missingForced.finishParent(firstRow: firstForced, isGiven: true)
    }

    /// Whether what the packet lacks are points that recent commits wrote: then they are appended, and nothing is read.
    private func answerFromRecent(
        _ request: HistoryRequests.Alert, _ record: ObjectRecord, _ packet: ArraySlice<KnownPoint>,
        _ decision: MonthComparison.Decision, _ points: PointReader, into histories: inout Histories
    ) throws(DependencyFault) -> Bool {
        // Only the newest month's points are known one by one.
        guard points.asOf == nil, decision.toRecognise.isEmpty, let newest = record.months.last?.month,
            decision.lacking == [newest]
        else { return false }
        var search = PointSearch(packet)
        let trigger = PointKey(detection: request.diaSourceId)
        let lacking = record.newestMonthPoints.filter {
            $0.midpoint >= request.windowStart && $0.key != trigger && search.find($0.key) == nil
        }
        return try recent.append(
            lacking, of: record.diaObjectId, detections: histories.missingDetections.table,
            forced: histories.missingForced.table)
    }

    private func readPoints(
        _ record: ObjectRecord, _ points: PointReader, _ months: ClosedRange<CalendarMonth>?
    ) throws(DependencyFault) -> ObjectPoints {
        ObjectPoints(
            detections: try points.detections(record.home, record.diaObjectId, months: months),
            forced: try points.forced(record.home, record.diaObjectId, months: months))
    }

    /// An object that changed since: its state then is made again from the points that were known then.
    private func readPast(
        _ index: Int, _ request: HistoryRequests.Alert, _ record: ObjectRecord, _ packet: ArraySlice<KnownPoint>,
        _ points: PointReader, _ wantsMissing: Bool, into histories: inout Histories
    ) throws(DependencyFault) {
        let read = try readPoints(record, points, nil)
        histories.storedReads += 1
        let past = read.record(like: record)
        let months = past.months.map(\.month)
        histories.alerts[index].object = past
        histories.alerts[index].readMonths = months
        histories.alerts[index].readPoints = read.known(in: months)
        if wantsMissing { read.appendMissing(months: months, request, packet, to: &histories) }
    }
}

extension EmbeddedDatabase {
    /// Every known point of an object (newest revisions, withdrawn ones included), detections first, ascending by time.
    func knownPoints(of record: ObjectRecord) throws(DependencyFault) -> [KnownPoint] {
        try reading { (view) throws(DependencyFault) in
            let points = PointReader(view: view, asOf: nil)
            let detections = try points.detections(record.home, record.diaObjectId).knownPoints()
            return (detections + (try points.forced(record.home, record.diaObjectId).knownPoints())).map(\.point)
        }
    }
}
