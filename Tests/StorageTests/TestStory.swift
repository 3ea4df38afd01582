import Core

/// A made-up season: objects seen again and again, packets that repeat history, late forced points, revisions,
/// withdrawals, duplicates and Solar System alerts.
struct TestStory {
    private var maker: AlertMaker
    private var objects: [(id: Int64, ra: Double, dec: Double, detections: [AlertMaker.Record], forced: [AlertMaker.Record])] = []
    private(set) var alerts: [TestAlert] = []
    private var nextId: Int64 = 1000

    init(seed: UInt64, objects count: Int, visits: Int) {
        maker = AlertMaker(seed: seed)
        for index in 0..<count {
            let ra = maker.random.uniform() * 360
            objects.append((Int64(index + 1) * 7, ra, maker.random.uniform() * 120 - 60, [], []))
        }
        for visit in 0..<visits { addVisit(visit) }
    }

    private mutating func addVisit(_ number: Int) {
        let midpoint = 61_000.0 + Double(number) * 9.5
        let visit = Int64(Night(MJD(midpoint)).dayObs) * 100_000 + Int64(number)
        for index in objects.indices where maker.random.uniform() < 0.7 { addAlert(index, visit, midpoint) }
        if maker.random.uniform() < 0.5 { addSolarSystemAlert(visit, midpoint) }
        if let old = alerts.randomElement(using: &maker.random), maker.random.uniform() < 0.4 {
            alerts.append(old)
        }
        if let old = alerts.randomElement(using: &maker.random), maker.random.uniform() < 0.4 { addRevision(old) }
    }

    private mutating func detection(
        object: Int64, solar: Int64, _ visit: Int64, _ midpoint: Double, _ ra: Double, _ dec: Double
    ) -> AlertMaker.Record {
        nextId += 1
        return maker.record(
            Tables.diaSource,
            [
                "diaSourceId": .int64(nextId), "visit": .int64(visit), "detector": .int32(3),
                "diaObjectId": .int64(object),
                "ssObjectId": .int64(solar), "midpointMjdTai": .double(midpoint.bitPattern),
                "ra": .double(ra.bitPattern),
                "dec": .double(dec.bitPattern), "band": .text([UInt8(ascii: "r")]),
                "timeWithdrawnMjdTai": .missing(.null),
            ])
    }

    private mutating func forced(_ object: Int64, _ visit: Int64, _ midpoint: Double, _ ra: Double, _ dec: Double)
        -> AlertMaker.Record
    {
        maker.record(
            Tables.diaForcedSource,
            [
                "diaObjectId": .int64(object), "visit": .int64(visit), "detector": .int32(3),
                "midpointMjdTai": .double(midpoint.bitPattern), "ra": .double(ra.bitPattern),
                "dec": .double(dec.bitPattern),
                "band": .text([UInt8(ascii: "r")]), "timeWithdrawnMjdTai": .missing(.null),
            ])
    }

    private mutating func addAlert(_ index: Int, _ visit: Int64, _ midpoint: Double) {
        let object = objects[index]
        let ra = object.ra + maker.random.normal() * 1e-5
        let source = detection(object: object.id, solar: 0, visit, midpoint, ra, object.dec)
        objects[index].forced.append(forced(object.id, visit, midpoint, object.ra, object.dec))
        // A forced point that is known late, of a visit before the first detection.
        if maker.random.uniform() < 0.3 {
            let early = midpoint - 20.25
            let earlyVisit = Int64(Night(MJD(early)).dayObs) * 100_000 + 500 + Int64(objects[index].forced.count)
            objects[index].forced.append(forced(object.id, earlyVisit, early, object.ra, object.dec))
        }
        if maker.random.uniform() < 0.2 { reviseForced(index, midpoint) }
        var alert = TestAlert(source: source)
        alert.object = maker.record(
            Tables.diaObject,
            ["diaObjectId": .int64(object.id), "ra": .double(ra.bitPattern), "dec": .double(object.dec.bitPattern)])
        // A packet often lacks the object's last detection.
        alert.detections = Array(object.detections.dropLast(maker.random.uniform() < 0.5 ? 1 : 0))
        alert.forced = objects[index].forced
        alert.message = Array("packet \(nextId)".utf8)
        alerts.append(alert)
        objects[index].detections.append(source)
    }

    /// A forced point changes its flux, or is withdrawn.
    private mutating func reviseForced(_ index: Int, _ midpoint: Double) {
        guard let which = objects[index].forced.indices.randomElement(using: &maker.random) else { return }
        if Bool.random(using: &maker.random) {
            let column = Tables.diaForcedSource.require("timeWithdrawnMjdTai")
            objects[index].forced[which].cells[column] = .double(midpoint.bitPattern)
        } else {
            let column = Tables.diaForcedSource.require("psfFlux")
            objects[index].forced[which].cells[column] = .float(Float(maker.random.normal()).bitPattern)
        }
    }

    private mutating func addRevision(_ old: TestAlert) {
        var alert = old
        let column = Tables.diaSource.require("psfFlux")
        alert.source.cells[column] = .float(Float(maker.random.normal() * 100).bitPattern)
        alerts.append(alert)
    }

    private mutating func addSolarSystemAlert(_ visit: Int64, _ midpoint: Double) {
        let solar = Int64.random(in: 1...3, using: &maker.random) + 0x4B30_3654_3036_4B00
        let source = detection(
            object: 0, solar: solar, visit, midpoint, maker.random.uniform() * 360, maker.random.uniform() * 100 - 50)
        alerts.append(TestAlert(source: source, message: Array("solar".utf8)))
    }
}
