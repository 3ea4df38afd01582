import Core
import SolarSystem

/// The Solar System body that each packet names, by the id that the orbit set has for it.
///
/// Ids alone do not compare: orbit files give many named bodies only their number, packets the provisional designation. A body
/// that the set does not know has the packet's own id.
struct PacketBodies {
    private(set) var ids: [SSObjectID] = []

    private static let trigger = Tables.diaSource.require("ssObjectId")
    private static let associated = Tables.ssSource.require("ssObjectId")
    private static let designation = Tables.ssSource.require("designation")
    /// From the most to the least telling.
    private static let orbitNames = [
        "packed_primary_provisional_designation", "unpacked_primary_provisional_designation", "designation",
    ]
    .map { Tables.mpcOrbits.require($0) }

    init(_ batch: AlertBatch, _ set: OrbitSet?) {
        ids = [SSObjectID](repeating: SSObjectID(rawValue: 0), count: batch.count)
        for row in 0..<batch.count { ids[row] = Self.id(batch, row, set) }
    }

    private static func id(_ batch: AlertBatch, _ row: Int, _ set: OrbitSet?) -> SSObjectID {
        let given =
            id(batch.source.columns[trigger], row) ?? id(batch.packetSSO.columns[associated], row)
        guard given != nil || batch.packetSSO.isPresent(row) || batch.mpcOrbits.isPresent(row) else {
            return SSObjectID(rawValue: 0)
        }
        if let given, let set, let known = set.row(ssObjectId: given) { return set.bodyId(known) }
        let names = names(batch, row)
        if let set {
            for name in names { if let known = set.row(named: name) { return set.bodyId(known) } }
        }
        return given ?? names.lazy.compactMap(Self.id(named:)).first ?? SSObjectID(rawValue: 0)
    }

    private static func id(_ column: Column, _ row: Int) -> SSObjectID? {
        column.int64(row).flatMap { $0 == 0 ? nil : SSObjectID(rawValue: $0) }
    }

    private static func names(_ batch: AlertBatch, _ row: Int) -> [String] {
        let own = batch.packetSSO.string(designation, row)
        return ([own] + orbitNames.map { batch.mpcOrbits.string($0, row) }).compactMap { $0 }.filter { !$0.isEmpty }
    }

    private static func id(named name: String) -> SSObjectID? {
        Designation(name).flatMap { SSObjectID(packed: $0.packed) }
    }
}
