import Core
import Sky
import Testing

@testable import Storage

/// Loading whole light curves past the commit gives what commits and folds give.
@Suite struct CurveLoadTests {
    private static func append(_ object: Int64, _ visit: Int64, _ midpoint: Double, to table: ColumnTable) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch schema.type {
            case .int64: column.append(["diaObjectId": object, "visit": visit][schema.name] ?? (visit &* 7 &+ object))
            case .int32: column.append(Int32(visit % 189))
            case .float32: column.append(Float(visit % 1000) * 1.5)
            case .float64: column.append(schema.name == "midpointMjdTai" ? midpoint : .nan)
            default: column.append(table.arena.append("r"))
            }
        }
        table.finishRow()
    }

    @Test(arguments: Engine.allCases) func loadedCurvesAreWhole(engine: Engine) throws {
        let test = try TestDatabase(engine)
        var new = NewCurves()
        // Over the end of a year.
        let places = [(3, 10.0, -30.0), (4, 200.0, 5.0), (5, 359.9, 60.0)].sorted {
            HEALPix.index(raDegrees: $0.1, decDegrees: $0.2) < HEALPix.index(raDegrees: $1.1, decDegrees: $1.2)
        }
        for (object, ra, dec) in places {
            let first = new.points.rowCount
            for visit in 0..<40 {
                Self.append(Int64(object), 2026_00_00000 + Int64(visit), 61_390 + Double(visit), to: new.points)
            }
            new.curves.append(
                NewCurves.Curve(
                    diaObjectId: DiaObjectID(rawValue: Int64(object)), ra: ra, dec: dec,
                    rows: first..<new.points.rowCount))
        }
        let report = try test.database.load(new, lineage: Lineage(software: "test"), recordedAt: MJD(61_500))
        #expect(report.points == 120 && report.blocks == 6 && report.bytes > 0)
        #expect(try test.database.lastCommitSeq() == CommitSeq(rawValue: 1))
        let check = try test.database.check()
        #expect(check.isSound, "\(check.problems)")
        for curve in new.curves {
            let read = try #require(try test.database.lightCurve(LightCurveQuery(.diaObject(curve.diaObjectId))))
            #expect(read.forced.rowCount == 40 && read.detections.rowCount == 0)
            #expect(read.forcedKnownFrom.allSatisfy { $0 == CommitSeq(rawValue: 1) })
            var expected: [UInt64] = []
            var found: [UInt64] = []
            ContentHash.appendHashes(of: new.points, into: &expected)
            ContentHash.appendHashes(of: read.forced, into: &found)
            #expect(found == Array(expected[curve.rows]))
        }
        let hits = try test.database.cone(ConeQuery(raDegrees: 200, decDegrees: 5, radiusArcsec: 1, limit: 10))
        #expect(hits.map(\.record.diaObjectId.rawValue) == [4])
    }
}
