import Core
import Glibc
import Sky
import SolarSystem

/// The bodies of a simulation: in every field and night of the plan enough of them to fill the visits.
///
/// The last night is filled first. What still stands in a field some nights before is not drawn again, so that many bodies have
/// light curves over nights. The published elements osculate at one epoch for all, to which bodies are carried with all forces.
struct BodyCatalogue {
    private(set) var bodies: [SimulatedBody] = []
    private let configuration: SimulationConfiguration
    private let planets: PlanetTable
    private let propagator: Propagator
    private var comets = 0

    /// Faintest V that bodies are drawn to.
    private static let limitV: Double = 23
    /// More are drawn than visits have room for: some stand between detectors, or are too faint in their filter.
    private static let spare: Double = 1.5

    init(configuration: SimulationConfiguration, plan: NightPlan, planets: PlanetTable) {
        self.configuration = configuration
        self.planets = planets
        propagator = Propagator(planets: planets)
        var filled: Set<Place> = []
        for visit in plan.visits.reversed() where filled.insert(Place(field: visit.field, night: visit.night)).inserted {
            fill(visit)
        }
    }

    private struct Place: Hashable {
        let field: Int
        let night: Night
    }

    /// A body as drawn, before it has a name.
    private struct Draft {
        let population: BodyPopulation
        let seed: UInt64
        var elements: CometaryElements
        let g12: Double
    }

    private mutating func fill(_ visit: SimulatedVisit) {
        let mjd = visit.midpoint.days
        let wanted = Int(Double(visit.alertTarget) * configuration.solarSystemFraction * Self.spare + 1)
        let missing = wanted - bodies.count { stands($0, in: visit) }
        guard missing > 0 else { return }
        let placement = BodyPlacement(mjdTai: mjd, planets: planets)
        var drafts: [Draft] = []
        for _ in 0..<missing {
            let ordinal = UInt64(bodies.count + drafts.count)
            let seed = Hash.mix(configuration.seed ^ 0x550, ordinal)
            var random = SeededRandom(seed: seed)
            let population = Self.population(ordinal)
            if let elements = placement.draw(population, in: visit, &random) {
                drafts.append(Self.draft(population, seed, elements, mjdTai: mjd, earthAt(mjd), &random))
            } else if let elements = placement.draw(.mainBelt, in: visit, &random) {
                drafts.append(Self.draft(.mainBelt, seed, elements, mjdTai: mjd, earthAt(mjd), &random))
            }
        }
        publish(drafts, mjdTai: mjd)
    }

    private func earthAt(_ mjdTai: Double) -> Vec3 { planets.earth(tdbMjd: TimeScales.tdb(taiMjd: mjdTai)).position }

    /// Spread so that every run of some dozens has all populations.
    private static func population(_ ordinal: UInt64) -> BodyPopulation {
        var place: Double = (Double(ordinal) * 0.618_033_988_749_895 + 0.3).truncatingRemainder(dividingBy: 1)
        for population in BodyPopulation.allCases {
            if place < population.share { return population }
            place -= population.share
        }
        return .mainBelt
    }

    /// Whether a body already drawn is somewhere in a visit's field, by its orbit about the Sun alone.
    private func stands(_ body: SimulatedBody, in visit: SimulatedVisit) -> Bool {
        let days: Double = visit.midpoint.days + TimeScales.ttMinusTaiDays - body.elements.epochMjdTT
        let place = TwoBody.propagate(HelioState(body.elements), days: days).position
        return FocalPlane.holds(SkyPosition(place + -earthAt(visit.midpoint.days)), in: visit)
    }

    private static func draft(
        _ population: BodyPopulation, _ seed: UInt64, _ drawn: CometaryElements, mjdTai: Double, _ earth: Vec3,
        _ random: inout SeededRandom
    ) -> Draft {
        var elements = drawn
        let place = HelioState(elements).position
        let line = place + -earth
        let g12: Double = population == .comet ? .nan : min(0.95, max(0.05, 0.5 + 0.2 * random.normal()))
        let bare = BodyBrightness.magnitudeV(
            h: 0, g12: g12, r: place.length, delta: line.length, phaseDeg: place.angleRadians(to: line) * 180 / .pi)
        // The distribution of H, cut where the survey sees no more.
        let fainter: Double = log10(max(1e-6, random.uniform())) / population.slopeOfH
        let h: Double = max(population.leastH, limitV - bare + fainter)
        elements.h = (h * 100).rounded() / 100
        elements.g = population == .comet ? nil : 0.15
        if population == .comet, elements.eccentricity < 1, random.uniform() < 0.7 {
            elements.nonGravitational = NonGravitationalTerms(
                a1: 1e-8 * random.uniform(), a2: 2e-9 * (random.uniform() - 0.5), law: .waterIce)
        }
        return Draft(population: population, seed: seed, elements: elements, g12: g12)
    }

    /// Carries drafts to the epoch of publication and names them.
    private mutating func publish(_ drafts: [Draft], mjdTai: Double) {
        // Hard ones with hard ones: eight go together.
        let order = drafts.indices.sorted { drafts[$0].population.rawValue < drafts[$1].population.rawValue }
        let epoch = TimeScales.tdb(ttMjd: configuration.orbitEpochMjdTT)
        let carried = propagator.propagate(
            order.map { HelioState(drafts[$0].elements) }, from: TimeScales.tdb(taiMjd: mjdTai), to: epoch,
            nonGravitational: order.map { drafts[$0].elements.nonGravitational })
        var states = [HelioState?](repeating: nil, count: drafts.count)
        for (index, state) in zip(order, carried) where state.isFinite { states[index] = state }
        for (draft, state) in zip(drafts, states) {
            guard let state else { continue }
            var elements = CometaryElements(
                state, epochMjdTT: configuration.orbitEpochMjdTT, h: draft.elements.h, g: draft.elements.g)
            elements.kind = draft.elements.kind
            elements.nonGravitational = draft.elements.nonGravitational
            guard let body = named(draft, elements) else { continue }
            bodies.append(body)
        }
    }

    private mutating func named(_ draft: Draft, _ elements: CometaryElements) -> SimulatedBody? {
        let designation: Designation?
        if draft.population == .comet {
            designation = SyntheticNames.comet(comets, eccentricity: elements.eccentricity)
            comets += 1
        } else {
            // Spread over the designations, so that neighbours in the sky are not neighbours in the list.
            designation = SyntheticNames.minorPlanet(bodies.count * 7919 % 5_000_011)
        }
        guard let designation, let id = SSObjectID(packed: designation.packed) else { return nil }
        return SimulatedBody(
            seed: draft.seed, population: draft.population, designation: designation, ssObjectId: id, elements: elements,
            g12: draft.g12, turnDays: 0.1 + 0.5 * Hash.uniform(draft.seed, 21),
            amplitudeMag: draft.population == .comet ? 0 : 0.3 * Hash.uniform(draft.seed, 22),
            knowledge: configuration.knowledge(Hash.uniform(draft.seed, 23)))
    }
}

/// Names that the Minor Planet Center could give.
enum SyntheticNames {
    private static let letters = Array("ABCDEFGHJKLMNOPQRSTUVWXY").map(String.init)

    static func minorPlanet(_ ordinal: Int) -> Designation? {
        let name = PackedDesignation.make(ordinal: ordinal)
        return Designation(packed: name.packed)
    }

    /// `P/` within Jupiter's family, `C/` for the rest.
    static func comet(_ ordinal: Int, eccentricity: Double) -> Designation? {
        let order = ordinal / letters.count
        let text = "\(2025 - order / 600) \(letters[ordinal % letters.count])\(order % 600 + 1)"
        return Designation(unpacked: (eccentricity < 0.9 ? "P/" : "C/") + text)
    }
}

/// How bright a body is.
enum BodyBrightness {
    /// V by H, G12; of a comet (no G12) by H + 5 log Δ + 10 log r.
    static func magnitudeV(h: Double, g12: Double, r: Double, delta: Double, phaseDeg: Double) -> Double {
        g12.isNaN
            ? h + 5 * log10(delta) + 10 * log10(r)
            : PhaseCurves.magnitude(h: h, g12: g12, r: r, delta: delta, phaseDeg: phaseDeg)
    }
}
