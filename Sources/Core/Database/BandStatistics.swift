/// Running statistics of an object's detections in one band: sums, so that a point more costs a few additions.
///
/// Mean = Σ(f/σ²)/Σ(1/σ²), the inverse-variance mean that Rubin's psfFluxMean is; scatter = sample standard deviation.
/// Fluxes are nJy. The sums are fixed-point integers: whatever order points come in, whatever was taken back and added
/// again, the same points give the same bits. A float32 flux of 16 nJy or more is summed without any rounding.
///
/// Points without a finite flux, and those of 2³⁶ nJy (AB magnitude 4) and brighter, count in `count` alone; an error has to
/// be finite and at least 2⁻⁸ nJy to weigh.
public struct BandStatistics: Sendable, Equatable {
    public var count: UInt32 = 0
    /// Points with a flux.
    public var fluxCount: UInt32 = 0
    /// Σ 1/σ² in units of `weightQuantum`.
    public var weightSum: Int128 = 0
    /// Σ f/σ² in units of `weightQuantum`.
    public var weightedFluxSum: Int128 = 0
    /// Σ f in units of `fluxQuantum`.
    public var fluxSum: Int128 = 0
    /// Σ f² in units of `fluxQuantum`².
    public var squareSum: Int128 = 0
    public var minFlux = Double.nan
    public var maxFlux = Double.nan
    public var firstMidpoint = Double.nan
    public var lastMidpoint = Double.nan
    /// Of the newest point, NaN when that one has no flux; of two at one time the brighter.
    public var lastFlux = Double.nan

    /// nJy
    public static let fluxQuantum = 0x1p-20
    /// 1/nJy² of weights, 1/nJy of weighted fluxes.
    public static let weightQuantum = 0x1p-64
    static let fluxLimit = 0x1p36
    static let smallestError = 0x1p-8

    public init() {}

    /// Equal when every number has the same bits: what is missing is NaN, and equals what is missing.
    public static func == (left: BandStatistics, right: BandStatistics) -> Bool {
        left.count == right.count && left.fluxCount == right.fluxCount && left.weightSum == right.weightSum
            && left.weightedFluxSum == right.weightedFluxSum && left.fluxSum == right.fluxSum
            && left.squareSum == right.squareSum
            && zip(left.numbers, right.numbers).allSatisfy { $0.bitPattern == $1.bitPattern }
    }

    private var numbers: [Double] { [minFlux, maxFlux, firstMidpoint, lastMidpoint, lastFlux] }

    public mutating func add(flux: Double?, fluxErr: Double?, midpoint: MJD) {
        count += 1
        // Zero is added so that −0 and 0, which compare equal, are one value.
        let flux: Double = flux.map { abs($0) < Self.fluxLimit ? $0 + 0 : .nan } ?? .nan
        if !(firstMidpoint <= midpoint.days) { firstMidpoint = midpoint.days }
        if !(lastMidpoint >= midpoint.days) {
            lastMidpoint = midpoint.days
            lastFlux = flux
        } else if lastMidpoint == midpoint.days, !(lastFlux >= flux), !flux.isNaN {
            lastFlux = flux
        }
        guard !flux.isNaN else { return }
        fluxCount += 1
        // 56 bits and a sign: no square overflows, and thousands of the largest fit.
        let units = Int128(Int64(flux * (1 / Self.fluxQuantum)))
        fluxSum &+= units
        squareSum &+= units &* units
        minFlux = minFlux <= flux ? minFlux : flux
        maxFlux = maxFlux >= flux ? maxFlux : flux
        if let fluxErr, fluxErr.isFinite, fluxErr >= Self.smallestError {
            weightSum &+= Self.fixed(1 / (fluxErr * fluxErr))
            weightedFluxSum &+= Self.fixed(flux / (fluxErr * fluxErr))
        }
    }

    /// A number below 2⁵² in magnitude in units of `weightQuantum`, cut off towards zero.
    @inline(__always) private static func fixed(_ value: Double) -> Int128 {
        let high = Int64(value * 0x1p4)
        let rest = (value - Double(high) * 0x1p-4) * 0x1p64
        return Int128(high) << 60 &+ Int128(Int64(rest))
    }

    /// Inverse-variance mean flux, nil without a weighted point.
    public var meanFlux: Double? { weightSum > 0 ? Double(weightedFluxSum) / Double(weightSum) : nil }
    /// Standard error of the mean flux.
    public var meanFluxErr: Double? {
        weightSum > 0 ? (1 / (Double(weightSum) * Self.weightQuantum)).squareRoot() : nil
    }
    /// Sample standard deviation, nil below two points.
    public var fluxSigma: Double? {
        guard fluxCount > 1 else { return nil }
        // n Σf² − (Σf)² as a difference of exact products: a large mean cancels nothing.
        let squares = Int128(fluxCount).multipliedFullWidth(by: squareSum)
        let square = fluxSum.multipliedFullWidth(by: fluxSum)
        let (low, borrows) = squares.low.subtractingReportingOverflow(square.low)
        let high = squares.high &- square.high &- (borrows ? 1 : 0)
        let difference = max(0, Double(high) * 0x1p128 + Double(low)) * (Self.fluxQuantum * Self.fluxQuantum)
        let n = Double(fluxCount)
        return (difference / (n * (n - 1))).squareRoot()
    }
}
