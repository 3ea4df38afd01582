import Core

// Who is near which orbit, as stored.
extension EmbeddedDatabase {
    public func solarSources(of visit: VisitID) throws(DependencyFault) -> SolarSources {
        try reading { (view) throws(DependencyFault) in
            var sources = SolarSources()
            let prefix = ByteWriter()
            prefix.append(big: visit.rawValue)
            try view.scan(.solarSources, .prefix(prefix.array)) { (key, value) throws(DependencyFault) in
                try decoding("orbits near detections of visit \(visit)") { () throws(DamagedBytes) in
                    let (visit, id) = try SolarCodec.readSourceKey(key)
                    try SolarCodec.readSource(visit, id, value, into: &sources)
                }
                return true
            }
            return sources
        }
    }

    public func solarSources(
        of detections: [(visit: VisitID, diaSourceId: DiaSourceID)]
    ) throws(DependencyFault) -> SolarSources {
        try reading { (view) throws(DependencyFault) in try solarSources(of: detections, view) }
    }

    func solarSources(
        of detections: [(visit: VisitID, diaSourceId: DiaSourceID)], _ view: any StoreView
    ) throws(DependencyFault) -> SolarSources {
        var sources = SolarSources()
        var keys = KeyList()
        for one in detections {
            SolarCodec.writeSourceKey(one.visit, one.diaSourceId, to: keys.buffer)
            keys.finishKey()
        }
        try view.multiGet(.solarSources, keys) { (index, value) throws(DependencyFault) in
            guard let value else { return }
            let one = detections[index]
            try decoding("orbits near detection \(one.diaSourceId)") { () throws(DamagedBytes) in
                try SolarCodec.readSource(one.visit, one.diaSourceId, value, into: &sources)
            }
        }
        return sources
    }

    public func solarClaims(
        on orbits: [SSObjectID], start: VisitID?, stop: VisitID?
    ) throws(DependencyFault) -> [SolarClaim] {
        try reading { (view) throws(DependencyFault) in
            var claims: [SolarClaim] = []
            for orbit in Set(orbits).sorted() {
                try view.scan(.solarClaims, EmbeddedDatabase.range(orbit, start, stop)) {
                    (key, value) throws(DependencyFault) in
                    claims.append(
                        try decoding("claim on orbit \(orbit)") { () throws(DamagedBytes) in
                            try SolarCodec.readClaim(key, value)
                        })
                    return true
                }
            }
            claims.sort { left, right in
                let (a, b) = ((left.visit, left.ssObjectId), (right.visit, right.ssObjectId))
                return a == b ? left.precedes(right) : a < b
            }
            return claims
        }
    }

    private static func range(_ orbit: SSObjectID, _ start: VisitID?, _ stop: VisitID?) -> KeyRange {
        let key = ByteWriter()
        key.append(big: orbit.rawValue)
        var range = KeyRange.prefix(key.array, staysInPrefix: true)
        if let start {
            key.append(big: start.rawValue)
            range.from = key.array
        }
        if let stop {
            key.truncate(to: 8)
            key.append(big: stop.rawValue)
            range.to = key.array
        }
        return range
    }

    public func solarVisit(_ visit: VisitID) throws(DependencyFault) -> SolarVisit? {
        try reading { (view) throws(DependencyFault) in try EmbeddedDatabase.solarVisits([visit], view).first }
    }

    public func openSolarVisits() throws(DependencyFault) -> [SolarVisit] {
        try reading { (view) throws(DependencyFault) in
            try EmbeddedDatabase.solarVisits(EmbeddedDatabase.openVisits(view), view)
        }
    }

    static func openVisits(_ view: any StoreView) throws(DependencyFault) -> [VisitID] {
        var visits: [VisitID] = []
        try view.get(.solarVisits, [SolarCodec.openKey]) { (value) throws(DependencyFault) in
            guard let value else { return }
            visits = try decoding("open visits") { () throws(DamagedBytes) in try SolarCodec.readOpen(value) }
        }
        return visits
    }

    public func unknownSolarVisits(since night: Night?) throws(DependencyFault) -> [SolarVisit] {
        try reading { (view) throws(DependencyFault) in
            var range = KeyRange.prefix([SolarCodec.unknownPrefix])
            if let night {
                let from = ByteWriter()
                SolarCodec.writeVisitKey(
                    SolarCodec.unknownPrefix, VisitID(rawValue: Int64(night.dayObs) * 100_000), to: from)
                range.from = from.array
            }
            var listed: [VisitID] = []
            try view.scan(.solarVisits, range) { (key, _) throws(DependencyFault) in
                listed.append(
                    try decoding("listed visit") { () throws(DamagedBytes) in try SolarCodec.readVisitKey(key) })
                return true
            }
            return try EmbeddedDatabase.solarVisits(listed, view)
        }
    }

    static func solarVisits(
        _ ids: [VisitID], _ view: any StoreView
    ) throws(DependencyFault) -> [SolarVisit] {
        var keys = KeyList()
        for id in ids {
            SolarCodec.writeVisitKey(SolarCodec.visitPrefix, id, to: keys.buffer)
            keys.finishKey()
        }
        var visits: [SolarVisit] = []
        try view.multiGet(.solarVisits, keys) { (index, value) throws(DependencyFault) in
            guard let value else { return }
            visits.append(
                try decoding("visit \(ids[index])") { () throws(DamagedBytes) in
                    try SolarCodec.readVisit(ids[index], value)
                })
        }
        return visits
    }

    public func solarChanges(night: Night) throws(DependencyFault) -> [SolarChange] {
        try reading { (view) throws(DependencyFault) in try solarChanges(night: night, view) }
    }

    func solarChanges(night: Night, _ view: any StoreView) throws(DependencyFault) -> [SolarChange] {
        var changes: [SolarChange] = []
        let prefix = ByteWriter()
        prefix.append(big: night.dayObs)
        try view.scan(.solarChanges, .prefix(prefix.array)) { (key, value) throws(DependencyFault) in
            changes.append(
                try decoding("change of attribution in night \(night)") { () throws(DamagedBytes) in
                    try SolarCodec.readChange(key, value)
                })
            return true
        }
        return changes
    }
}
