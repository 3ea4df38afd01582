import Avro
import Core
import Glibc
import Sky
import Synchronization
import Testing

@testable import Pipeline
@testable import SolarSystem

/// A directory with orbit sets that goes with its owner.
final class SolarScratch {
    let path: String
    var store: OrbitStore { OrbitStore(path: path + "/orbits") }

    init() {
        var template = Array("/tmp/nightjar-solar-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no temporary directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { FileSystem.removeTree(path) }

    @discardableResult
    func publish(_ orbits: [(name: String, elements: CometaryElements)]) throws -> String {
        var builder = OrbitSetBuilder()
        for one in orbits { #expect(builder.add(name: one.name, elements: one.elements) == nil) }
        return try store.publish(builder).version
    }

    func host(clock: any WallClock = SleeplessClock(), options: NightlyHost.Options = .init()) -> NightlyHost {
        NightlyHost(orbits: OrbitSetInUse(store: store), options: options, clock: clock)
    }
}

/// A clock that stands still until it is moved.
final class HandClock: WallClock {
    private let time: Mutex<Double>
    init(mjdTai: Double) { time = Mutex(MJD(mjdTai).unixSecondsUTC) }
    var unixSeconds: Double { time.withLock { $0 } }
    var monotonicSeconds: Double { unixSeconds }
    func sleep(seconds: Double) { advance(seconds) }
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}

enum SolarFixtures {
    static let planets = PlanetTable()

    /// A body in a round orbit that is seen from the site at a place at a time, to a microarcsecond.
    static func standing(
        at place: SkyPosition, mjdTai: Double, deltaAu: Double = 1.6, kind: BodyKind = .asteroid
    ) -> CometaryElements {
        let observer = ObserverMotion(site: .rubin, aroundMjdTai: mjdTai, planets: planets).state(taiMjd: mjdTai)
        let delay: Double = deltaAu / SolarConstants.lightAuPerDay
        let position = observer.position + deltaAu * place.direction + delay * observer.sunVelocity
        let around = Vec3(x: -position.y, y: position.x, z: 0).normalized
        let round: Double = (SolarConstants.sun / position.length).squareRoot()
        let emitted: Double = observer.tdbMjd - delay
        let epoch: Double = (emitted - 3).rounded(.down)
        let state = Propagator(planets: planets).propagate(
            HelioState(position: position, velocity: round * around), from: emitted, to: epoch)
        var elements = CometaryElements(state, epochMjdTT: TimeScales.tt(tdbMjd: epoch), h: 18, g: 0.15)
        elements.kind = kind
        return elements
    }

    static func alert(
        _ id: Int64, _ place: SkyPosition, _ mjdTai: Double, visit: Int64 = 2_026_112_100_001, sso: Int64 = 0
    ) -> TestAlert {
        var trigger = TestDetection(id: id, object: id, mjd: mjdTai)
        (trigger.ra, trigger.dec, trigger.visit, trigger.sso) = (place.raDegrees, place.decDegrees, visit, sso)
        return TestAlert(trigger: trigger)
    }

    /// All that is said of each alert: its candidates in order, or none where nothing is known.
    static func told(_ candidates: SolarCandidates, _ batch: AlertBatch) -> [Int64: [[String]]?] {
        var told: [Int64: [[String]]?] = [:]
        for row in 0..<batch.count {
            let id = batch.source.column("diaSourceId").int64(row) ?? 0
            told[id] = .some(candidates.ranges[row].map { $0.map { cells(candidates.table, Int($0)) } })
        }
        return told
    }

    static func cells(_ table: ColumnTable, _ row: Int) -> [String] {
        table.columns.indices.map { column in
            guard !table.columns[column].type.isVariableLength else { return table.string(column, row) ?? "null" }
            return table.columns[column].number(row).map { "\($0)" } ?? "null"
        }
    }
}

extension SkyPosition {
    /// A place so many arcseconds to the east and north.
    func moved(east: Double, north: Double) -> SkyPosition {
        let (toEast, toNorth) = TangentAxes.at(direction)
        let scale: Double = Angle.radiansPerArcsec
        return SkyPosition((direction + (east * scale) * toEast + (north * scale) * toNorth).normalized)
    }
}
