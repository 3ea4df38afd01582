import Core
import Sky

/// The nearest source to each place of a batch: the inner loop, over raw buffers.
///
/// A disc is looked up at the finest order whose pixels are at least twice as wide, so that it touches at most 2 × 2 of them:
/// those of its bounding square in face coordinates, whose growth per radian is bounded (`HEALPix.faceScalePerRadian`).
/// Where the square leaves its base pixel, the general disc cover takes over.
struct NearestSearch {
    let catalogue: Catalogue
    let radius: Angle
    let reachRadians: Double
    let reachDegrees: Double
    let order: Int
    let side: Double
    let movesWithTime: Bool
    /// How long the sources may have moved at any time of the batch.
    let years: Double
    var ranges: [Range<Int64>] = []

    /// The best of an alert so far.
    struct Best {
        var row = -1
        var separationDegrees = Double.infinity
    }

    init(catalogue: Catalogue, radius: Angle, timeSpan: ClosedRange<Double>?) {
        self.catalogue = catalogue
        self.radius = radius
        years =
            timeSpan.map {
                max(catalogue.motionYears(at: MJD($0.lowerBound)), catalogue.motionYears(at: MJD($0.upperBound)))
            } ?? 0
        let margin = catalogue.motionMarginRadians(years: years)
        movesWithTime = catalogue.pmra != nil
        reachRadians = min(Double.pi, radius.radians + margin + HEALPix.roundingMarginRadians)
        reachDegrees = reachRadians * Angle.degreesPerRadian
        order = HEALPix.order(ofPixelsAtLeast: 2 * reachRadians)
        side = Double(Int64(1) << Int64(order))
    }

    mutating func nearest(to place: SkyBatch.Place) -> Best {
        var best = nearestInCells(to: place)
        if catalogue.fast != nil {
            catalogue.forEachFast(
                raDegrees: place.raDegrees, decDegrees: place.decDegrees, radiusDegrees: radius.degrees, years: years
            ) { row in test(row, place, &best) }
        }
        return best
    }

    private mutating func nearestInCells(to place: SkyBatch.Place) -> Best {
        var best = Best()
        let ring: Double = Double(place.face / 4 + 2) - place.x - place.y
        let slack: Double = 2 * HEALPix.faceScalePerRadian * reachRadians
        let isEquatorial = ring > 1 + slack && ring < 3 - slack
        let scale = isEquatorial ? HEALPix.equatorialFaceScalePerRadian : HEALPix.faceScalePerRadian
        let half: Double = reachRadians * scale * side
        let west: Double = place.x * side - half
        let east: Double = place.x * side + half
        let south: Double = place.y * side - half
        let north: Double = place.y * side + half
        guard west >= 0, south >= 0, east < side, north < side, order > 0 else {
            searchDisc(place, &best)
            return best
        }
        for iy in Int64(south)...Int64(north) {
            for ix in Int64(west)...Int64(east) {
                let pixel = HEALPix.pixel(face: Int(place.face), ix: ix, iy: iy, order: order)
                search(HEALPix.range(of: pixel, order: order), place, &best)
            }
        }
        return best
    }

    private mutating func searchDisc(_ place: SkyBatch.Place, _ best: inout Best) {
        let center = Vec3(raDegrees: place.raDegrees, decDegrees: place.decDegrees)
        let reach = Angle(radians: reachRadians)
        HEALPix.disc(center: center, radius: reach, order: HEALPix.coverOrder(radius: reach), into: &ranges)
        for range in ranges { search(range, place, &best) }
    }

    @inline(__always) private func search(_ range: Range<Int64>, _ place: SkyBatch.Place, _ best: inout Best) {
        for row in catalogue.rows(in: range) where abs(catalogue.dec[row] - place.decDegrees) <= reachDegrees {
            test(row, place, &best)
        }
    }

    @inline(__always) private func test(_ row: Int, _ place: SkyBatch.Place, _ best: inout Best) {
        let separation = catalogue.separationDegrees(
            row, place.raDegrees, place.decDegrees, at: movesWithTime ? MJD(place.midpointMjdTai) : nil)
        guard separation <= radius.degrees else { return }
        // Of equally near sources the first in the catalogue, whichever pixel was searched first.
        if separation < best.separationDegrees || separation == best.separationDegrees && row < best.row {
            best = Best(row: row, separationDegrees: separation)
        }
    }
}
