import Core

/// Verifies every invariant of one snapshot.
struct Checker {
    let view: any StoreView
    let state: DatabaseState
    let archive: Archive?

    init(view: any StoreView, state: DatabaseState, archive: Archive?) {
        self.view = view
        self.state = state
        self.archive = archive
    }

    func run(_ database: EmbeddedDatabase) -> CheckReport {
        var report = CheckReport()
        report.attempt("directory") { (report) throws(DependencyFault) in try checkDirectory(&report) }
        report.attempt("points") { (report) throws(DependencyFault) in try checkOrphans(&report) }
        report.attempt("alerts") { (report) throws(DependencyFault) in try checkAlerts(&report) }
        report.attempt("alert blocks") { (report) throws(DependencyFault) in try checkBlocks(database, &report) }
        report.attempt("publications") { (report) throws(DependencyFault) in try checkPublications(&report) }
        report.attempt("last publications") { (report) throws(DependencyFault) in
            try checkLastPublications(&report)
        }
        report.attempt("verdicts") { (report) throws(DependencyFault) in try checkVerdicts(database, &report) }
        report.attempt("nights") { (report) throws(DependencyFault) in try checkNights(database, &report) }
        report.attempt("orbits") { (report) throws(DependencyFault) in try checkSolar(&report) }
        report.attempt("commits") { (report) throws(DependencyFault) in try checkCommits(&report) }
        report.attempt("counters") { (report) throws(DependencyFault) in try checkCounters(database, &report) }
        return report
    }

    // MARK: Objects and points

    private func checkDirectory(_ report: inout CheckReport) throws(DependencyFault) {
        let reader = PointReader.reusing(view)
        var objects = 0
        var points = 0
        try view.scan(.directory, .all) { (key, value) throws(DependencyFault) in
            let id = DiaObjectID(rawValue: [UInt8](key).bigEndianInteger(at: 0))
            objects += 1
            report.attempt("object \(id)") { (report) throws(DependencyFault) in
                let record = try decoding("directory of \(id)") { () throws(DamagedBytes) in
                    try ObjectRecordCodec.read(value, id: id)
                }
                points += try check(record, reader, &report)
            }
            return true
        }
        report.count("objects", objects)
        report.count("points", points)
    }

    private func check(
        _ record: ObjectRecord, _ reader: PointReader, _ report: inout CheckReport
    ) throws(DependencyFault) -> Int {
        let id = record.diaObjectId
        var hasPlace = false
        try view.get(.objects, KeyBytes.objectPrefix(record.home, id)) { (value) throws(DependencyFault) in
            hasPlace = value != nil
        }
        report.note("object \(id) is not at its home \(record.home)", unless: hasPlace)
        report.note(
            "object \(id) drifted further than the stored limit", unless: record.driftArcsec <= state.largestDriftArcsec
        )
        report.note(
            "object \(id) is known from commit \(record.firstKnown) to \(record.lastChanged) of \(state.lastCommitSeq)",
            unless: record.firstKnown <= record.lastChanged && record.lastChanged <= state.lastCommitSeq)
        let points = ObjectPoints(
            detections: try reader.detections(record.home, id), forced: try reader.forced(record.home, id))
        let known = (points.detections.knownPoints() + points.forced.knownPoints()).map(\.point)
        var months: [CalendarMonth: MonthSummary] = [:]
        for point in known {
            let month = CalendarMonth(point.midpoint)
            months[month, default: MonthSummary(month: month)].add(point)
        }
        let found = months.values.sorted { $0.month < $1.month }
        report.note("object \(id): its months do not sum to its points", unless: found == record.months)
        let newest = found.last?.month
        let listed = record.newestMonthPoints.sorted { $0.key < $1.key }
        let expected = known.filter { CalendarMonth($0.midpoint) == newest }.sorted { $0.key < $1.key }
        report.note("object \(id): the points of its newest month are not those listed", unless: listed == expected)
        checkStatistics(record, points, &report)
        for (_, point) in points.detections.knownPoints() {
            let source = DiaSourceID(rawValue: point.key.first)
            let place = try EmbeddedDatabase.place(of: source, view)
            report.note(
                "detection \(source) of object \(id) is known as one of object \(place?.diaObjectId.rawValue ?? 0)",
                unless: place?.diaObjectId == id)
            report.note(
                "detection \(source) of object \(id) is known at another home or time",
                unless: place?.diaObjectId != id || (place?.home == record.home && place?.midpoint == point.midpoint))
        }
        return known.count
    }

    /// Object records of format 1 had rounded sums, and keep what that left.
    private func checkStatistics(_ record: ObjectRecord, _ points: ObjectPoints, _ report: inout CheckReport) {
        let found = points.record(like: record).statistics
        for (band, pair) in zip(Band.allCases, zip(record.statistics, found)) {
            let (own, other) = pair
            let sumDifference: Double = abs(Double(own.fluxSum) - Double(other.fluxSum)) * BandStatistics.fluxQuantum
            let difference: Double = sumDifference + abs((own.meanFlux ?? 0) - (other.meanFlux ?? 0))
            let scale = max(abs(own.minFlux), abs(own.maxFlux)) * Double(max(own.fluxCount, 1))
            report.note(
                "object \(record.diaObjectId): its statistics in \(band) are not those of its detections",
                unless: own.count == other.count && own.fluxCount == other.fluxCount
                    && (own.fluxCount == 0 || difference <= 1e-9 * max(scale, 1e-30)))
        }
    }

    /// Points and places whose object the directory does not know, or knows elsewhere.
    private func checkOrphans(_ report: inout CheckReport) throws(DependencyFault) {
        for family in view.families {
            switch family {
            case .objects, .detections, .folded, .forced: break
            default: continue
            }
            var last: [UInt8] = []
            try view.scan(family, .all) { (key, value) throws(DependencyFault) in
                guard key.count >= 16, !last.elementsEqual(key[..<16]) else { return true }
                last = [UInt8](key[..<16])
                let id = last.bigEndianInteger(at: 8)
                if id == 0 && family == .detections { return true }
                try view.get(.directory, Array(last[8...])) { (value) throws(DependencyFault) in
                    let home = value.flatMap {
                        $0.count >= 9 ? $0.loadUnaligned(fromByteOffset: 1, as: Int64.self) : nil
                    }
                    report.note(
                        "\(family.name) has rows of object \(id) outside its home",
                        unless: home.map(Int64.init(littleEndian:)) == last.bigEndianInteger(at: 0))
                }
                return true
            }
        }
    }

    // MARK: Alerts

    private func checkAlerts(_ report: inout CheckReport) throws(DependencyFault) {
        var alerts = 0
        var lost = LostSegments(archive)
        try view.scan(.alerts, .all) { (key, value) throws(DependencyFault) in
            let id = DiaSourceID(rawValue: [UInt8](key).bigEndianInteger(at: 0))
            alerts += 1
            report.attempt("alert \(id)") { (report) throws(DependencyFault) in
                let entry = try decoding("alert \(id)") { () throws(DamagedBytes) in try StoredAlertEntry(value) }
                try check(entry, id, &report)
                lost.look(for: entry)
            }
            return true
        }
        lost.note(in: &report)
        report.count("alerts", alerts)
        try view.scan(.ssIndex, .all) { (key, value) throws(DependencyFault) in
            var found = false
            let target = [UInt8](value) + [UInt8](key[8...])
            try view.scan(.detections, .prefix(target)) { (_, value) throws(DependencyFault) in
                found = PointSet.removal(value) == nil
                return !found
            }
            report.note("the index of Solar System objects names a detection that is not there", unless: found)
            return true
        }
    }

    private func check(
        _ entry: StoredAlertEntry, _ id: DiaSourceID, _ report: inout CheckReport
    ) throws(DependencyFault) {
        let known = entry.known
        let key = ByteWriter()
        KeyBytes.detection(known.home, known.diaObjectId, midpoint: known.midpoint, id, revision: nil, to: key)
        var hashes: [UInt64] = []
        let rows = RowReader.detections
        let table = ColumnTable(schema: Tables.diaSource, capacity: 2)
        try view.scan(.detections, .prefix(key.array)) { (_, value) throws(DependencyFault) in
            if PointSet.removal(value) != nil { return true }
            try decoding("detection \(id)") { () throws(DamagedBytes) in
                var reader = ByteReader(value)
                _ = try reader.zigzag()
                try rows.read(&reader, into: table)
            }
            return true
        }
        ContentHash.appendHashes(of: table, into: &hashes)
        var isThere = hashes.contains(known.contentHash)
        if !isThere { isThere = try hasNewerDetection(known, id) }
        report.note("alert \(id) has no detection with its content", unless: isThere)
        report.note("alert \(id) is newer than the last commit", unless: known.commitSeq <= state.lastCommitSeq)
        if let archive, let place = entry.packet { _ = try archive.message(at: place) }
    }

    /// An alert that came after a newer content of its detection leaves that one as it is, with whatever object has it.
    private func hasNewerDetection(_ known: KnownAlert, _ id: DiaSourceID) throws(DependencyFault) -> Bool {
        let stored = try EmbeddedDatabase.place(of: id, view)
        let place =
            stored
            ?? DetectionPlace(diaObjectId: known.diaObjectId, home: known.home, midpoint: known.midpoint)
        let points = try PointReader(view: view, asOf: nil).detections(place.home, place.diaObjectId)
        return points.newest[PointKey(detection: id)] != nil
    }

    private func checkBlocks(_ database: EmbeddedDatabase, _ report: inout CheckReport) throws(DependencyFault) {
        var blocks = 0
        try database.scanAlertBlocks(view, night: nil, wanted: nil) { (block) throws(DependencyFault) in
            blocks += 1
            let rows = block.table("alert")?.rowCount ?? 0
            for section in block.sections {
                report.note(
                    "alert block \(block.night)/\(block.commitSeq): section \(section.name) has another number of rows",
                    unless: section.table.rowCount == rows)
            }
            return true
        }
        report.count("alert blocks", blocks)
    }

    // MARK: Publications, commits, counters

    private func checkPublications(_ report: inout CheckReport) throws(DependencyFault) {
        var total = 0
        for (name, topic) in state.topics.sorted(by: { $0.key < $1.key }) {
            var next = topic.earliest
            var bytes: Int64 = 0
            try view.scan(.publications, .prefix(KeyBytes.topicPrefix(name))) { (key, value) throws(DependencyFault) in
                let one = try EmbeddedDatabase.publication(key, value)
                report.note("topic \(name): offset \(one.offset) where \(next) is due", unless: one.offset == next)
                next = one.offset + 1
                bytes += Int64(value.count)
                total += 1
                return true
            }
            report.note("topic \(name) ends at \(next), not at \(topic.next)", unless: next == topic.next)
            report.note("topic \(name) has \(bytes) bytes, not \(topic.bytes)", unless: bytes == topic.bytes)
        }
        report.count("publications", total)
    }

    private func checkCommits(_ report: inout CheckReport) throws(DependencyFault) {
        var next: Int64 = 1
        var commits = 0
        var offsets: [InputPartition: Int64] = [:]
        try view.scan(.lineage, .all) { (key, value) throws(DependencyFault) in
            let first = [UInt8](key).bigEndianInteger(at: 0)
            let stored = try decoding("lineage of \(first)") { () throws(DamagedBytes) in try StoredLineage(value) }
            report.note("commit \(first) where \(next) is due", unless: first == next)
            next = first + Int64(stored.roundCount)
            commits += 1
            for advance in stored.advances {
                report.note(
                    "commit \(first) moves \(advance.partition.topic)/\(advance.partition.partition) from elsewhere",
                    unless: offsets[advance.partition] == advance.expectedNext)
                offsets[advance.partition] = advance.newNext
            }
            return true
        }
        report.note(
            "commits end at \(next - 1), not at \(state.lastCommitSeq)",
            unless: next == state.lastCommitSeq.rawValue + 1)
        report.note("the offsets are not those of the commits", unless: offsets == state.offsets)
        report.count("commits", commits)
    }

    private func checkCounters(_ database: EmbeddedDatabase, _ report: inout CheckReport) throws(DependencyFault) {
        var visit: VisitID?
        var values: [String: Int64] = [:]
        var visits = 0
        try database.scanCounters(view, .all) { (counter) throws(DependencyFault) in
            if counter.visit != visit {
                if let visit { check(visit, values, &report) }
                visit = counter.visit
                values.removeAll(keepingCapacity: true)
                visits += 1
            }
            values[counter.name] = counter.value
        }
        if let visit { check(visit, values, &report) }
        report.count("counters of visits", visits)
        try checkDeadLetters(database, &report)
    }

    /// The conservation sums of one visit.
    private func check(_ visit: VisitID, _ values: [String: Int64], _ report: inout CheckReport) {
        let value = { (name: String) in values[name] ?? 0 }
        report.note(
            "visit \(visit): received is not decoded + dead_lettered",
            unless: value("received") == value("decoded") + value("dead_lettered"))
        let committed = value("new") + value("revised")
        report.note(
            "visit \(visit): decoded is not new + revised + duplicate",
            unless: value("decoded") == committed + value("duplicate"))
        var filters: [Substring: Int64] = [:]
        for (name, amount) in values where name.hasPrefix("filter/") {
            let parts = name.split(separator: "/")
            let outcomes = ["passed", "rejected", "failed", "undetermined", "not_run"]
            if parts.count == 3, outcomes.contains(String(parts[2])) { filters[parts[1], default: 0] += amount }
        }
        for (name, amount) in values.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("filter/") && name.hasSuffix("/passed") {
            let filter = name.dropLast("/passed".utf8.count)
            report.note(
                "visit \(visit): \(filter) passed \(amount) alerts, which is not published + withheld - superseded",
                unless: amount + value("\(filter)/superseded") == value("\(filter)/published") + value("\(filter)/withheld"))
        }
        for (filter, sum) in filters.sorted(by: { $0.key < $1.key }) {
            report.note(
                "visit \(visit): filter \(filter) has \(sum) verdicts over \(committed) alerts",
                unless: sum <= committed)
        }
    }

    private func checkDeadLetters(_ database: EmbeddedDatabase, _ report: inout CheckReport) throws(DependencyFault) {
        var letters: Int64 = 0
        try database.scanDeadLetters(view, from: 0) { (letter) throws(DependencyFault) in
            report.note("dead letter \(letter.id) where \(letters) is due", unless: letter.id == letters)
            letters += 1
            return true
        }
        report.note(
            "dead letters end at \(letters), not at \(state.nextDeadLetter)", unless: letters == state.nextDeadLetter)
        report.count("dead letters", Int(letters))
    }
}

extension EmbeddedDatabase {
    /// Verifies every invariant, checksum and conservation sum. Questions and commits go on meanwhile.
    public func check() throws(DependencyFault) -> CheckReport {
        // State and snapshot of the same moment: no commit in between.
        let (state, view) = try reading { (_) throws(DependencyFault) in
            try writing.locked { () throws(DependencyFault) in (self.state.withLock { $0 }, try store.makeView()) }
        }
        let report = try gate.shared { () throws(DependencyFault) in
            Checker(view: interruptible(view), state: state, archive: archive).run(self)
        }
        // What an interrupted check says is no finding.
        if isInterrupted.load(ordering: .acquiring) { throw InterruptibleView.fault }
        return report
    }
}
