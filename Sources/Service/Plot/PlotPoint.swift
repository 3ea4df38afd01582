import Core

/// One point of a plotted light curve. Fluxes are nJy of the difference image.
struct PlotPoint {
    let band: Band?
    let time: Double
    let flux: Double
    let fluxErr: Double
    let kind: PointKind
    /// Forced photometry below three sigma is drawn as the limit that it is, at 3σ.
    var isLimit: Bool { kind == .forced && abs(flux) < PlotPoint.limitSigmas * fluxErr }
    var limit: Double { PlotPoint.limitSigmas * fluxErr }

    static let limitSigmas = 3.0

    /// The points that have a flux, in the order of time.
    static func of(_ points: LightCurvePoints) -> [PlotPoint] {
        var plotted: [PlotPoint] = []
        for (kind, table) in [(PointKind.detection, points.curve.detections), (.forced, points.curve.forced)] {
            let time = table.column("midpointMjdTai")
            let flux = table.column("psfFlux")
            let error = table.column("psfFluxErr")
            let band = table.schema.require("band")
            for point in points.points where point.kind == kind {
                let row = Int(point.row)
                guard let midpoint = time.number(row), let value = flux.number(row), value.isFinite else { continue }
                let sigma = error.number(row) ?? 0
                plotted.append(
                    PlotPoint(
                        band: table.string(band, row).flatMap { Band($0) }, time: midpoint, flux: value,
                        fluxErr: sigma.isFinite ? max(0, sigma) : 0, kind: kind))
            }
        }
        return plotted.sorted { ($0.time, $0.kind.rawValue) < ($1.time, $1.kind.rawValue) }
    }
}

extension Band {
    /// Colours that Rubin's guide for plots (RTN-045) gives the bands on white.
    var plotColour: String { ["#0c71ff", "#49be61", "#c61c00", "#ffc200", "#f341a2", "#5d0000"][Int(rawValue)] }
}
