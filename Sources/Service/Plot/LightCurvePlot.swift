import Core

/// A light curve as SVG: bands in colour, one-sigma error bars, detections filled, forced photometry open, non-detections
/// as 3σ limits with arrows.
struct LightCurvePlot {
    let title: String
    let points: [PlotPoint]
    let width: Double
    let height: Double
    private let isSmall: Bool
    private let unit: (name: String, perNanojansky: Double)
    private let x: PlotAxis
    private let y: PlotAxis

    init(title: String, points: [PlotPoint], width: Double, height: Double) {
        self.title = title
        self.points = points
        self.width = width
        self.height = height
        isSmall = width < 560
        let largest = points.map { $0.isLimit ? $0.limit : abs($0.flux) + $0.fluxErr }.max() ?? 0
        let unit = largest >= 2e7 ? ("mJy", 1e-6) : largest >= 2e4 ? ("µJy", 1e-3) : ("nJy", 1.0)
        self.unit = unit
        let fluxes = points.flatMap { point -> [Double] in
            let (low, high) =
                point.isLimit ? (0, point.limit) : (point.flux - point.fluxErr, point.flux + point.fluxErr)
            return [low * unit.1, high * unit.1]
        }
        x = PlotAxis(
            points.map(\.time), margin: 0.04, minimumSpan: 0.02, from: 66, to: width - (isSmall ? 14 : 122))
        y = PlotAxis(fluxes, margin: 0.08, minimumSpan: 1e-6, from: height - (isSmall ? 40 : 50), to: isSmall ? 46 : 40)
    }

    func render() -> [UInt8] {
        var svg = SVGWriter()
        let size =
            "width=\"\(svg.n(width))\" height=\"\(svg.n(height))\" viewBox=\"0 0 \(svg.n(width)) \(svg.n(height))\""
        svg.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) role=\"img\" ")
        svg.raw("font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#222\">\n")
        svg.raw("<title>\(SVGWriter.escape(title))</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n")
        drawFrame(&svg)
        svg.text(x.from, isSmall ? 16 : 20, "font-size=\"\(isSmall ? 12 : 14)\" font-weight=\"bold\"", title)
        if points.isEmpty {
            svg.text((x.from + x.to) / 2, (y.from + y.to) / 2, "text-anchor=\"middle\" fill=\"#777\"", "no points")
        }
        // Limits first, detections last, so that what matters lies on top.
        for point in points where point.isLimit { drawLimit(point, &svg) }
        for point in points where !point.isLimit && point.kind == .forced { drawPoint(point, &svg) }
        for point in points where point.kind == .detection { drawPoint(point, &svg) }
        if isSmall { drawSmallLegend(&svg) } else { drawLegend(&svg) }
        svg.raw("</svg>\n")
        return svg.bytes
    }

    // MARK: Axes

    private func drawFrame(_ svg: inout SVGWriter) {
        let grid = "stroke=\"#e6e8ec\" stroke-width=\"1\""
        let tickCount = isSmall ? 4 : 7
        let decimals = (x: x.decimals(tickCount), y: y.decimals(5))
        for tick in points.isEmpty ? [] : x.ticks(tickCount) {
            let pixel = x.pixel(tick)
            svg.line(pixel, y.from, pixel, y.to, grid)
            svg.text(pixel, y.from + 16, "text-anchor=\"middle\" font-size=\"11\"", TextNumber.fixed(tick, decimals.x))
        }
        for tick in points.isEmpty ? [] : y.ticks(5) {
            let pixel = y.pixel(tick)
            svg.line(x.from, pixel, x.to, pixel, grid)
            svg.text(x.from - 6, pixel + 4, "text-anchor=\"end\" font-size=\"11\"", TextNumber.fixed(tick, decimals.y))
        }
        if !points.isEmpty, y.low < 0, y.high > 0 {
            svg.line(
                x.from, y.pixel(0), x.to, y.pixel(0), "stroke=\"#9aa0a8\" stroke-width=\"1\" stroke-dasharray=\"4 3\"")
        }
        let frame = "fill=\"none\" stroke=\"#555\" stroke-width=\"1\""
        svg.raw("<rect x=\"\(svg.n(x.from))\" y=\"\(svg.n(y.to))\" width=\"\(svg.n(x.to - x.from))\" ")
        svg.raw("height=\"\(svg.n(y.from - y.to))\" \(frame)/>\n")
        svg.text((x.from + x.to) / 2, height - (isSmall ? 8 : 12), "text-anchor=\"middle\"", timeTitle)
        let middle = (y.from + y.to) / 2
        svg.text(
            16, middle, "text-anchor=\"middle\" transform=\"rotate(-90 16 \(svg.n(middle)))\"",
            isSmall ? "psfFlux (\(unit.name))" : "difference flux psfFlux (\(unit.name))")
    }

    private var timeTitle: String {
        guard !isSmall, let first = points.first, let last = points.last else { return "MJD (TAI, d)" }
        let dates = [first, last].map { ISO8601.text(unixSecondsUTC: MJD($0.time).unixSecondsUTC).prefix(10) }
        return "time MJD (TAI, d) — \(dates[0]) to \(dates[1]) UTC"
    }

    // MARK: Points

    private func colour(_ point: PlotPoint) -> String { point.band?.plotColour ?? "#777777" }

    private func tooltip(_ point: PlotPoint) -> String {
        let band = point.band?.description ?? "no band"
        let value = "\(TextNumber.fixed(point.flux, 1)) ± \(TextNumber.fixed(point.fluxErr, 1)) nJy"
        let kind = point.kind == .detection ? "detection" : point.isLimit ? "forced, below 3σ" : "forced"
        return "\(band) \(TextNumber.fixed(point.time, 5)): \(value), \(kind)"
    }

    private func drawPoint(_ point: PlotPoint, _ svg: inout SVGWriter) {
        let (centre, colour) = ((x.pixel(point.time), y.pixel(point.flux * unit.perNanojansky)), colour(point))
        if point.fluxErr > 0 {
            let low = y.pixel((point.flux - point.fluxErr) * unit.perNanojansky)
            let high = y.pixel((point.flux + point.fluxErr) * unit.perNanojansky)
            svg.line(centre.0, low, centre.0, high, "stroke=\"\(colour)\" stroke-width=\"1.1\" stroke-opacity=\"0.7\"")
        }
        let fill =
            point.kind == .detection
            ? "fill=\"\(colour)\" stroke=\"#222\" stroke-width=\"0.5\""
            : "fill=\"#fff\" stroke=\"\(colour)\" stroke-width=\"1.4\""
        svg.circle(centre.0, centre.1, point.kind == .detection ? 3.8 : 2.8, fill, title: tooltip(point))
    }

    private func drawLimit(_ point: PlotPoint, _ svg: inout SVGWriter) {
        let (px, py) = (x.pixel(point.time), y.pixel(point.limit * unit.perNanojansky))
        LightCurvePlot.drawArrow(px, py, colour(point), title: tooltip(point), &svg)
    }

    /// A bar at the limit and an arrow down from it.
    private static func drawArrow(_ px: Double, _ py: Double, _ colour: String, title: String, _ svg: inout SVGWriter) {
        let (left, right, top, tip) = (svg.n(px - 3.5), svg.n(px + 3.5), svg.n(py), svg.n(py + 10))
        let shaft = "M\(left) \(top)H\(right)M\(svg.n(px)) \(top)V\(tip)"
        let head = "M\(svg.n(px - 2.5)) \(svg.n(py + 6.5))L\(svg.n(px)) \(tip)L\(svg.n(px + 2.5)) \(svg.n(py + 6.5))"
        svg.path(
            shaft + head, "fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.1\" stroke-opacity=\"0.6\"", title: title
        )
    }

    // MARK: Legend

    private var bands: [Band] { Band.allCases.filter { band in points.contains { $0.band == band } } }

    private func drawLegend(_ svg: inout SVGWriter) {
        let left = x.to + 20
        var top = y.to + 8
        for band in bands {
            svg.circle(left, top, 4.5, "fill=\"\(band.plotColour)\"")
            let count = points.count { $0.band == band }
            svg.text(left + 12, top + 4, "", "\(band)  (\(count))")
            top += 19
        }
        top += 10
        let ink = "#444"
        svg.circle(left, top, 3.8, "fill=\"\(ink)\"")
        svg.text(left + 12, top + 4, "", "detection")
        svg.circle(left, top + 19, 2.8, "fill=\"#fff\" stroke=\"\(ink)\" stroke-width=\"1.4\"")
        svg.text(left + 12, top + 23, "", "forced")
        LightCurvePlot.drawArrow(left, top + 33, ink, title: "", &svg)
        svg.text(left + 12, top + 42, "", "3σ limit")
    }

    private func drawSmallLegend(_ svg: inout SVGWriter) {
        var left = x.from + 6
        for band in bands {
            svg.circle(left, 32, 4, "fill=\"\(band.plotColour)\"")
            svg.text(left + 7, 36, "font-size=\"11\"", band.description)
            left += 26
        }
    }
}
