import Core

/// A fixed source of the synthetic sky.
struct SimulatedObject: Sendable {
    let seed: UInt64
    let raDeg: Double
    let decDeg: Double
    let lightCurve: LightCurve
    /// r flux of the host galaxy in the template, nJy; 0 without host.
    let hostFluxNJy: Double

    var label: TransientClass { lightCurve.label }
}

extension Band {
    /// Noise of a single visit on an empty sky, nJy: a fifth of the flux at Rubin's 5σ depths
    /// (23.7 24.8 24.4 23.9 23.3 22.5, Ivezić et al. 2019).
    var skyNoiseNJy: Double { [240.0, 87, 126, 200, 347, 725][Int(rawValue)] }
}
