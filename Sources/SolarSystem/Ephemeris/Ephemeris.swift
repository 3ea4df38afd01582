import Core
import Glibc
import Sky

/// A body's elements with all that a prediction needs of them.
public struct PredictionTarget: Sendable {
    public var elements: CometaryElements
    /// Nil where the uncertainty is not known.
    public var covariance: OrbitCovariance?

    public init(elements: CometaryElements, covariance: OrbitCovariance? = nil) {
        self.elements = elements
        self.covariance = covariance
    }
}

/// One line of an ephemeris.
public struct Prediction: Sendable {
    public let mjdTai: Double
    public let sighting: Sighting
    /// Predicted V, NaN without H.
    public let magnitudeV: Double
    /// 1 σ on the sky; nil without a covariance.
    public let error: SkyError?

    public init(mjdTai: Double, sighting: Sighting, magnitudeV: Double, error: SkyError?) {
        self.mjdTai = mjdTai
        self.sighting = sighting
        self.magnitudeV = magnitudeV
        self.error = error
    }
}

/// Predicted places of bodies at a site, each integrated from its published epoch: nothing is remembered between calls, so
/// that the same orbit and time give the same numbers whatever else was asked. One a thread.
public final class EphemerisComputer {
    public let site: ObservingSite
    private let planets: PlanetTable
    private let propagator: Propagator

    public init(site: ObservingSite, planets: PlanetTable = PlanetTable()) {
        self.site = site
        self.planets = planets
        propagator = Propagator(planets: planets)
    }

    /// Farther from its epoch than this, an orbit is not predicted: days.
    public static let longestSpanDays: Double = 36_525

    /// The prediction at each time (TAI), in the order given. A body that meets the Sun or a planet on the way has NaN.
    /// - Throws: `UserFault` (usage) for a time that is farther than a century from the epoch, or no number.
    public func predict(_ target: PredictionTarget, mjdTai times: [Double]) throws(UserFault) -> [Prediction] {
        let epoch: Double = TimeScales.tdb(ttMjd: target.elements.epochMjdTT)
        for time in times where !(abs(time - epoch) <= Self.longestSpanDays) {
            throw UserFault(
                .usage, "a time too far from the orbit's epoch: MJD \(time)",
                detail: "the epoch is MJD \(target.elements.epochMjdTT), and places are predicted a century around it",
                hint: "times are MJD (TAI), such as 61000.25")
        }
        let order = times.indices.sorted { times[$0] < times[$1] }
        var results = [Prediction?](repeating: nil, count: times.count)
        let later = order.filter { times[$0] >= epoch }
        let earlier = order.filter { times[$0] < epoch }.reversed()
        for side in [later, Array(earlier)] {
            var carried = ErrorFan(target)
            var now = epoch
            for index in side {
                let tdb = TimeScales.tdb(taiMjd: times[index])
                carried.carry(propagator, from: now, to: tdb)
                now = tdb
                results[index] = prediction(target, carried, mjdTai: times[index], tdbMjd: tdb)
            }
        }
        return results.compactMap(\.self)
    }

    private func prediction(
        _ target: PredictionTarget, _ carried: ErrorFan, mjdTai: Double, tdbMjd: Double
    ) -> Prediction {
        let observer = ObserverMotion(site: site, aroundMjdTai: mjdTai, planets: planets).state(taiMjd: mjdTai)
        let state = carried.nominal
        let path = LocalMotion(
            position: state.position, velocity: state.velocity,
            disturbance: propagator.disturbance(
                of: state, tdbMjd: tdbMjd, nonGravitational: target.elements.nonGravitational))
        let sighting = Sighting(path: path, offsetDays: 0, observer: observer)
        return Prediction(
            mjdTai: mjdTai, sighting: sighting, magnitudeV: target.elements.magnitudeV(sighting),
            error: carried.error(sighting))
    }
}

extension CometaryElements {
    /// Predicted V, NaN without H: H, G12 where G12 is given and G is not; G is 0.15 where neither is. Of a comet the total
    /// magnitude H + 5 log Δ + 2.5 G log r, with G 4 where none is given.
    public func magnitudeV(_ sighting: Sighting) -> Double {
        guard let h else { return .nan }
        if kind == .comet { return h + 5 * log10(sighting.delta) + 2.5 * (g ?? 4) * log10(sighting.r) }
        if let g12, g == nil {
            return PhaseCurves.magnitude(
                h: h, g12: g12, r: sighting.r, delta: sighting.delta, phaseDeg: sighting.phaseDeg)
        }
        return PhaseCurves.magnitude(
            h: h, g: g ?? 0.15, r: sighting.r, delta: sighting.delta, phaseDeg: sighting.phaseDeg)
    }
}

extension EphemerisComputer {
    /// What is seen at a time (TAI) of a body whose state at an epoch (TDB) is known.
    public func predict(state: HelioState, epochMjdTdb: Double, mjdTai: Double) -> Sighting {
        let tdb = TimeScales.tdb(taiMjd: mjdTai)
        let now = propagator.propagate(state, from: epochMjdTdb, to: tdb)
        let observer = ObserverMotion(site: site, aroundMjdTai: mjdTai, planets: planets).state(taiMjd: mjdTai)
        let path = LocalMotion(
            position: now.position, velocity: now.velocity,
            disturbance: propagator.disturbance(of: now, tdbMjd: tdb))
        return Sighting(path: path, offsetDays: 0, observer: observer)
    }
}
