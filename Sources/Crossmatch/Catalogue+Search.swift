import Core
import Glibc
import Sky

extension Catalogue {
    /// The rows whose index may lie in a range of order-29 indices: all that do, and at most a few pixels of order c + 16 more.
    @inline(__always) func rows(in range: Range<Int64>) -> Range<Int> {
        let first = lowerBound(range.lowerBound, after: false)
        return first..<max(first, lowerBound(range.upperBound - 1, after: true))
    }

    /// The first row not before a pixel, or (`after`) the first behind it.
    @inline(__always) private func lowerBound(_ pixel: Int64, after: Bool) -> Int {
        let cellShift = Int64(2 * (HEALPix.maxOrder - manifest.cellOrder))
        let cell = Int(pixel >> cellShift)
        let key = UInt32(truncatingIfNeeded: (pixel & ((1 << cellShift) - 1)) >> keyShift)
        // Pages that could not be read are zeros: the end may lie before the beginning, or not behind it.
        var low = min(Int(cells[cell]), rowCount)
        var high = min(Int(cells[cell + 1]), rowCount)
        while high - low > 8 {
            let middle = (low + high) / 2
            if keys[middle] < key || after && keys[middle] == key { low = middle + 1 } else { high = middle }
        }
        while low < high, keys[low] < key || after && keys[low] == key { low += 1 }
        return low
    }

    private var keyShift: Int64 { Int64(2 * (HEALPix.maxOrder - manifest.cellOrder - 16)) }

    static func key(_ pixel: Int64, cellOrder: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: pixel >> Int64(2 * (HEALPix.maxOrder - cellOrder - 16)))
    }

    /// How long sources may have moved at a time, in Julian years; 0 where nothing moves.
    @inline(__always) func motionYears(at time: MJD?) -> Double {
        guard let time, manifest.maxMotionMasPerYear > 0, time.days.isFinite else { return 0 }
        return abs(ProperMotion.years(from: manifest.epochYear ?? 2000, to: time)) + manifest.epochSpreadYears
    }

    /// How far beyond its stored place a source that is not in the list of fast ones may be, in radians.
    @inline(__always) func motionMarginRadians(years: Double) -> Double {
        // The straight line of the motion is longer than its arc, never shorter.
        manifest.searchedMotionMasPerYear / 1000 * years * Angle.radiansPerArcsec * (1 + 1e-6)
    }

    /// Distance in degrees from a place to a row's source at a time (at its own epoch when nil or nothing moves).
    @inline(__always) func separationDegrees(_ row: Int, _ raDegrees: Double, _ decDegrees: Double, at time: MJD?)
        -> Double
    {
        guard let pmra, let pmdec, let time, time.days.isFinite, pmra[row] != 0 || pmdec[row] != 0 else {
            return SkyPosition.separationDegrees(raDegrees, decDegrees, ra[row], dec[row])
        }
        let epoch = epochs.map { $0[row] } ?? manifest.epochYear ?? 2000
        let then = ProperMotion.propagate(
            SkyPosition(raDegrees: ra[row], decDegrees: dec[row]), pmraMasPerYear: Double(pmra[row]),
            pmdecMasPerYear: Double(pmdec[row]), years: ProperMotion.years(from: epoch, to: time))
        return then.angleRadians(to: Vec3(raDegrees: raDegrees, decDegrees: decDegrees)) * Angle.degreesPerRadian
    }

    /// One source within a radius.
    public struct Hit: Sendable, Equatable {
        public let row: Int
        public let separationArcsec: Double
    }

    /// Every source within a radius of a place, nearest first (row order among equals).
    /// - Parameter time: where the sources are meant to be; nil takes the stored positions.
    public func cone(_ center: SkyPosition, radius: Angle, at time: MJD? = nil) -> [Hit] {
        precondition(center.isOnSky, "a cone's centre must be on the sky")
        let years = motionYears(at: time)
        let reach = Angle(radians: min(Double.pi, radius.radians + motionMarginRadians(years: years)))
        let ranges = HEALPix.disc(center: center.direction, radius: reach, order: HEALPix.coverOrder(radius: reach))
        var hits: [Hit] = []
        // Ranges narrower than a key's pixel share its rows, which must count once.
        var next = 0
        for range in ranges {
            let found = rows(in: range)
            let rows = max(next, found.lowerBound)..<max(next, found.upperBound)
            next = rows.upperBound
            for row in rows {
                let separation = separationDegrees(row, center.raDegrees, center.decDegrees, at: time)
                if separation <= radius.degrees { hits.append(Hit(row: row, separationArcsec: separation * 3600)) }
            }
        }
        let foundCount = hits.count
        forEachFast(
            raDegrees: center.raDegrees, decDegrees: center.decDegrees, radiusDegrees: radius.degrees, years: years
        ) { row in
            guard !hits[..<foundCount].contains(where: { $0.row == row }) else { return }
            let separation = separationDegrees(row, center.raDegrees, center.decDegrees, at: time)
            if separation <= radius.degrees { hits.append(Hit(row: row, separationArcsec: separation * 3600)) }
        }
        return hits.sorted { ($0.separationArcsec, $0.row) < ($1.separationArcsec, $1.row) }
    }
}
