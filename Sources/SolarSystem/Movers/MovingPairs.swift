import Core
import Glibc
import Sky

/// Detections of one night that belong to no known orbit and no object that was there before.
public struct MoverCandidates: Sendable {
    public struct Detection: Sendable, Equatable {
        public var id: DiaSourceID
        public var visit: VisitID
        public var midpoint: MJD
        public var raDeg: Double
        public var decDeg: Double
        /// Of the place, along one axis.
        public var errorArcsec: Double
        /// NaN without a flux above zero.
        public var magnitude: Double
        public var band: Band?

        public init(
            id: DiaSourceID, visit: VisitID, midpoint: MJD, raDeg: Double, decDeg: Double, errorArcsec: Double,
            magnitude: Double, band: Band?
        ) {
            self.id = id
            self.visit = visit
            self.midpoint = midpoint
            self.raDeg = raDeg
            self.decDeg = decDeg
            self.errorArcsec = errorArcsec
            self.magnitude = magnitude
            self.band = band
        }

        /// As a body of the Sun's colours would be in r: solar colours of Rubin's bands.
        var magnitudeR: Double {
            guard let band else { return magnitude }
            return magnitude - [1.72, 0.48, 0, -0.11, -0.12, -0.12][Int(band.rawValue)]
        }

        var direction: Vec3 { Vec3(raDegrees: raDeg, decDegrees: decDeg) }
    }

    public var detections: [Detection] = []
    public init() {}
}

/// What counts as moving together.
public struct MoverLimits: Sendable, Equatable {
    /// Below, a detection is Rubin's second one of the same object (1″ in 33 minutes is 0.012 deg/d).
    public var leastRateDegPerDay = 0.01
    /// The main belt moves up to 0.3 deg/d, near-Earth objects at some distance up to 1.5; beyond, chance pairs prevail.
    public var mostRateDegPerDay = 1.5
    public var longestMinutes = 90.0
    /// After the Sun's colours are taken off: what colours of other bodies and rotation leave.
    public var mostMagnitudeDifference = 1.0
    /// Detections that others of the other visit lie as near as this by chance are no pair.
    public var mostChance = 1.0
    /// More possible pairs than this are not kept, and more neighbours not looked at.
    public var mostPairs = 1_000_000
    public var mostNeighbours = 500_000_000
    public init() {}

    /// 5 σ: farther apart, two detections are of something that moved.
    static let significance = 5.0
    /// Of Rubin's camera.
    static let fieldSquareDeg = 9.6
}

/// Two detections that may be of one moving body.
public struct MovingPair: Sendable, Equatable {
    /// Rows of the candidates, the earlier first.
    public let first: Int
    public let second: Int
    public let separationArcsec: Double
    /// Unrelated candidates of the second's visit that lie as near or nearer, on average.
    public let chance: Double

    /// The likeliest first; then by rows, so that the order is always the same.
    static func < (left: MovingPair, right: MovingPair) -> Bool {
        (left.chance, left.first, left.second) < (right.chance, right.first, right.second)
    }
}

extension MoverCandidates {
    /// Every pair of detections in different visits that could be one body, and the detections that stand still. Work grows with
    /// the number of neighbours, not with the square of the candidates.
    public func pairs(_ limits: MoverLimits) -> (possible: [MovingPair], still: Set<Int>, isTruncated: Bool) {
        let longestDays: Double = limits.longestMinutes / 1440
        let reach: Double = limits.mostRateDegPerDay * longestDays * Angle.radiansPerDegree
        let directions = detections.map(\.direction)
        let grid = DirectionGrid(directions, cell: max(reach, 1e-6))
        let order = detections.indices.sorted { detections[$0].midpoint < detections[$1].midpoint }
        var counts: [VisitID: Int] = [:]
        for one in detections { counts[one.visit, default: 0] += 1 }
        var possible: [MovingPair] = []
        var still = Set<Int>()
        var (isTruncated, neighbours) = (false, 0)
        for first in order {
            if neighbours > limits.mostNeighbours {
                isTruncated = true
                break
            }
            grid.forEachNear(first) { second in
                neighbours += 1
                let days: Double = detections[second].midpoint.days - detections[first].midpoint.days
                guard days > 0, days <= longestDays, detections[second].visit != detections[first].visit else { return }
                let density: Double = Double(counts[detections[second].visit] ?? 0) / MoverLimits.fieldSquareDeg
                let angle: Double = directions[first].angleRadians(to: directions[second]) * Angle.degreesPerRadian
                switch motion(first, second, days: days, separation: angle, density: density, limits) {
                case .none: break
                case .still: still.formUnion([first, second])
                case .pair(let pair):
                    if possible.count < limits.mostPairs { possible.append(pair) } else { isTruncated = true }
                }
            }
        }
        return (possible, still, isTruncated)
    }

    private enum Motion {
        case none, still
        case pair(MovingPair)
    }

    private func motion(
        _ first: Int, _ second: Int, days: Double, separation: Double, density: Double, _ limits: MoverLimits
    ) -> Motion {
        let (one, other) = (detections[first], detections[second])
        let significant: Double = MoverLimits.significance * hypot(one.errorArcsec, other.errorArcsec) / 3600
        if separation < significant {
            // Nothing follows from too short a time.
            return limits.leastRateDegPerDay * days >= significant ? .still : .none
        }
        let rate: Double = separation / days
        let chance: Double = density * Double.pi * separation * separation
        guard rate >= limits.leastRateDegPerDay, rate <= limits.mostRateDegPerDay, chance <= limits.mostChance,
            abs(one.magnitudeR - other.magnitudeR) <= limits.mostMagnitudeDifference
        else { return .none }
        return .pair(MovingPair(first: first, second: second, separationArcsec: separation * 3600, chance: chance))
    }

    /// Of the possible pairs the least likely by chance, each detection in one pair at most.
    public static func chosen(_ possible: [MovingPair]) -> [MovingPair] {
        var taken = Set<Int>()
        return possible.sorted(by: <).filter { pair in
            guard !taken.contains(pair.first), !taken.contains(pair.second) else { return false }
            taken.formUnion([pair.first, pair.second])
            return true
        }
    }
}

/// Directions sorted into cubes: no trouble at poles and at right ascension 0.
private struct DirectionGrid {
    private let inverse: Double
    private let cells: [SIMD3<Int32>]
    private var members: [SIMD3<Int32>: [Int]] = [:]

    init(_ directions: [Vec3], cell: Double) {
        let inverse: Double = 1 / cell
        self.inverse = inverse
        cells = directions.map { direction in
            SIMD3(
                Int32((direction.x * inverse).rounded(.down)), Int32((direction.y * inverse).rounded(.down)),
                Int32((direction.z * inverse).rounded(.down)))
        }
        for (index, cell) in cells.enumerated() { members[cell, default: []].append(index) }
    }

    /// All in the cube of a member and those around it, itself included.
    func forEachNear(_ index: Int, _ body: (Int) -> Void) {
        let home = cells[index]
        for x in Int32(-1)...1 {
            for y in Int32(-1)...1 {
                for z in Int32(-1)...1 {
                    for other in members[home &+ SIMD3(x, y, z)] ?? [] { body(other) }
                }
            }
        }
    }
}
