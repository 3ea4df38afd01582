import Core
import SolarSystem
import Testing

@Suite struct OrbitHarvestTests {
    private let table = ColumnTable(schema: Tables.mpcOrbits)

    /// Their alerts, all of one time.
    private func sources(of table: ColumnTable? = nil, _ midpointMjdTai: Double = 61_210) -> ColumnTable {
        let sources = ColumnTable(schema: Tables.diaSource)
        for _ in 0..<(table ?? self.table).rowCount {
            for (index, column) in sources.schema.columns.enumerated() {
                if column.name == "midpointMjdTai" {
                    sources.columns[index].append(midpointMjdTai)
                } else {
                    sources.columns[index].appendMissing(.null)
                }
            }
            sources.finishRow()
        }
        return sources
    }

    /// One record of a far epoch must not win over all that come after it.
    @Test func epochsThatAreNotOfTheAlertsTimeAreBadRecords() throws {
        append("K06T06K", "2006 TK6", q: 9, epoch: 70_000)
        append("K06T06K", "2006 TK6", q: 8, epoch: 61_411)
        append("K06T06K", "2006 TK6", q: 7, epoch: 20_000)
        append("K06T06K", "2006 TK6", q: 2.2, epoch: 61_200)
        var harvest = OrbitHarvest()
        harvest.add(table, sources: sources())
        #expect(harvest.records == 4 && harvest.badRecords == 3 && harvest.bodies == 1)
        #expect(harvest.firstBad.first?.contains("2006 TK6: the epoch MJD 70000.0 is more than 200 days ahead") == true)
        #expect(harvest.firstBad.last?.contains("more than a century before its alert") == true)
        // One that was taken into the set in use before gives way, too.
        var builder = OrbitSetBuilder()
        let poison = CometaryElements(
            qAu: 9, eccentricity: 0.1, inclinationDeg: 5, nodeDeg: 50, argPeriDeg: 60, timeOfPerihelionMjdTT: 60_900,
            epochMjdTT: 120_000)
        #expect(builder.add(name: "2006 TK6", elements: poison) == nil)
        let scratch = OrbitScratch()
        _ = try scratch.store.publish(builder)
        #expect(try harvest.publish(to: scratch.store)?.orbits == 1)
        let set = try scratch.set()
        #expect(set.elements(0).qAu == 2.2)
    }

    private func append(
        _ packed: String, _ plain: String, q: Double, epoch: Double, fit: String? = nil, fitted: Int64? = nil, changed: Int64? = nil
    ) {
        for (index, column) in table.schema.columns.enumerated() {
            let cell = table.columns[index]
            let number: Double? =
                ["q": q, "e": 0.1, "i": 5, "node": 50, "argperi": 60, "peri_time": 60_900, "epoch_mjd": epoch, "h": 18][
                    column.name]
            let text: String? =
                [
                    "packed_primary_provisional_designation": packed,
                    "unpacked_primary_provisional_designation": plain, "designation": plain, "mpc_orb_jsonb": fit ?? "",
                ][column.name].flatMap { $0.isEmpty ? nil : $0 }
            if let stamp = ["fitting_datetime": fitted, "updated_at": changed][column.name] ?? nil {
                cell.append(stamp)
            } else if let number {
                cell.append(number)
            } else if let text {
                cell.append(table.arena.append(text))
            } else {
                // As the alerts have it: a and the mean anomaly are NaN for half of the bodies.
                if column.type == .float64 { cell.append(Double.nan) } else { cell.appendMissing(.null) }
            }
        }
        table.finishRow()
    }

    private static let covariance = (0..<6).flatMap { row in
        (row..<6).map { "\"cov\(row)\($0)\":\(row == $0 ? 1e-12 : 0)" }
    }.joined(separator: ",")
    private static let fit = "{\"CAR\":{\"covariance\":{\(covariance)}},\"designation_data\":{\"permid\":\"620010\"}}"

    @Test func theNewestEpochOfEachBodyJoinsTheNextSet() throws {
        append("K06T06K", "2006 TK6", q: 2.0, epoch: 61_000)
        table.appendMissingRow(.null)
        append("K06T06K", "2006 TK6", q: 2.2, epoch: 61_200)
        append("K06T06K", "2006 TK6", q: 2.1, epoch: 61_100)
        append("K01Q77B", "2001 QB77", q: 2.5, epoch: 61_000, fit: Self.fit)
        append("S/2019S22", "S/2019 S 22", q: 9, epoch: 61_000)
        append("K26A00A", "2026 AA", q: -1, epoch: 61_000)
        var harvest = OrbitHarvest()
        harvest.add(table, sources: sources())
        #expect(harvest.records == 6 && harvest.bodies == 2 && harvest.badRecords == 1)
        #expect(harvest.firstBad.first?.contains("2026 AA: the perihelion distance") == true)

        let scratch = OrbitScratch()
        let known = """
            designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt
            2006 TK6,3.0,0.1,5,50,60,60900,61150
            620010,3.5,0.1,5,50,60,60900,61400
            433,1.1,0.2,5,50,60,60900,61000
            """
        let before = try scratch.imports(scratch.file("known", known)).version
        let published = try #require(try harvest.publish(to: scratch.store))
        #expect(published.orbits == 3 && published.duplicates == 3 && published.version != before)
        let set = try scratch.set()
        #expect(set.qAu[try #require(set.row(named: "2006 TK6"))] == 2.2)
        // The set's own orbit is newer; the alert says what else the body is called.
        let numbered = try #require(set.row(named: "2001 QB77"))
        #expect(set.qAu[numbered] == 3.5 && set.designation(numbered) == "620010")
        #expect(set.ssObjectId(numbered) == SSObjectID(packed: "K01Q77B"))
        #expect(set.row(named: "433") != nil)
        // Nothing harvested, nothing made.
        #expect(try OrbitHarvest().publish(to: scratch.store) == nil)
        #expect(scratch.store.currentVersion() == published.version)
    }

    /// What stays of two records of one epoch, the second of a given commit.
    private func staying(_ stamps: [(fitted: Int64?, changed: Int64?)], commit: Int64 = 8) throws -> Double {
        let scratch = OrbitScratch()
        var harvest = OrbitHarvest()
        for (place, stamp) in stamps.enumerated() {
            let one = OrbitHarvestTests()
            one.append(
                "K06T06K", "2006 TK6", q: Double(place + 1), epoch: 61_000, fitted: stamp.fitted, changed: stamp.changed)
            harvest.add(one.table, sources: sources(of: one.table), commitSeq: CommitSeq(rawValue: place == 0 ? 7 : commit))
        }
        _ = try harvest.publish(to: scratch.store)
        return try scratch.set().elements(0).qAu
    }

    @Test func atOneEpochTheLaterFitStaysElseTheLaterCommit() throws {
        #expect(try staying([(5, nil), (6, nil)]) == 2 && staying([(6, nil), (5, nil)]) == 1)
        #expect(try staying([(5, 9), (6, 8)]) == 2 && staying([(6, 8), (5, 9)]) == 1)
        #expect(try staying([(5, 1), (5, 2)]) == 2 && staying([(nil, 2), (5, 1)]) == 1)
        #expect(try staying([(nil, nil), (nil, nil)]) == 2 && staying([(9, nil), (nil, nil)]) == 2)
        #expect(try staying([(nil, nil), (nil, nil)], commit: 6) == 1)
    }

    @Test func atOneEpochTheSetInUseStays() throws {
        append("K06T06K", "2006 TK6", q: 2.2, epoch: 61_150, fitted: 9)
        var harvest = OrbitHarvest()
        harvest.add(table, sources: sources())
        let scratch = OrbitScratch()
        let known = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt\n2006 TK6,3.0,0.1,5,50,60,60900,61150\n"
        _ = try scratch.imports(scratch.file("known", known))
        #expect(try harvest.publish(to: scratch.store)?.orbits == 1)
        #expect(try scratch.set().elements(0).qAu == 3)
    }

    @Test func formerDesignationsStayWhenANewerRecordComes() throws {
        let scratch = OrbitScratch()
        let older = """
            [{"H":10.4,"G":0.15,"Number":"(620010)","Principal_desig":"2001 QB77","Other_desigs":["1956 PC"],"Epoch":2460000.5,
              "M":310.5,"Peri":178.9,"Node":304.3,"i":10.8,"e":0.2227,"a":1.4581}]
            """
        _ = try scratch.imports(scratch.file("older.json", older), strict: true)
        #expect(try scratch.set().row(named: "1956 PC") == 0)
        append("K01Q77B", "2001 QB77", q: 2.5, epoch: 61_000)
        var harvest = OrbitHarvest()
        harvest.add(table, sources: sources())
        #expect(try harvest.publish(to: scratch.store)?.orbits == 1)
        for name in ["1956 PC", "2001 QB77", "620010"] { #expect(try scratch.set().row(named: name) == 0, "\(name)") }
        #expect(try scratch.set().elements(0).qAu == 2.5)
    }

    @Test func aHarvestAloneMakesASetWithCovariance() throws {
        append("K01Q77B", "2001 QB77", q: 2.5, epoch: 61_000, fit: Self.fit)
        var harvest = OrbitHarvest()
        harvest.add(table, sources: sources())
        harvest.add(table, sources: sources())
        let scratch = OrbitScratch()
        #expect(try harvest.publish(to: scratch.store)?.orbits == 1)
        let set = try scratch.set()
        #expect(set.covariance(0)?[3, 3] == 1e-12 && set.designation(0) == "620010")
        let inUse = OrbitSetInUse(store: scratch.store)
        #expect(inUse.versionID == set.versionID && !inUse.refresh())
        _ = try scratch.imports(scratch.file("f", OrbitText.ceres))
        #expect(inUse.refresh() && inUse.current?.row(named: "Ceres") == 0)
        #expect(set.designation(0) == "620010")
    }
}
