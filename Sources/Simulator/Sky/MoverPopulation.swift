import Core

/// The minor planets that stand in each field in each night.
final class MoverPopulation {
    private var byPlace: [Place: [Mover]] = [:]
    private var encodedOrbits: [Int64: [UInt8]] = [:]

    private struct Place: Hashable {
        let field: Int
        let night: Night
    }

    init(configuration: SimulationConfiguration, plan: NightPlan) {
        var ordinal = 0
        for visit in plan.visits {
            let place = Place(field: visit.field, night: visit.night)
            guard byPlace[place] == nil else { continue }
            let wanted = Double(visit.alertTarget) * configuration.solarSystemFraction
            var movers: [Mover] = []
            for _ in 0..<Int(wanted * 1.5 + 1) {
                let seed = Hash.mix(configuration.seed ^ 0x550, UInt64(ordinal))
                let x = (Hash.uniform(seed, 11) - 0.5) * FocalPlane.sideDeg
                let y = (Hash.uniform(seed, 12) - 0.5) * FocalPlane.sideDeg
                let (ra, dec) = FocalPlane.deproject(
                    xDeg: x, yDeg: y, centreRaDeg: visit.centreRaDeg, centreDecDeg: visit.centreDecDeg)
                // Spread over the designations, so that neighbours in the sky are not neighbours in the list.
                movers.append(
                    Mover(
                        ordinal: ordinal * 7919 % 5_000_011, seed: seed, raDeg: ra, decDeg: dec,
                        mjd: visit.midpoint.days))
                ordinal += 1
            }
            byPlace[place] = movers
        }
    }

    func movers(field: Int, night: Night) -> [Mover] { byPlace[Place(field: field, night: night)] ?? [] }

    /// The mover's mpc_orbits record; kept, since it is the same in all its packets.
    func encodedOrbit(of mover: Mover, version: AlertSchemaVersion) -> [UInt8] {
        if let known = encodedOrbits[mover.ssObjectID] { return known }
        let bytes = mover.encodedMPCOrbit(version: version)
        encodedOrbits[mover.ssObjectID] = bytes
        return bytes
    }
}
