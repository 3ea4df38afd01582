import Glibc
import Sky

/// Rubin's camera: 21 rafts of 3 × 3 detectors in a 5 × 5 square without its corners, numbered raft by raft.
enum FocalPlane {
    static let sideDeg = 3.5
    static let detectorCount = 189
    private static let cells = 15
    static let detectorSidePixels = 4000.0
    static let detectorSideArcsec = sideDeg * 3600 / Double(cells)

    /// Detector and pixel of an offset from the pointing (gnomonic, degrees); nil outside the detectors.
    static func locate(xDeg: Double, yDeg: Double) -> (detector: Int, x: Float, y: Float)? {
        let column = (xDeg / sideDeg + 0.5) * Double(cells)
        let row = (yDeg / sideDeg + 0.5) * Double(cells)
        guard column >= 0, row >= 0, column < Double(cells), row < Double(cells) else { return nil }
        let (i, j) = (Int(column), Int(row))
        let raft = j / 3 * 5 + i / 3
        guard let order = raftOrder(raft) else { return nil }
        return (
            order * 9 + j % 3 * 3 + i % 3, Float((column - Double(i)) * detectorSidePixels),
            Float((row - Double(j)) * detectorSidePixels)
        )
    }

    /// Whether a place is on a detector of a visit.
    static func holds(_ place: SkyPosition, in visit: SimulatedVisit) -> Bool {
        guard
            let (x, y) = project(
                raDeg: place.raDegrees, decDeg: place.decDegrees, centreRaDeg: visit.centreRaDeg,
                centreDecDeg: visit.centreDecDeg)
        else { return false }
        return locate(xDeg: x, yDeg: y) != nil
    }

    private static func raftOrder(_ raft: Int) -> Int? {
        switch raft {
        case 0, 4, 20, 24: nil
        case 1...3: raft - 1
        case 5...19: raft - 2
        default: raft - 3
        }
    }

    /// Offset on the tangent plane of a place from a pointing, degrees; nil on the far side of the sky.
    static func project(raDeg: Double, decDeg: Double, centreRaDeg: Double, centreDecDeg: Double) -> (Double, Double)? {
        let toRadians = Double.pi / 180
        let (ra, dec) = ((raDeg - centreRaDeg) * toRadians, decDeg * toRadians)
        let centre = centreDecDeg * toRadians
        let depth = sin(centre) * sin(dec) + cos(centre) * cos(dec) * cos(ra)
        guard depth > 0.9 else { return nil }
        let x = cos(dec) * sin(ra) / depth
        let y = (cos(centre) * sin(dec) - sin(centre) * cos(dec) * cos(ra)) / depth
        return (x / toRadians, y / toRadians)
    }

    /// The place at an offset on the tangent plane: the inverse of `project`.
    static func deproject(xDeg: Double, yDeg: Double, centreRaDeg: Double, centreDecDeg: Double) -> (Double, Double) {
        let toRadians = Double.pi / 180
        let (x, y) = (xDeg * toRadians, yDeg * toRadians)
        let centre = centreDecDeg * toRadians
        let ra = atan2(x, cos(centre) - y * sin(centre)) / toRadians + centreRaDeg
        let dec = atan2(sin(centre) + y * cos(centre), hypot(x, cos(centre) - y * sin(centre))) / toRadians
        let wrapped = ra < 0 ? ra + 360 : (ra >= 360 ? ra - 360 : ra)
        return (wrapped, dec)
    }
}
