import Avro
import Core
import Glibc
import Sky
import Streams
import Testing

@testable import Pipeline
@testable import SolarSystem

/// Our columns of ssSource against those that real alerts bring, from the orbits that the same alerts bring.
///
/// Rubin's records of that winter have 0 where nothing was computed (`topoRangeRate`, `ephVmag`, `ephRate`, `ephRateRa`,
/// `ephRateDec`), no track offsets, and lengths and velocities of other units (au divided by 149 597 870.7; au/d). Their
/// `helio_vtot`, `topo_vx`, `topo_vy`, `topo_vz` and `topo_vtot` are not those of their other columns. Ecliptic longitudes are
/// on the true equinox of J2000, ours on the mean one.
@Suite struct RealSolarSystemTests {
    private static let directory: String? = {
        let shared = getenv("NIGHTJAR_SHARED").map { String(cString: $0) } ?? "../shared"
        let folder = shared + "/data/rubin"
        return access(folder + "/alerts_v10_0.avro", R_OK) == 0 ? folder : nil
    }()

    private static let nutationOfJ2000Deg = -13.932 / 3600

    private static func alerts(_ directory: String) throws -> AlertBatch {
        let store = SchemaStore()
        let source = try FileSource(
            paths: [directory + "/alerts_v10_0.avro"], schemas: AvroContainerSchemas(store: store)
        ) { _ in nil }
        var messages = MessageBatch()
        let batch = AlertBatch(capacity: 84)
        let decoder = AlertFrameDecoder(schemas: store)
        while try source.read(into: &messages, limit: 84, timeoutSeconds: 0) == .messages {
            for message in messages.messages {
                guard case .bare(let schema) = message.framing else { continue }
                try decoder.append(
                    body: messages.arena.bytes(message.bytes), schemaID: schema,
                    origin: AlertOrigin(partition: 0, offset: message.offset), to: batch)
            }
            messages.removeAll()
        }
        decoder.finish(batch)
        return batch
    }

    @Test func ourColumnsAreThoseOfThePacket() throws {
        guard let directory = Self.directory else { return print("skipped: no shared data (set NIGHTJAR_SHARED)") }
        let batch = try Self.alerts(directory)
        let scratch = SolarScratch()
        var harvest = OrbitHarvest()
        harvest.add(batch.mpcOrbits, sources: batch.source)
        _ = try #require(try harvest.publish(to: scratch.store))
        let found = SolarAssociation(host: scratch.host(), waits: true).associate(batch)
        var compared = 0
        for row in 0..<batch.count {
            let range = try #require(found.ranges[row])
            let body = found.packetBodies[row]
            // Two packets of the first nights bring orbits without elements.
            guard !body.isNone, batch.mpcOrbits.column("epoch_mjd").number(row) != nil else {
                #expect(range.isEmpty || body.isNone, "row \(row)")
                continue
            }
            try #require(!range.isEmpty, "row \(row)")
            let ours = Int(range.lowerBound)
            #expect(found.table.column("ssObjectId").int64(ours) == body.rawValue)
            compare(found.table, ours, batch.packetSSO, row)
            compared += 1
        }
        #expect(compared == 22)
        print("compared with \(compared) real records")
    }

    private func compare(_ ours: ColumnTable, _ row: Int, _ packet: ColumnTable, _ other: Int) {
        func value(_ name: String) -> (ours: Double, theirs: Double) {
            (ours.column(name).number(row) ?? .nan, packet.column(name).number(other) ?? .nan)
        }
        func near(_ name: String, _ tolerance: Double, scale: Double = 1) {
            let (mine, theirs) = value(name)
            #expect(abs(mine - scale * theirs) <= tolerance, "\(name): \(mine), the packet \(scale * theirs)")
        }
        for (name, tolerance) in [
            ("eclBeta", 2e-5), ("galLon", 3e-5), ("galLat", 3e-5), ("elongation", 0.02), ("phaseAngle", 0.01),
        ] { near(name, tolerance) }
        // Nutation in longitude at J2000.
        let (mine, theirs) = value("eclLambda")
        #expect(abs(mine + Self.nutationOfJ2000Deg - theirs) < 2e-5)
        for name in ["ephRa", "ephDec"] { near(name, 0.1 / 3600) }
        for name in ["ephOffset", "ephOffsetRa", "ephOffsetDec"] { near(name, 0.1) }
        let au = SolarConstants.kmPerAu
        for name in ["topoRange", "helioRange", "helio_x", "helio_y", "helio_z", "topo_x", "topo_y", "topo_z"] {
            near(name, 1e-4, scale: au)
        }
        for name in ["helio_vx", "helio_vy", "helio_vz", "helioRangeRate"] {
            near(name, 0.02, scale: SolarConstants.kmPerSecond)
        }
        #expect(ours.string("designation", row) == packet.string("designation", other))
        // What the packet has nothing for is in accord with itself.
        let (along, across) = (value("ephOffsetAlongTrack").ours, value("ephOffsetCrossTrack").ours)
        #expect(abs(hypot(along, across) - value("ephOffset").ours) < 1e-4)
        let speed = ["helio_vx", "helio_vy", "helio_vz"].map { value($0).ours }.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(value("helio_vtot").ours - speed) < 1e-4)
        #expect(abs(hypot(value("ephRateRa").ours, value("ephRateDec").ours) - value("ephRate").ours) < 1e-6)
        #expect((10...25).contains(value("ephVmag").ours))
        #expect(abs(value("topoRangeRate").ours) < 60 && (1...70).contains(value("topo_vtot").ours))
    }
}
