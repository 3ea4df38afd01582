import Core
import Glibc
import SolarSystem

@testable import Service

/// Detections near orbits for the tests: one visit each, a body at r = 2.5 au and Δ = 2 au.
enum FakeOrbits {
    /// 2006 TK6.
    static let body = SSObjectID(rawValue: 21_163_633_152_112_203)
    static let other = SSObjectID(rawValue: 21_163_633_152_112_204)

    struct Detection {
        var id: Int64
        var flux: Float = 1000
        var isPackets = false
        /// Orbits near it, nearest first: whose, and how far.
        var near: [(SSObjectID, arcsec: Double)] = []
        var visit: Int64?
        var ra = 150.1
        var dec = 2.2
        var time: Double?
        var object: Int64 = 0
        var priorDetections: Int32 = 0
        var reliability: Float = 0.9
        var status = MatchStatus.unmatched

        var visitID: VisitID { VisitID(rawValue: visit ?? 2_026_022_300_000 + id) }
        var midpoint: MJD { MJD(time ?? 61_095.2 + Double(id) / 1000) }
    }

    static func append(_ one: Detection, to table: ColumnTable) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch schema.name {
            case "diaSourceId": column.append(one.id)
            case "visit": column.append(one.visitID.rawValue)
            case "midpointMjdTai": column.append(one.midpoint.days)
            case "ra": column.append(one.ra)
            case "dec": column.append(one.dec)
            case "raErr", "decErr": column.append(Float(0.05 / 3600))
            case "ra_dec_Cov": column.append(Float(0))
            case "psfFlux": column.append(one.flux)
            case "psfFluxErr": column.append(Float(50))
            case "reliability": column.append(one.reliability)
            case "extendedness": column.append(Float(0.25))
            case "diaObjectId" where one.object != 0: column.append(one.object)
            case "band": column.append(table.arena.append("r"))
            default: column.appendMissing(.null)
            }
        }
        table.finishRow()
    }

    /// Stores detections as a commit would.
    static func store(_ detections: [Detection], in database: FakeDatabase) {
        var all = LightCurve()
        var packets = LightCurve()
        for one in detections {
            append(one, to: all.detections)
            all.detectionsKnownFrom.append(CommitSeq(rawValue: 3))
            if one.isPackets {
                append(one, to: packets.detections)
                packets.detectionsKnownFrom.append(CommitSeq(rawValue: 3))
            }
            let id = DiaSourceID(rawValue: one.id)
            let first = database.solar.table.rowCount
            for (orbit, arcsec) in one.near {
                appendCandidate(orbit, arcsec, one, to: database.solar.table)
                database.claims.append(
                    SolarClaim(
                        ssObjectId: orbit, visit: one.visitID, diaSourceId: id, separationArcsec: arcsec,
                        midpoint: one.midpoint))
            }
            guard !one.near.isEmpty else { continue }
            database.solar.sources.append(
                SolarSources.Source(
                    visit: one.visitID, diaSourceId: id, midpoint: one.midpoint, commitSeq: CommitSeq(rawValue: 3),
                    orbitSet: "0123456789abcdef", rows: first..<first + one.near.count))
        }
        database.curves[DiaObjectID(rawValue: 1)] = all
        if packets.detections.rowCount > 0 { database.bodies[body] = packets }
    }

    private static func appendCandidate(_ orbit: SSObjectID, _ arcsec: Double, _ one: Detection, to table: ColumnTable) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch schema.name {
            case "diaSourceId": column.append(one.id)
            case "ssObjectId": column.append(orbit.rawValue)
            case "designation": column.append(table.arena.append(orbit == body ? "2006 TK6" : "2006 TK7"))
            case "phaseAngle": column.append(Float(one.id))
            case "helioRange": column.append(Float(2.5))
            case "topoRange": column.append(Float(2))
            case "ephOffset": column.append(Float(arcsec))
            case "ephOffsetRa": column.append(arcsec)
            case "ephOffsetDec": column.append(0.0)
            case "ephVmag": column.append(Float(21.5))
            default: column.appendMissing(.null)
            }
        }
        table.finishRow()
    }

    /// The alerts of a night in writes of two.
    static func commit(_ detections: [Detection], night: Night, in database: FakeDatabase) {
        var writes: [CommittedAlerts] = []
        for start in stride(from: 0, to: detections.count, by: 2) {
            let batch = AlertBatch(capacity: 2)
            var alerts = CommittedAlerts(batch: batch, recordedAt: MJD(61_095.3))
            let sso = ColumnTable(schema: Tables.sso)
            for one in detections[start..<min(start + 2, detections.count)] {
                append(one, to: batch.source)
                for (schema, column) in zip(batch.object.schema.columns, batch.object.columns) {
                    if schema.name == "nDiaSources" {
                        column.append(one.priorDetections + 1)
                    } else {
                        column.appendMissing(.null)
                    }
                }
                batch.object.finishRow()
                batch.packetSSO.appendMissingRow(.null)
                for (schema, column) in zip(sso.schema.columns, sso.columns) {
                    if schema.name == "status" {
                        column.append(sso.arena.append(one.status.rawValue))
                    } else {
                        column.appendMissing(.null)
                    }
                }
                sso.finishRow()
                alerts.outcomes.append(
                    AlertOutcome(
                        kind: .new, diaSourceId: DiaSourceID(rawValue: one.id),
                        diaObjectId: DiaObjectID(rawValue: one.object),
                        ssObjectId: one.isPackets ? body : SSObjectID(rawValue: 0), home: Home(rawValue: 1),
                        midpoint: one.midpoint, visit: one.visitID, detector: 1, contentHash: 0, revision: 0, round: 0))
                alerts.isOutdated.append(false)
            }
            alerts.sso = sso
            alerts.write = CommitSeq(rawValue: Int64(start) + 1)
            writes.append(alerts)
        }
        database.nights[night] = writes
    }
}
