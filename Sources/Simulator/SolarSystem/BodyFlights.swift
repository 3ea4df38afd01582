import Core
import Glibc
import Sky
import SolarSystem

/// Where the simulated bodies are, visit by visit: each is carried from its published elements with all forces and steps that
/// fit its motion, to the night and then to the visit's own time; light time is solved here.
///
/// What is matched with orbits goes another way (lockstep steps, a series around midnight, an index of cells). Both share the
/// forces, the places of the planets and the observer, which are tested against JPL Horizons.
final class BodyFlights {
    let bodies: [SimulatedBody]
    private let plan: NightPlan
    private let planets: PlanetTable
    private let propagator: Propagator
    private let starts: [HelioState]
    private let epochTdb: Double
    private var night: NightFlight?

    /// Bodies of a night that may come into one of its fields.
    private struct NightFlight {
        let night: Night
        let middleTdb: Double
        var rows: [Int]
        var states: [HelioState]
    }

    /// Beyond the half diagonal of the field: what a night's motion and the parallax move, degrees.
    private static let fieldDeg: Double = 2.5
    private static let reachDeg: Double = 6

    init(configuration: SimulationConfiguration, plan: NightPlan) {
        self.plan = plan
        planets = PlanetTable()
        propagator = Propagator(planets: planets)
        bodies = BodyCatalogue(configuration: configuration, plan: plan, planets: planets).bodies
        starts = bodies.map { HelioState($0.elements) }
        epochTdb = TimeScales.tdb(ttMjd: configuration.orbitEpochMjdTT)
    }

    /// The bodies that stand on a detector in a visit, in the order of the catalogue.
    func sightings(in visit: SimulatedVisit) -> [BodySighting] {
        if night?.night != visit.night { night = flight(visit.night) }
        guard let night else { return [] }
        let tai: Double = visit.midpoint.days
        let tdb = TimeScales.tdb(taiMjd: tai)
        let observer = ObserverMotion(site: .rubin, aroundMjdTai: tai, planets: planets).state(taiMjd: tai)
        let center = Vec3(raDegrees: visit.centreRaDeg, decDegrees: visit.centreDecDeg)
        let close = night.states.indices.filter { index in
            let there = TwoBody.propagate(night.states[index], days: tdb - night.middleTdb).position
            return (there + -observer.position).angleRadians(to: center) < (Self.fieldDeg + 0.5) * Angle.radiansPerDegree
        }
        let states = propagator.propagate(
            close.map { night.states[$0] }, from: night.middleTdb, to: tdb,
            nonGravitational: close.map { bodies[night.rows[$0]].elements.nonGravitational })
        return zip(close, states).compactMap { index, state in
            BodySighting(bodies[night.rows[index]], state: state, observer: observer, visit: visit)
        }
    }

    private func flight(_ night: Night) -> NightFlight {
        let visits = plan.visits.filter { $0.night == night }
        let middle: Double = ((visits.first?.midpoint.days ?? 0) + (visits.last?.midpoint.days ?? 0)) / 2
        let tdb = TimeScales.tdb(taiMjd: middle)
        let earth = planets.earth(tdbMjd: tdb).position
        let centers = Set(visits.map(\.field)).sorted().map { plan.fields[$0] }
            .map { Vec3(raDegrees: $0.raDeg, decDegrees: $0.decDeg) }
        let rows = bodies.indices.filter { row in
            let line = TwoBody.propagate(starts[row], days: tdb - epochTdb).position + -earth
            return centers.contains { line.angleRadians(to: $0) < (Self.fieldDeg + Self.reachDeg) * Angle.radiansPerDegree }
        }
        // Hard ones with hard ones: eight go together.
        let sorted = rows.sorted {
            (bodies[$0].population.rawValue, $0) < (bodies[$1].population.rawValue, $1)
        }
        let carried = propagator.propagate(
            sorted.map { starts[$0] }, from: epochTdb, to: tdb,
            nonGravitational: sorted.map { bodies[$0].elements.nonGravitational })
        let good = zip(sorted, carried).filter { $0.1.isFinite }.sorted { $0.0 < $1.0 }
        return NightFlight(night: night, middleTdb: tdb, rows: good.map(\.0), states: good.map(\.1))
    }
}
