import Core

extension Checker {
    /// Candidates and claims: each candidate makes one claim, with the same distance and time, and there are no others; which
    /// visits are pending; changes of known alerts.
    func checkSolar(_ report: inout CheckReport) throws(DependencyFault) {
        let candidates = try checkSources(&report)
        var claims = 0
        try view.scan(.solarClaims, .all) { (key, value) throws(DependencyFault) in
            _ = try decoding("claim on an orbit") { () throws(DamagedBytes) in try SolarCodec.readClaim(key, value) }
            claims += 1
            return true
        }
        report.note(
            "\(claims) claims on orbits are stored, \(candidates) orbits are near detections", unless: claims == candidates)
        report.count("claims on orbits", claims)
        try checkListed(&report)
        try checkChanges(&report)
    }

    /// Answers how many candidates there are.
    private func checkSources(_ report: inout CheckReport) throws(DependencyFault) -> Int {
        var (count, candidates) = (0, 0)
        try view.scan(.solarSources, .all) { (key, value) throws(DependencyFault) in
            report.attempt("orbits near a detection") { (report) throws(DependencyFault) in
                var sources = SolarSources()
                try decoding("orbits near a detection") { () throws(DamagedBytes) in
                    let (visit, id) = try SolarCodec.readSourceKey(key)
                    try SolarCodec.readSource(visit, id, value, into: &sources)
                }
                candidates += sources.table.rowCount
                if sources.table.rowCount > 0 { count += 1 }
                try check(sources.sources[0], SolarCandidateColumns(sources.table), &report)
            }
            return true
        }
        report.count("detections near orbits", count)
        return candidates
    }

    private func check(
        _ source: SolarSources.Source, _ columns: SolarCandidateColumns, _ report: inout CheckReport
    ) throws(DependencyFault) {
        let id = source.diaSourceId
        report.note(
            "orbits near detection \(id) are newer than the last commit", unless: source.commitSeq <= state.lastCommitSeq)
        // What was associated before a revision moved it to another visit makes no claims any more.
        try checkIsKnown(id, source.rows.isEmpty ? nil : source.visit, &report)
        var keys = KeyList()
        var expected: [SolarClaim] = []
        for row in source.rows {
            let claim = SolarClaim(
                ssObjectId: columns.orbit(row), visit: source.visit, diaSourceId: id,
                separationArcsec: columns.separationArcsec(row), midpoint: source.midpoint)
            report.note(
                "orbit \(claim.ssObjectId) is twice near detection \(id)",
                unless: !expected.contains { $0.ssObjectId == claim.ssObjectId })
            expected.append(claim)
            SolarCodec.writeClaimKey(claim.ssObjectId, claim.visit, id, to: keys.buffer)
            keys.finishKey()
        }
        try view.multiGet(.solarClaims, keys) { (index, value) throws(DependencyFault) in
            let found = try value.map { (bytes) throws(DependencyFault) in
                try decoding("claim of detection \(id)") { () throws(DamagedBytes) in
                    try SolarCodec.readClaim(keys[index], bytes)
                }
            }
            report.note(
                "detection \(id) of visit \(source.visit) does not claim orbit \(expected[index].ssObjectId) as it should",
                unless: found == expected[index])
        }
    }

    private func checkIsKnown(
        _ id: DiaSourceID, _ visit: VisitID?, _ report: inout CheckReport
    ) throws(DependencyFault) {
        let key = ByteWriter()
        key.append(big: id.rawValue)
        var isKnown = false
        try view.get(.alerts, key.bytes) { (value) throws(DependencyFault) in
            guard let value else { return }
            let entry = try decoding("alert \(id)") { () throws(DamagedBytes) in try StoredAlertEntry(value) }
            isKnown = visit.map { entry.night == Night(visit: $0) } ?? true
        }
        report.note("\(id), which was compared with orbits, is no alert of its night", unless: isKnown)
    }

    /// The state of each visit, and that exactly the open ones and those with unknown alerts are listed.
    private func checkListed(_ report: inout CheckReport) throws(DependencyFault) {
        var (count, unknown) = (0, 0)
        var open: [VisitID] = []
        try view.scan(.solarVisits, .prefix([SolarCodec.visitPrefix])) { (key, value) throws(DependencyFault) in
            let visit = try decoding("visit") { () throws(DamagedBytes) in
                try SolarCodec.readVisit(SolarCodec.readVisitKey(key), value)
            }
            count += 1
            report.note(
                "visit \(visit.visit) has \(visit.unknown) unknown alerts of \(visit.alerts)",
                unless: visit.unknown >= 0 && visit.unknown <= visit.alerts)
            if visit.isOpen { open.append(visit.visit) }
            if visit.unknown > 0 { unknown += 1 }
            let isListed = try isListed(visit.visit, SolarCodec.unknownPrefix)
            report.note(
                "visit \(visit.visit) is wrongly among those with unknown alerts, or not",
                unless: isListed == (visit.unknown > 0))
            return true
        }
        let listedOpen = try EmbeddedDatabase.openVisits(view)
        report.note("the visits that are listed as open are not those that are", unless: listedOpen == open)
        var listed = 0
        try view.scan(.solarVisits, .prefix([SolarCodec.unknownPrefix])) { (_, _) throws(DependencyFault) in
            listed += 1
            return true
        }
        report.note("\(listed) visits are listed for unknown alerts, \(unknown) have some", unless: listed == unknown)
        report.count("visits associated with orbits", count)
    }

    private func isListed(_ visit: VisitID, _ prefix: UInt8) throws(DependencyFault) -> Bool {
        let key = ByteWriter()
        SolarCodec.writeVisitKey(prefix, visit, to: key)
        var isThere = false
        try view.get(.solarVisits, key.bytes) { (value) throws(DependencyFault) in isThere = value != nil }
        return isThere
    }

    private func checkChanges(_ report: inout CheckReport) throws(DependencyFault) {
        var count = 0
        try view.scan(.solarChanges, .all) { (key, value) throws(DependencyFault) in
            let change = try decoding("change of attribution") { () throws(DamagedBytes) in
                try SolarCodec.readChange(key, value)
            }
            count += 1
            report.note(
                "detection \(change.diaSourceId) was attributed anew in commit \(change.commitSeq), after the last one",
                unless: change.commitSeq <= state.lastCommitSeq)
            try checkIsKnown(change.diaSourceId, nil, &report)
            return true
        }
        report.count("changes of attribution", count)
    }
}
