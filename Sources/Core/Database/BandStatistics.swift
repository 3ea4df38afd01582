/// Running statistics of an object's detections in one band: sums, so that a point more costs a few additions.
///
/// Mean = Σ(f/σ²)/Σ(1/σ²), the inverse-variance mean that Rubin's psfFluxMean is; scatter = sample standard deviation.
/// Fluxes are nJy. Points without a finite flux and a positive error count in `count` alone.
public struct BandStatistics: Sendable, Equatable {
    public var count: UInt32 = 0
    /// Points with a finite flux.
    public var fluxCount: UInt32 = 0
    public var weightSum = 0.0
    public var weightedFluxSum = 0.0
    public var fluxSum = 0.0
    /// Σ(f − K)² helper: sums are taken about the first flux, against cancellation.
    public var fluxShift = 0.0
    public var shiftedSum = 0.0
    public var shiftedSquareSum = 0.0
    public var minFlux = Double.nan
    public var maxFlux = Double.nan
    public var firstMidpoint = Double.nan
    public var lastMidpoint = Double.nan
    public var lastFlux = Double.nan

    public init() {}

    /// Equal when every number has the same bits: what is missing is NaN, and equals what is missing.
    public static func == (left: BandStatistics, right: BandStatistics) -> Bool {
        left.count == right.count && left.fluxCount == right.fluxCount
            && zip(left.numbers, right.numbers).allSatisfy { $0.bitPattern == $1.bitPattern }
    }

    private var numbers: [Double] {
        [
            weightSum, weightedFluxSum, fluxSum, fluxShift, shiftedSum, shiftedSquareSum, minFlux, maxFlux,
            firstMidpoint, lastMidpoint, lastFlux,
        ]
    }

    public mutating func add(flux: Double?, fluxErr: Double?, midpoint: MJD) {
        count += 1
        if !(firstMidpoint <= midpoint.days) { firstMidpoint = midpoint.days }
        let isNewest = !(lastMidpoint >= midpoint.days)
        if isNewest { lastMidpoint = midpoint.days }
        guard let flux, flux.isFinite else { return }
        if isNewest { lastFlux = flux }
        if fluxCount == 0 { fluxShift = flux }
        fluxCount += 1
        fluxSum += flux
        shiftedSum += flux - fluxShift
        shiftedSquareSum += (flux - fluxShift) * (flux - fluxShift)
        minFlux = minFlux <= flux ? minFlux : flux
        maxFlux = maxFlux >= flux ? maxFlux : flux
        if let fluxErr, fluxErr.isFinite, fluxErr > 0 {
            weightSum += 1 / (fluxErr * fluxErr)
            weightedFluxSum += flux / (fluxErr * fluxErr)
        }
    }

    /// Inverse-variance mean flux, nil without a weighted point.
    public var meanFlux: Double? { weightSum > 0 ? weightedFluxSum / weightSum : nil }
    /// Standard error of the mean flux.
    public var meanFluxErr: Double? { weightSum > 0 ? (1 / weightSum).squareRoot() : nil }
    /// Sample standard deviation, nil below two points.
    public var fluxSigma: Double? {
        guard fluxCount > 1 else { return nil }
        let n = Double(fluxCount)
        return (max(0, shiftedSquareSum - shiftedSum * shiftedSum / n) / (n - 1)).squareRoot()
    }
}
