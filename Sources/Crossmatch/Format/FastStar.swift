import Core
import Glibc
import Sky

/// A source that moves much faster than the rest of its catalogue: the file `fast` lists them by declination, so that one Barnard's
/// star does not widen the search around every place.
struct FastStar: BitwiseCopyable {
    /// Degrees ICRS at the row's epoch.
    let ra: Double
    let dec: Double
    let cosDec: Double
    /// Total proper motion, mas/yr.
    let motion: Double
    let row: Int64
}

/// Finds the fastest rows while a catalogue is written, in bounded memory.
struct FastestRows {
    private let limit: Int
    /// A heap, the slowest on top.
    private var heap: [FastStar] = []
    /// The fastest that is not among them, mas/yr.
    private(set) var restMotion: Double = 0

    /// One row of 256, at most 16 384: their list is searched for every place.
    init(rows: Int) { limit = max(1, min(rows / 256, 16_384)) }

    mutating func see(row: Int, ra: Double, dec: Double, motion: Double) {
        guard motion > 0, heap.count < limit || motion > heap[0].motion else {
            restMotion = max(restMotion, motion)
            return
        }
        let star = FastStar(
            ra: ra, dec: dec, cosDec: cos(dec * Angle.radiansPerDegree), motion: motion, row: Int64(row))
        if heap.count < limit {
            heap.append(star)
            rise()
        } else {
            restMotion = max(restMotion, heap[0].motion)
            heap[0] = star
            sink()
        }
    }

    /// By declination; empty where they are not much faster than the rest, and a list would gain nothing.
    var worthwhile: [FastStar] {
        guard let fastest = heap.map(\.motion).max(), fastest > 2 * restMotion else { return [] }
        return heap.sorted { ($0.dec, $0.row) < ($1.dec, $1.row) }
    }

    private mutating func rise() {
        var child = heap.count - 1
        while child > 0, heap[child].motion < heap[(child - 1) / 2].motion {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].motion < heap[least].motion { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}

extension Catalogue {
    /// Calls `body` with each row of the list of fast sources that may be within a radius of a place.
    /// - Parameters:
    ///   - radiusDegrees: of the search itself.
    ///   - years: how long they may have moved; what they moved is added for each.
    @inline(__always) func forEachFast(
        raDegrees: Double, decDegrees: Double, radiusDegrees: Double, years: Double, _ body: (Int) -> Void
    ) {
        guard let fast, !fast.isEmpty else { return }
        // A hair more than the arithmetic of the separation can be off.
        let radius: Double = radiusDegrees + 1e-9
        let degreesPerMas: Double = years * (1 + 1e-6) / 3_600_000
        let widest: Double = radius + manifest.maxMotionMasPerYear * degreesPerMas
        var low = 0
        var high = fast.count
        while low < high {
            let middle = (low + high) / 2
            if fast[middle].dec < decDegrees - widest { low = middle + 1 } else { high = middle }
        }
        while low < fast.count, fast[low].dec <= decDegrees + widest {
            let star = fast[low]
            low += 1
            let reach: Double = radius + star.motion * degreesPerMas
            guard abs(star.dec - decDegrees) <= reach, star.row >= 0, star.row < Int64(rowCount) else { continue }
            // sin(s/2) ≥ cos δ sin(Δα/2) and sin(Δα/2) ≥ Δα/π, with the smaller of both cosines.
            var turn: Double = abs(star.ra - raDegrees)
            if turn > 180 { turn = 360 - turn }
            let cosine: Double = star.cosDec - reach * Angle.radiansPerDegree
            if cosine <= 0 || turn * cosine * (2 / Double.pi) <= reach { body(Int(star.row)) }
        }
    }
}
