import Core
import Glibc
import Sky

/// An orbit without a place in a night.
public struct LostOrbit: Sendable, Equatable {
    public let row: Int
    /// More than a century from its epoch; otherwise its elements give no motion.
    public let isTooFar: Bool

    static let mostNamed = 3
}

/// All known bodies through one night: their motion around local midnight, sorted by the cell of the sky where they stand then.
///
/// Bodies that move far in a night stand in coarser cells; the few that are near the Earth or the Sun, or cross more than
/// three degrees, are asked always. Immutable: any thread may read it.
public final class NightlyIndex: Sendable {
    /// Cells of one size, and how far from its place at midnight a body of them can be seen in this night.
    struct Level: Sendable {
        let order: Int
        fileprivate(set) var margin = Angle(radians: 0)
        /// Bodies of cell c are states[starts[c] ..< starts[c + 1]].
        fileprivate(set) var starts: [UInt32] = []
        fileprivate(set) var states: [NightlyState] = []
    }

    public let options: NightlyOptions
    /// Name of the orbit set, as the source gives it.
    public let versionID: String
    let midnightTdb: Double
    let planets: PlanetTable
    let observer: ObserverMotion
    let levels: [Level]
    /// Moving more than the coarsest level bears.
    let fast: [NightlyState]
    let near: [DensePath]
    /// Bodies with a place, and what became of the others.
    public let count: Int
    public let redone: Int
    public let lost: Int
    /// The first of the lost, to be named.
    public let firstLost: [LostOrbit]
    /// False when making it was cancelled: then it is of no use.
    public let isComplete: Bool

    /// Order and largest margin of each level.
    private static let sizes: [(order: Int, degrees: Double)] = [(6, 0.3), (4, 3)]

    /// Carries every orbit to midnight and sorts: 1.5 M orbits in seconds.
    public init(
        _ source: some OrbitSource, options: NightlyOptions, versionID: String = "", planets: PlanetTable = PlanetTable(),
        isCancelled: () -> Bool = { false }
    ) {
        self.options = options
        self.versionID = versionID
        self.planets = planets
        let midnightTdb = TimeScales.tdb(taiMjd: options.midnightMjdTai)
        self.midnightTdb = midnightTdb
        observer = ObserverMotion(site: options.site, aroundMjdTai: options.midnightMjdTai, planets: planets)
        var sorter = NightlySorter(options: options, midnightTdb: midnightTdb, planets: planets, sizes: Self.sizes)
        let counts = NightlyPropagation(planets: planets, midnightTdb: midnightTdb).run(source, isCancelled: isCancelled) {
            sorter.add(row: $0, state: $1, disturbance: $2, elements: $3)
        }
        levels = zip(Self.sizes, sorter.bins).map { size, bin in Level(order: size.order, bin) }
        fast = sorter.fast
        near = sorter.near
        count = counts.lockstep + counts.redone
        redone = counts.redone
        lost = counts.lost
        firstLost = counts.firstLost
        isComplete = !counts.isCancelled
    }

    /// Whether places at a time (TAI) are what the index promises.
    public func covers(mjdTai: Double) -> Bool {
        abs(mjdTai - options.midnightMjdTai) <= options.halfWindowDays
    }

    /// Bytes that stay in memory.
    public var residentBytes: Int {
        let states = levels.reduce(fast.count) { $0 + $1.states.count } * MemoryLayout<NightlyState>.stride
        let dense = near.reduce(0) { $0 + $1.byteCount }
        return levels.reduce(states + dense) { $0 + 4 * $1.starts.count }
    }
}

extension NightlyIndex.Level {
    /// Sorts by cell, by counting.
    fileprivate init(order: Int, _ bin: NightlySorter.Bin) {
        self.order = order
        margin = Angle(radians: bin.margin)
        var starts = [UInt32](repeating: 0, count: Int(HEALPix.pixelCount(order: order)) + 1)
        for cell in bin.cells { starts[Int(cell) + 1] += 1 }
        for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
        var next = starts
        self.starts = starts
        states = [NightlyState](unsafeUninitializedCapacity: bin.states.count) { buffer, count in
            for (cell, state) in zip(bin.cells, bin.states) {
                buffer.initializeElement(at: Int(next[Int(cell)]), to: state)
                next[Int(cell)] += 1
            }
            count = bin.states.count
        }
    }
}
