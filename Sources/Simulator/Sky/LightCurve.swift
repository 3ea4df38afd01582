import Core
import Glibc

/// The flux above the template at any time, by class. Times are MJD (TAI), fluxes nJy.
struct LightCurve: Sendable {
    let label: TransientClass
    let seed: UInt64
    /// Peak flux in r above the template for transients, the template's r flux for the rest.
    let fluxNJy: Double
    /// Time of peak, of mid-eclipse or of the flare.
    let epoch: Double
    /// Period in days of periodic variables, damping time of AGN, stretch of supernovae, decay time of flares.
    let scale: Double
    /// Relative amplitude of variables.
    let amplitude: Double

    /// Flux on the difference image.
    func difference(_ band: Band, mjd: Double) -> Double {
        switch label {
        case .supernovaIa: fluxNJy * colour(LightCurve.supernovaColour, band) * typeIa(band, days: mjd - epoch)
        case .supernovaII: fluxNJy * colour(LightCurve.supernovaColour, band) * plateau(band, days: mjd - epoch)
        case .tidalDisruption: fluxNJy * colour(LightCurve.hotColour, band) * fallback(days: mjd - epoch)
        case .activeNucleus: template(band) * (pow(10, -0.4 * wander(band, mjd: mjd)) - 1)
        case .rrLyrae: template(band) * sawtooth(band, mjd: mjd)
        case .eclipsingBinary: -template(band) * eclipse(mjd: mjd)
        case .pulsator: template(band) * amplitude * sin(2 * .pi * (mjd - epoch) / scale)
        case .flareStar: fluxNJy * colour(LightCurve.flareColour, band) * flare(days: mjd - epoch)
        case .mover, .artefact: fluxNJy
        }
    }

    /// Flux of the object itself in the template; 0 where only the host would be there.
    func template(_ band: Band) -> Double {
        switch label {
        case .activeNucleus: fluxNJy * colour(LightCurve.quasarColour, band)
        case .rrLyrae, .eclipsingBinary, .pulsator: fluxNJy * colour(LightCurve.starColour, band)
        case .flareStar: fluxNJy * 0.6 * colour(LightCurve.redStarColour, band)
        default: 0
        }
    }

    private func colour(_ table: [Double], _ band: Band) -> Double { table[Int(band.rawValue)] }
    private static let supernovaColour = [0.35, 0.95, 1.0, 0.85, 0.75, 0.65]
    private static let hotColour = [1.7, 1.35, 1.0, 0.8, 0.65, 0.55]
    private static let quasarColour = [0.75, 0.9, 1.0, 1.1, 1.15, 1.2]
    private static let starColour = [0.35, 0.8, 1.0, 1.05, 1.08, 1.1]
    private static let redStarColour = [0.02, 0.25, 1.0, 2.6, 4.2, 5.2]
    private static let flareColour = [3.0, 1.6, 1.0, 0.7, 0.5, 0.4]

    /// The rise and fall of Bazin et al. (2009), scaled to 1 near its peak; red bands last longer.
    private func typeIa(_ band: Band, days: Double) -> Double {
        let fall = scale * (20 + 6 * Double(band.rawValue))
        let rise = scale * 4
        guard days > -12 * rise else { return 0 }
        return 1.35 * exp(-(days + 6) / fall) / (1 + exp(-(days + 6) / rise))
    }

    /// A plateau of about 90 days, then a drop and a slow tail.
    private func plateau(_ band: Band, days: Double) -> Double {
        guard days > -20 else { return 0 }
        let rise = 1 / (1 + exp(-(days + 4) / 2))
        let slope = exp(-max(0, days) / (band.rawValue < 2 ? 45 : 160))
        let drop = 0.08 + 0.92 / (1 + exp((days - 90 * scale) / 5))
        return rise * slope * drop
    }

    /// A Gaussian rise, then the t^(−5/3) return of bound debris (Phinney 1989).
    private func fallback(days: Double) -> Double {
        days < 0 ? exp(-days * days / (2 * 12 * 12)) : pow(1 + days / (20 * scale), -5.0 / 3)
    }

    /// A damped random walk in magnitudes as random Fourier features: frequencies drawn from its Lorentzian spectrum
    /// (Kelly et al. 2009) make the covariance σ² exp(−|Δt|/τ). Blue bands vary more.
    private func wander(_ band: Band, mjd: Double) -> Double {
        let modes: UInt64 = 16
        var sum = 0.0
        for mode in 0..<modes {
            let frequency = tan(.pi * (Hash.uniform(seed, mode * 2) - 0.5)) / scale
            let phase = 2 * .pi * Hash.uniform(seed, mode * 2 + 1)
            // Beyond a few cycles a day the survey sees noise that its own errors hide.
            sum += cos(max(-20, min(20, frequency)) * (mjd - 60_000) + phase)
        }
        let blue = 1.25 - 0.1 * Double(band.rawValue)
        return amplitude * blue * (2 / Double(modes)).squareRoot() * sum
    }

    /// A steep rise in a fifth of the period, then a slow decline; mean zero.
    private func sawtooth(_ band: Band, mjd: Double) -> Double {
        let cycles = (mjd - epoch) / scale
        let phase = cycles - cycles.rounded(.down)
        let height = phase < 0.2 ? phase / 0.2 : 1 - (phase - 0.2) / 0.8
        return amplitude * (1.3 - 0.1 * Double(band.rawValue)) * (height - 0.5)
    }

    /// Two dips a period, the second half as deep.
    private func eclipse(mjd: Double) -> Double {
        let cycles = (mjd - epoch) / scale
        let phase = cycles - cycles.rounded(.down)
        let width = 0.06
        let first = min(phase, 1 - phase) / width
        let second = abs(phase - 0.5) / width
        return amplitude * (exp(-first * first / 2) + 0.5 * exp(-second * second / 2))
    }

    /// A rise within a minute and an exponential decay.
    private func flare(days: Double) -> Double {
        days < 0 ? exp(-days * days / (2 * 0.0007 * 0.0007)) : exp(-days / scale)
    }
}
