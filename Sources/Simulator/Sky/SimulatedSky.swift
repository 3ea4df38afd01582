import Core
import Glibc

/// The synthetic sky: labelled sources in every field of a plan, and the catalogue that knows their hosts and stars.
public struct SimulatedSky: Sendable {
    /// By field.
    let objects: [[SimulatedObject]]
    public let catalogue: SyntheticCatalogue

    public init(configuration: SimulationConfiguration, plan: NightPlan) {
        var builder = SkyBuilder(configuration: configuration, plan: plan)
        objects = plan.fields.indices.map { builder.populate(field: $0) }
        catalogue = builder.catalogue
    }
}

/// Places the sources of a field.
private struct SkyBuilder {
    let configuration: SimulationConfiguration
    let plan: NightPlan
    let lastMJD: Double
    var catalogue = SyntheticCatalogue()

    /// Share of each class among the fixed sources.
    private static let shares: [(TransientClass, Double)] = [
        (.supernovaIa, 0.07), (.supernovaII, 0.05), (.tidalDisruption, 0.01), (.activeNucleus, 0.27),
        (.rrLyrae, 0.22), (.eclipsingBinary, 0.10), (.pulsator, 0.24), (.flareStar, 0.04),
    ]

    init(configuration: SimulationConfiguration, plan: NightPlan) {
        self.configuration = configuration
        self.plan = plan
        lastMJD = plan.visits.last?.midpoint.days ?? configuration.lastNight.start.days
    }

    mutating func populate(field index: Int) -> [SimulatedObject] {
        let field = plan.fields[index]
        var random = SeededRandom(seed: Hash.mix(configuration.seed, UInt64(index)))
        let flareTimes = plan.visits.filter { $0.field == index }.map(\.midpoint.days)
        var objects: [SimulatedObject] = []
        let total = Double(configuration.alertsPerVisit) * 1.15
        for (label, share) in SkyBuilder.shares {
            for _ in 0..<max(1, Int(total * share)) {
                objects.append(place(label, in: field, flareTimes: flareTimes, &random))
            }
        }
        for _ in 0..<configuration.alertsPerVisit { addBystander(in: field, &random) }
        return objects
    }

    private func somewhere(in field: SurveyField, _ random: inout SeededRandom) -> (Double, Double) {
        while true {
            let x = (random.uniform() - 0.5) * FocalPlane.sideDeg
            let y = (random.uniform() - 0.5) * FocalPlane.sideDeg
            if FocalPlane.locate(xDeg: x, yDeg: y) != nil {
                return FocalPlane.deproject(
                    xDeg: x, yDeg: y, centreRaDeg: field.raDeg, centreDecDeg: field.decDeg)
            }
        }
    }

    private mutating func place(
        _ label: TransientClass, in field: SurveyField, flareTimes: [Double], _ random: inout SeededRandom
    ) -> SimulatedObject {
        let (ra, dec) = somewhere(in: field, &random)
        let curve = lightCurve(label, flareTimes: flareTimes, &random)
        let rMag = 31.4 - 2.5 * log10(max(1, curve.template(.r)))
        var host = 0.0
        if label.isStellar {
            catalogue.addStar(seed: random.next(), raDeg: ra, decDeg: dec, mjd: lastMJD, rMag: rMag)
        } else if label == .activeNucleus || label == .tidalDisruption {
            host = curve.fluxNJy * 0.8
            catalogue.addGalaxy(
                raDeg: ra, decDeg: dec, redshift: 0.05 + 2 * random.uniform(), rMag: rMag,
                isQuasar: label == .activeNucleus)
        } else if random.uniform() < 0.8 {
            // Supernovae lie off their galaxies' centres; a fifth show no host.
            host = curve.fluxNJy * (0.3 + 3 * random.uniform())
            let distanceDeg = (0.3 + 5 * random.uniform()) / 3600
            let angle = 2 * .pi * random.uniform()
            catalogue.addGalaxy(
                raDeg: ra + distanceDeg * sin(angle) / cos(dec * .pi / 180), decDeg: dec + distanceDeg * cos(angle),
                redshift: 0.02 + 0.3 * random.uniform(), rMag: 31.4 - 2.5 * log10(host))
        }
        return SimulatedObject(seed: random.next(), raDeg: ra, decDeg: dec, lightCurve: curve, hostFluxNJy: host)
    }

    /// Stars and galaxies where nothing happens.
    private mutating func addBystander(in field: SurveyField, _ random: inout SeededRandom) {
        let (ra, dec) = somewhere(in: field, &random)
        let rMag = 17 + 7 * random.uniform().squareRoot()
        if random.uniform() < 0.5 {
            catalogue.addStar(seed: random.next(), raDeg: ra, decDeg: dec, mjd: lastMJD, rMag: rMag)
        } else {
            catalogue.addGalaxy(raDeg: ra, decDeg: dec, redshift: 0.02 + random.uniform(), rMag: rMag)
        }
    }

    private func lightCurve(
        _ label: TransientClass, flareTimes: [Double], _ random: inout SeededRandom
    ) -> LightCurve {
        func flux(_ brightest: Double, _ faintest: Double) -> Double {
            pow(10, (31.4 - brightest - (faintest - brightest) * random.uniform().squareRoot()) / 2.5)
        }
        let seed = random.next()
        func curve(_ flux: Double, epoch: Double, scale: Double, amplitude: Double = 1) -> LightCurve {
            LightCurve(
                label: label, seed: seed, fluxNJy: flux, epoch: epoch, scale: scale, amplitude: amplitude)
        }
        switch label {
        case .supernovaIa:
            return curve(
                flux(18.5, 22.5), epoch: lastMJD - 90 + 100 * random.uniform(), scale: 0.85 + 0.3 * random.uniform())
        case .supernovaII:
            return curve(
                flux(19, 22.5), epoch: lastMJD - 130 + 130 * random.uniform(), scale: 0.8 + 0.4 * random.uniform())
        case .tidalDisruption:
            return curve(flux(18.5, 21), epoch: lastMJD - 110 + 120 * random.uniform(), scale: 1 + random.uniform())
        case .activeNucleus:
            return curve(
                flux(17.5, 21.5), epoch: 0, scale: 100 * pow(10, random.uniform()),
                amplitude: 0.15 + 0.2 * random.uniform())
        case .rrLyrae:
            return curve(
                flux(16, 20), epoch: 60_000 + random.uniform(), scale: 0.35 + 0.4 * random.uniform(),
                amplitude: 0.4 + 0.6 * random.uniform())
        case .eclipsingBinary:
            return curve(
                flux(16, 20), epoch: 60_000 + random.uniform(), scale: 0.3 + 3 * random.uniform(),
                amplitude: 0.15 + 0.4 * random.uniform())
        case .pulsator:
            let period = 0.08 * pow(10, 3.5 * random.uniform())
            return curve(
                flux(16.5, 20.5), epoch: 60_000 + period * random.uniform(), scale: period,
                amplitude: 0.08 + 0.3 * random.uniform())
        case .flareStar:
            let visit = flareTimes.isEmpty ? lastMJD : flareTimes[Int(random.next() % UInt64(flareTimes.count))]
            return curve(
                flux(17, 21), epoch: visit - random.uniform() * 0.003, scale: 0.005 + 0.02 * random.uniform())
        case .mover, .artefact: preconditionFailure("\(label) is no fixed source")
        }
    }
}
