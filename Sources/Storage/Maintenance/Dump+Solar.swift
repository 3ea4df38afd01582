import Core

extension Dump {
    /// What is known of orbits near detections.
    func writeSolar() throws(DependencyFault) {
        try view.scan(.solarSources, .all) { (key, value) throws(DependencyFault) in
            var sources = SolarSources()
            try decoding("orbits near a detection") { () throws(DamagedBytes) in
                let (visit, id) = try SolarCodec.readSourceKey(key)
                try SolarCodec.readSource(visit, id, value, into: &sources)
            }
            let one = sources.sources[0]
            var hashes: [UInt64] = []
            ContentHash.appendHashes(of: sources.table, into: &hashes)
            try line(
                "solar", "\(one.visit) \(one.diaSourceId)", "\(one.midpoint.days)", "\"\(one.orbitSet)\"",
                hashes.map(Dump.hex).joined(separator: " "))
            return true
        }
        try view.scan(.solarClaims, .all) { (key, value) throws(DependencyFault) in
            let one = try decoding("claim on an orbit") { () throws(DamagedBytes) in try SolarCodec.readClaim(key, value) }
            try line(
                "claim", "\(one.ssObjectId) \(one.visit) \(one.diaSourceId)", "\(one.separationArcsec) \(one.midpoint.days)")
            return true
        }
        try view.scan(.solarVisits, .prefix([SolarCodec.visitPrefix])) { (key, value) throws(DependencyFault) in
            let one = try decoding("visit") { () throws(DamagedBytes) in
                try SolarCodec.readVisit(SolarCodec.readVisitKey(key), value)
            }
            try line("solarvisit", "\(one.visit)", one.isOpen ? "open" : "closed", "\(one.alerts) \(one.unknown)")
            return true
        }
        try view.scan(.solarChanges, .all) { (key, value) throws(DependencyFault) in
            let one = try decoding("change of attribution") { () throws(DamagedBytes) in
                try SolarCodec.readChange(key, value)
            }
            try line(
                "solarchange", "\(one.visit) \(one.diaSourceId)", "\"\(one.orbitSet)\"", "\(one.before) \(one.after)",
                one.wasUnknown ? "unknown" : "known")
            return true
        }
    }
}
