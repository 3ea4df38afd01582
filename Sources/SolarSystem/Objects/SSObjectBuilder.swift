import Core
import Glibc

/// A detection of a Solar System object, as far as the object's summary needs it.
public struct SolarDetection: Sendable, Equatable {
    public var midpoint: MJD
    public var band: Band?
    /// As it would be at 1 au from Sun and observer; NaN without a flux above zero or a prediction.
    public var reducedMagnitude: Double
    public var magnitudeErr: Double
    /// NaN without a prediction.
    public var phaseAngleDeg: Double
    public var extendedness: Double?

    public init(
        midpoint: MJD, band: Band?, reducedMagnitude: Double, magnitudeErr: Double, phaseAngleDeg: Double,
        extendedness: Double? = nil
    ) {
        self.midpoint = midpoint
        self.band = band
        self.reducedMagnitude = reducedMagnitude
        self.magnitudeErr = magnitudeErr
        self.phaseAngleDeg = phaseAngleDeg
        self.extendedness = extendedness
    }

    var phasePoint: PhasePoint? {
        guard reducedMagnitude.isFinite, magnitudeErr.isFinite, magnitudeErr > 0, phaseAngleDeg.isFinite else {
            return nil
        }
        return PhasePoint(phaseDeg: phaseAngleDeg, reducedMagnitude: reducedMagnitude, error: magnitudeErr)
    }
}

/// Makes rows of `Tables.ssObject`.
public enum SSObjectBuilder {
    /// Appends the row of a body; it does not hang on the order of the detections.
    /// - Parameter elements: of the orbit in use, nil where there is none.
    public static func append(
        id: SSObjectID, designation: String?, elements: CometaryElements?, detections: [SolarDetection],
        to table: ColumnTable
    ) {
        precondition(table.schema.columns.count == Tables.ssObject.columns.count, "a table of ssObject")
        var cells = RowFiller(table)
        cells.append(id.rawValue)
        cells.append(designation)
        cells.append(Int32(clamping: detections.count))
        let first = detections.map(\.midpoint).min()
        let last = detections.map(\.midpoint).max()
        cells.append(first.flatMap { first in last.map { $0.days - first.days } })
        cells.append(first?.days)
        cells.append(last?.days)
        cells.append(elements.map(tisserandJupiter))
        let extendedness = detections.compactMap(\.extendedness).filter(\.isFinite).sorted()
        cells.append(extendedness.last)
        cells.append(median(extendedness))
        cells.append(extendedness.first)
        for band in Band.allCases { append(band, detections.filter { $0.band == band }, &cells) }
        table.finishRow()
    }

    private static func append(_ band: Band, _ detections: [SolarDetection], _ cells: inout RowFiller) {
        // Sums in an order of their own, so that the same detections give the same bits.
        let points = detections.compactMap(\.phasePoint).sorted {
            ($0.phaseDeg, $0.reducedMagnitude, $0.error) < ($1.phaseDeg, $1.reducedMagnitude, $1.error)
        }
        cells.append(Int32(clamping: detections.count))
        let fit = PhaseCurveFit(points, .hg12)
        cells.append(fit?.h)
        cells.append(fit?.hErr)
        cells.append(fit?.slope)
        cells.append(fit?.slopeErr)
        cells.append(fit?.covariance)
        cells.append(Int32(clamping: fit?.count ?? 0))
        cells.append(fit?.chi2)
        cells.append(points.first?.phaseDeg)
        cells.append(points.last?.phaseDeg)
        cells.append(fit.map { !$0.isSlopeFitted })
        let other = PhaseCurveFit(points, .hg)
        for value in [other?.h, other?.hErr, other?.slope, other?.slopeErr, other?.covariance, other?.chi2] {
            cells.append(value)
        }
    }

    /// a_J/a + 2 cos i √(p/a_J) with a_J = 5.2044 au; for hyperbolas as well.
    static func tisserandJupiter(_ elements: CometaryElements) -> Double {
        let jupiter: Double = 5.2044
        let parameter: Double = elements.qAu * (1 + elements.eccentricity)
        let inverse: Double = (1 - elements.eccentricity) / elements.qAu
        let cosine: Double = cos(elements.inclinationDeg * Double.pi / 180)
        return jupiter * inverse + 2 * cosine * (parameter / jupiter).squareRoot()
    }

    private static func median(_ sorted: [Double]) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
