import Core
import Sky

/// Turns a plan into one store batch; owns the buffers that commits reuse.
final class CommitWriter {
    let batch = StoreBatch()
    private let blocks = AlertBlockWriter()
    private let packet = ByteWriter(capacity: 1 << 16)
    private let taken = ByteWriter(capacity: 1 << 10)
    /// Visit · detector pairs that are known to be in the table of visits: a cache, what is not in it is looked up.
    private var knownVisits = Set<VisitDetector>()

    private let recent: RecentPoints

    /// - Parameter recent: gets the points that are written.
    init(recent: RecentPoints) { self.recent = recent }

    /// After a failed write nothing is known of what it would have stored.
    func forget() {
        knownVisits.removeAll()
        recent.forget()
    }

    /// Writes everything of the plan but what needs stored values (counters, dead letters); `state` becomes the state after.
    func write(
        _ plan: CommitPlan, view: any StoreView, archive: Archive?, state: inout DatabaseState
    ) throws(DependencyFault) {
        batch.removeAll()
        writePoints(plan, family: state.forcedFamily(Night(plan.recordedAt)))
        writeRemovals(plan)
        try writeVisits(plan, view: view)
        writeObjects(plan, state: &state)
        try writeAlerts(plan, archive: archive)
        writeBlocks(plan)
        batch.key.append(big: plan.firstCommitSeq.rawValue)
        StoredLineage.write(plan, to: batch.value)
        batch.put(.lineage)
        writePublications(plan, state: &state)
        writeVerdicts(plan)
        try writeSolar(plan, view: view)
        try writeCounters(plan, view: view)
        try writeDeadLetters(plan, view: view, state: &state)
        writeProgress(plan, state: &state)
        try archive?.sync()
    }

    // MARK: Points

    private func writePoints(_ plan: CommitPlan, family: Family) {
        let triggers = RowWriter(plan.batch.source)
        let detections = RowWriter(plan.batch.detections.table)
        let forced = RowWriter(plan.batch.forced.table)
        // Histories ask for points of an object's newest month one by one, never for older ones.
        let newest = plan.outcomes.lazy.map(\.midpoint).max() ?? MJD(0)
        let remembered = MJD(newest.days - 31)
        for write in plan.points {
            let commitSeq = CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(write.round))
            let revision = write.isRevision || write.isMoved ? commitSeq : nil
            let key = write.point.key
            batch.value.append(zigzag: commitSeq.rawValue)
            if write.place == .forced {
                forced.write(Int(write.row), to: batch.value)
                if write.point.midpoint >= remembered {
                    recent.note(write.point, of: write.diaObjectId, batch.value.bytes)
                }
                KeyBytes.forced(
                    write.home, write.diaObjectId, visit: key.first, detector: key.second, revision: revision,
                    to: batch.key)
                batch.put(family)
            } else {
                (write.place == .trigger ? triggers : detections).write(Int(write.row), to: batch.value)
                if write.point.midpoint >= remembered {
                    recent.note(write.point, of: write.diaObjectId, batch.value.bytes)
                }
                KeyBytes.detection(
                    write.home, write.diaObjectId, midpoint: write.point.midpoint, DiaSourceID(rawValue: key.first),
                    revision: revision, to: batch.key)
                batch.put(.detections)
            }
            if write.place == .trigger && !write.ssObjectId.isNone { writeSolarIndex(write) }
            if write.isMoved || (write.place == .detection && !write.isRevision) {
                writePlace(of: key.first, write.home, write.diaObjectId, write.point.midpoint)
            }
        }
        for one in plan.places {
            writePlace(of: one.diaSourceId.rawValue, one.place.home, one.place.diaObjectId, one.place.midpoint)
        }
    }

    /// diaSourceId → home · diaObjectId · midpoint, where the index of alerts does not tell.
    private func writePlace(of diaSourceId: Int64, _ home: Home, _ object: DiaObjectID, _ midpoint: MJD) {
        batch.key.append(big: diaSourceId)
        KeyBytes.object(home, object, to: batch.value)
        batch.value.append(double: midpoint.days)
        batch.put(.places)
    }

    /// A row of a commit number alone hides the detection from that commit on.
    private func writeRemovals(_ plan: CommitPlan) {
        for removal in plan.removals {
            let commitSeq = CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(removal.round))
            batch.value.append(zigzag: commitSeq.rawValue)
            KeyBytes.detection(
                removal.home, removal.diaObjectId, midpoint: removal.midpoint, removal.diaSourceId, revision: commitSeq,
                to: batch.key)
            batch.put(.detections)
        }
    }

    /// ssObjectId · midpoint · diaSourceId → home · diaObjectId: the rest of the detection's key.
    private func writeSolarIndex(_ write: PointWrite) {
        batch.key.append(big: write.ssObjectId.rawValue)
        batch.key.append(ordered: write.point.midpoint.days)
        batch.key.append(big: write.point.key.first)
        KeyBytes.object(write.home, write.diaObjectId, to: batch.value)
        batch.put(.ssIndex)
    }

    // MARK: Visits

    private func writeVisits(_ plan: CommitPlan, view: any StoreView) throws(DependencyFault) {
        if knownVisits.count > 500_000 { knownVisits.removeAll() }
        var fresh: [VisitExposure] = []
        let tables = [plan.batch.source, plan.batch.detections.table, plan.batch.forced.table].map(VisitColumns.init)
        // In order of arrival: of two contents of an exposure the first stays.
        for point in plan.points {
            let columns = tables[Int(point.place.rawValue)]
            guard let key = columns.key(Int(point.row)), knownVisits.insert(key).inserted,
                let exposure = columns.exposure(Int(point.row))
            else { continue }
            fresh.append(exposure)
        }
        guard !fresh.isEmpty else { return }
        var keys = KeyList()
        for visit in fresh {
            visit.writeKey(to: keys.buffer)
            keys.finishKey()
        }
        try view.multiGet(.visits, keys) { (index, value) throws(DependencyFault) in
            guard value == nil else { return }
            fresh[index].writeKey(to: batch.key)
            fresh[index].writeValue(to: batch.value)
            batch.put(.visits)
        }
    }

    // MARK: Objects

    private func writeObjects(_ plan: CommitPlan, state: inout DatabaseState) {
        let rows = RowWriter(plan.batch.object)
        var drift = state.largestDriftArcsec
        for write in plan.objects {
            let record = write.record
            batch.key.append(big: record.diaObjectId.rawValue)
            ObjectRecordCodec.write(record, to: batch.value)
            batch.put(.directory)
            drift = max(drift, record.driftArcsec)
            guard write.packetRow >= 0, plan.batch.object.isPresent(Int(write.packetRow)) else {
                if record.firstKnown >= plan.firstCommitSeq { writePlace(record) }
                continue
            }
            KeyBytes.object(record.home, record.diaObjectId, to: batch.key)
            rows.write(Int(write.packetRow), to: batch.value)
            batch.put(.objects)
        }
        if drift > state.largestDriftArcsec {
            state.largestDriftArcsec = drift
            batch.key.append(byte: MetaKey.largestDrift)
            batch.value.append(double: drift)
            batch.put(.meta)
        }
    }

    /// An object that no packet described yet: its key alone, for cones.
    private func writePlace(_ record: ObjectRecord) {
        KeyBytes.object(record.home, record.diaObjectId, to: batch.key)
        batch.put(.objects)
    }

    // MARK: Alerts

    private func writeAlerts(_ plan: CommitPlan, archive: Archive?) throws(DependencyFault) {
        let cutoutColumns = ["cutoutDifference", "cutoutScience", "cutoutTemplate"].map { plan.batch.packet.column($0) }
        for (row, outcome) in plan.outcomes.enumerated() where outcome.kind != .duplicate {
            let origin = plan.batch.origins[row]
            var entry = StoredAlertEntry(
                known: KnownAlert(
                    contentHash: outcome.contentHash, revision: outcome.revision, diaObjectId: outcome.diaObjectId,
                    ssObjectId: outcome.ssObjectId, home: outcome.home, midpoint: outcome.midpoint,
                    commitSeq: CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(outcome.round))),
                night: Night(visit: outcome.visit), origin: plan.batch.partitions[Int(origin.partition)],
                offset: origin.offset, writerSchemaID: plan.batch.writerSchemaIDs[row], packet: nil, cutouts: nil)
            if let archive {
                let cutouts = cutoutColumns.compactMap { $0.reference(row) }
                try archiveMessage(plan.batch, row, cutouts, archive, &entry)
            }
            batch.key.append(big: outcome.diaSourceId.rawValue)
            entry.write(to: batch.value)
            batch.put(.alerts)
        }
    }

    private func archiveMessage(
        _ alerts: AlertBatch, _ row: Int, _ cutouts: [ByteReference], _ archive: Archive,
        _ entry: inout StoredAlertEntry
    ) throws(DependencyFault) {
        packet.removeAll()
        taken.removeAll()
        let message = alerts.messages[row]
        let isSplit =
            !cutouts.isEmpty
            && PacketParts.split(message, cutouts: cutouts, arena: alerts.arena, packet: packet, taken: taken)
        guard isSplit else {
            entry.packet = try archive.append(alerts.arena.bytes(message), to: .packets)
            return
        }
        entry.packet = try archive.append(packet.bytes, to: .packets)
        if archive.options.keepsCutouts { entry.cutouts = try archive.append(taken.bytes, to: .cutouts) }
    }

    /// One alert block a night of observation in the batch.
    private func writeBlocks(_ plan: CommitPlan) {
        var nights: [Int32: [Int]] = [:]
        for (row, outcome) in plan.outcomes.enumerated() {
            nights[Night(visit: outcome.visit).dayObs, default: []].append(row)
        }
        for night in nights.keys.sorted() {
            batch.key.append(big: night)
            batch.key.append(big: plan.firstCommitSeq.rawValue)
            blocks.write(plan, rows: nights[night]!, to: batch.value)
            batch.put(.alertBlocks)
        }
    }

    // MARK: Publications

    private func writePublications(_ plan: CommitPlan, state: inout DatabaseState) {
        guard !plan.publications.isEmpty else { return }
        let hour = Int32((plan.recordedAt.days * 24).rounded(.down))
        var touched: [String: DatabaseState.Topic] = [:]
        for write in plan.publications {
            var topic = touched[write.topic] ?? state.topics[write.topic] ?? DatabaseState.Topic()
            // Hours never run back inside a topic, or its keys would leave the order of offsets.
            let ownHour = max(hour, topic.lastHour)
            if topic.next == 0 || ownHour > topic.lastHour {
                topic.lastHour = ownHour
                KeyBytes.topic(write.topic, to: batch.key)
                batch.key.append(big: topic.next)
                batch.value.append(little: ownHour)
                batch.put(.publicationHours)
            }
            KeyBytes.topic(write.topic, to: batch.key)
            batch.key.append(big: ownHour)
            batch.key.append(big: topic.next)
            let commitSeq = CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(write.round))
            PublicationCodec.write(write, commitSeq: commitSeq, recordedAt: plan.recordedAt, to: batch.value)
            topic.bytes += Int64(batch.value.count)
            batch.put(.publications)
            if !write.diaSourceId.isNone {
                LastPublicationCodec.writeKey(write.topic, write.diaSourceId, to: batch.key)
                let last = LastPublication(
                    offset: topic.next, kind: write.kind, filterVersion: write.schemaVersion, revision: write.revision)
                LastPublicationCodec.write(last, to: batch.value)
                batch.put(.lastPublications)
            }
            topic.next += 1
            touched[write.topic] = topic
        }
        for name in touched.keys.sorted() {
            let topic = touched[name]!
            state.topics[name] = topic
            MetaKey.named(MetaKey.topic, name, to: batch.key)
            topic.write(to: batch.value)
            batch.put(.meta)
        }
    }
}
