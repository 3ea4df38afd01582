import Core
import Glibc
import Sky

/// Matches detections with the orbits of a night: exact topocentric places at each detection's own time. One a thread.
public final class VisitMatcher {
    private let index: NightlyIndex
    private let limits: MatchLimits
    private let errors: NightlyErrors?
    private var hash = SourceHash()
    private var directions: [Vec3] = []
    private var ranges: [Range<Int64>] = []
    private var nearest: NearestOrbits
    /// The observer at the time that was asked last: most detections of a visit share theirs.
    private var lastObserver: (mjdTai: Double, state: ObserverState)?

    public init(index: NightlyIndex, errors: NightlyErrors? = nil, limits: MatchLimits = MatchLimits()) {
        precondition(limits.widest * Angle.radiansPerArcsec <= SourceHash.side, "a search wider than the margins")
        self.index = index
        self.errors = errors
        self.limits = limits
        nearest = NearestOrbits(most: limits.mostOrbits)
    }

    /// Detections of one visit whose times differ more are handled apart: seconds.
    private static let bunchSeconds: Double = 10
    /// A bunch that spans more of the sky is split by pixels of this order (7°).
    private static let widestBunch: Double = 4 * Angle.radiansPerDegree
    private static let splitOrder = 3
    /// Of all bodies that are no dense paths: 0.1 au away at 0.1 au a day. Radians a day.
    private static let fastest: Double = 1

    /// Every orbit near every detection, ranked. The answer does not depend on the order of the detections.
    public func match(_ sources: SourceColumns) -> MatchResult {
        var result = MatchResult()
        var order: [Int32] = []
        order.reserveCapacity(sources.count)
        findDirections(sources)
        nearest.begin(sourceCount: sources.count)
        for row in 0..<sources.count {
            let place = SkyPosition(raDegrees: sources.raDegrees[row], decDegrees: sources.decDegrees[row])
            guard place.isOnSky, index.covers(mjdTai: sources.midpointMjdTai[row]) else {
                result.unknownSources.append(row)
                continue
            }
            order.append(Int32(row))
        }
        order.sort { Self.precedes(Int($0), Int($1), sources) }
        var start = 0
        while start < order.count {
            let end = bunchEnd(order, from: start, sources)
            matchBunch(order[start..<end], sources, &result)
            start = end
        }
        MatchRanking.rank(&result.matches)
        return result
    }

    /// Unit vectors of all places, eight abreast, to look for neighbours.
    private func findDirections(_ sources: SourceColumns) {
        directions.removeAll(keepingCapacity: true)
        directions.reserveCapacity(sources.count + 8)
        let whole = sources.count / 8 * 8
        sources.raDegrees.withUnsafeBytes { ra in
            sources.decDegrees.withUnsafeBytes { dec in
                for byte in stride(from: 0, to: 8 * whole, by: MemoryLayout<Lanes>.size) {
                    let (sinRA, cosRA) = LaneTrigonometry.ofDegrees(ra.loadUnaligned(fromByteOffset: byte, as: Lanes.self))
                    let (sinDec, cosDec) = LaneTrigonometry.ofDegrees(
                        dec.loadUnaligned(fromByteOffset: byte, as: Lanes.self))
                    let (x, y): (Lanes, Lanes) = (cosDec * cosRA, cosDec * sinRA)
                    for lane in 0..<8 { directions.append(Vec3(x: x[lane], y: y[lane], z: sinDec[lane])) }
                }
            }
        }
        for row in whole..<sources.count {
            let place = SkyPosition(raDegrees: sources.raDegrees[row], decDegrees: sources.decDegrees[row])
            directions.append(place.direction)
        }
    }

    private static func precedes(_ left: Int, _ right: Int, _ sources: SourceColumns) -> Bool {
        if !sources.visit.isEmpty, sources.visit[left] != sources.visit[right] {
            return sources.visit[left] < sources.visit[right]
        }
        let (a, b) = (sources.midpointMjdTai[left], sources.midpointMjdTai[right])
        return a != b ? a < b : left < right
    }

    private func bunchEnd(_ order: [Int32], from start: Int, _ sources: SourceColumns) -> Int {
        let first = Int(order[start])
        let latest: Double = sources.midpointMjdTai[first] + Self.bunchSeconds / 86_400
        var end = start + 1
        while end < order.count {
            let row = Int(order[end])
            guard sources.midpointMjdTai[row] <= latest else { break }
            guard sources.visit.isEmpty || sources.visit[row] == sources.visit[first] else { break }
            end += 1
        }
        return end
    }

    private func matchBunch(_ bunch: ArraySlice<Int32>, _ sources: SourceColumns, _ result: inout MatchResult) {
        let cap = Cap(directions, bunch)
        guard cap.radius > Self.widestBunch else { return matchCap(bunch, cap, sources, &result) }
        let pixels = bunch.map { (HEALPix.index(directions[Int($0)], order: Self.splitOrder), $0) }.sorted { $0 < $1 }
        var start = 0
        while start < pixels.count {
            var end = start + 1
            while end < pixels.count, pixels[end].0 == pixels[start].0 { end += 1 }
            let part = pixels[start..<end].map(\.1)[...]
            matchCap(part, Cap(directions, part), sources, &result)
            start = end
        }
    }

    private func matchCap(
        _ bunch: ArraySlice<Int32>, _ cap: Cap, _ sources: SourceColumns, _ result: inout MatchResult
    ) {
        hash.load(directions, members: bunch)
        let hash = hash
        let times = bunch.map { sources.midpointMjdTai[Int($0)] }
        let (first, last) = (times.min() ?? 0, times.max() ?? 0)
        let middle: Double = (first + last) / 2
        let spread: Double = (last - first) / 2
        let reach = Angle(arcsec: limits.widest)
        let beside: Double = cap.radius + reach.radians + Self.fastest * spread + Search.straightError
        precondition(beside < 1, "a bunch as wide as this is split")
        let search = Search(
            observer: observer(mjdTai: middle), offset: middle - index.options.midnightMjdTai, spread: spread,
            center: cap.center, leastCosineSquared: cos(beside) * cos(beside))
        for level in index.levels where !level.states.isEmpty {
            let radius = Angle(radians: min(Double.pi, cap.radius + level.margin.radians + reach.radians))
            HEALPix.disc(center: cap.center, radius: radius, order: level.order, into: &ranges)
            let shift = Int64(2 * (HEALPix.maxOrder - level.order))
            for range in ranges {
                let begin = Int(level.starts[Int(range.lowerBound >> shift)])
                let end = Int(level.starts[Int(range.upperBound >> shift)])
                result.candidates += end - begin
                for place in begin..<end { consider(level.states[place], search, hash, sources, &result) }
            }
        }
        result.candidates += index.fast.count + index.near.count
        for state in index.fast { consider(state, search, hash, sources, &result) }
        for path in index.near { consider(path, search, sources, &result) }
    }

    private func observer(mjdTai: Double) -> ObserverState {
        if let lastObserver, lastObserver.mjdTai == mjdTai { return lastObserver.state }
        let state = index.observer.state(taiMjd: mjdTai)
        lastObserver = (mjdTai, state)
        return state
    }

    /// What all candidates of a bunch share.
    private struct Search {
        let observer: ObserverState
        /// Days from midnight (the 1.7 ms of TDB do not change in a night).
        let offset: Double
        /// Largest distance of a detection's time from the middle, days.
        let spread: Double
        /// Direction of the middle, and the squared cosine of the angle around it in which bodies are looked for by the straight
        /// line of their motion: with the widest reach, motion within the spread, and what the straight line leaves out.
        let center: Vec3
        let leastCosineSquared: Double

        /// Bend and light time move no body farther in half a day, unless it is a dense path: 3′ at worst.
        static let straightError: Double = 5 * 60 * Angle.radiansPerArcsec

        /// Quick: false for most bodies of the cells that stand outside.
        @inline(__always)
        func mayHold(_ state: NightlyState) -> Bool {
            let x: Double = state.x + offset * Double(state.vx) - observer.position.x
            let y: Double = state.y + offset * Double(state.vy) - observer.position.y
            let z: Double = state.z + offset * Double(state.vz) - observer.position.z
            let along: Double = x * center.x + y * center.y + z * center.z
            return along > 0 && along * along >= leastCosineSquared * (x * x + y * y + z * z)
        }
    }

    /// Added to the radius of a search from a place whose light time was not solved again: the error is 0.02″ at worst.
    private static let quickError: Double = 0.2 * Angle.radiansPerArcsec

    @inline(__always)
    private func consider(
        _ state: NightlyState, _ search: Search, _ hash: SourceHash, _ sources: SourceColumns,
        _ result: inout MatchResult
    ) {
        guard search.mayHold(state) else { return }
        let motion = state.motion
        let now = motion.position(search.offset) + -search.observer.position
        let delay: Double = now.length * (1 / SolarConstants.lightAuPerDay)
        let line =
            motion.position(search.offset - delay) + -search.observer.position + (-delay) * search.observer.sunVelocity
        let range: Double = line.length
        var radius: Double =
            (state.isComet ? limits.cometRadiusArcsec : limits.radiusArcsec) * Angle.radiansPerArcsec + Self.quickError
        if search.spread > 0 {
            let relative = motion.velocity + -search.observer.velocity
            radius += 1.1 * relative.length / range * search.spread
        }
        hash.near((1 / range) * line, radius: radius) { source in
            check(Int(source), motion, 0, state.row, isComet: state.isComet, sources, &result)
        }
    }

    private func consider(
        _ path: DensePath, _ search: Search, _ sources: SourceColumns, _ result: inout MatchResult
    ) {
        let (motion, shift) = path.motion(offsetDays: search.offset)
        let (line, _) = Sighting.line(path: motion, offsetDays: search.offset + shift, observer: search.observer)
        let range: Double = line.length
        let relative = motion.velocity + -search.observer.velocity
        let limit: Double = path.isComet ? limits.cometRadiusArcsec : limits.radiusArcsec
        let radius: Double = limit * Angle.radiansPerArcsec + 1.5 * relative.length / range * search.spread
        hash.near((1 / range) * line, radius: radius) { source in
            let own: Double = sources.midpointMjdTai[Int(source)] - index.options.midnightMjdTai
            let (motion, shift) = path.motion(offsetDays: own)
            check(Int(source), motion, shift, path.row, isComet: path.isComet, sources, &result)
        }
    }

    /// The exact place at the detection's own time.
    private func check(
        _ source: Int, _ motion: LocalMotion, _ shift: Double, _ orbit: Int, isComet: Bool,
        _ sources: SourceColumns, _ result: inout MatchResult
    ) {
        let time: Double = sources.midpointMjdTai[source]
        let offset: Double = time - index.options.midnightMjdTai
        let observer = observer(mjdTai: time)
        let sighting = Sighting(path: motion, offsetDays: offset + shift, observer: observer)
        let direction = sighting.topo.position.normalized
        // Not from `directions`: there the last digit hangs on which eight were computed together.
        let seen = SkyPosition(raDegrees: sources.raDegrees[source], decDegrees: sources.decDegrees[source]).direction
        let limit = Angle(arcsec: isComet ? limits.cometRadiusArcsec : limits.radiusArcsec)
        guard direction.chordSquared(to: seen) <= limit.chordSquared else { return }
        let error = errors?.error(orbit: orbit, sighting: sighting, index: index)
        if let error, !(error.majorArcsec <= limits.mostSigmaArcsec) {
            result.uncertainOrbits += 1
            return
        }
        let (east, north) = TangentAxes.at(direction)
        let (dx, dy): (Double, Double) = (seen.dot(east), seen.dot(north))
        let separation: Double = direction.angleRadians(to: seen)
        // The tangent plane's offset, stretched to the true angle.
        let planar: Double = hypot(dx, dy)
        let scale: Double = (planar > 0 ? separation / planar : 1) / Angle.radiansPerArcsec
        let own: Double = sources.errorArcsec.isEmpty ? SourceColumns.usualErrorArcsec : sources.errorArcsec[source]
        let distance =
            error?.mahalanobis(eastArcsec: dx * scale, northArcsec: dy * scale, detectionErrorArcsec: own) ?? .nan
        nearest.add(
            OrbitMatch(
                source: source, orbit: orbit, separationArcsec: separation / Angle.radiansPerArcsec,
                offsetEastArcsec: dx * scale, offsetNorthArcsec: dy * scale, sighting: sighting, error: error,
                mahalanobis: distance), to: &result.matches)
    }
}

/// A circle on the sky around some directions.
struct Cap {
    let center: Vec3
    let radius: Double

    init(_ directions: [Vec3], _ members: ArraySlice<Int32>) {
        var sum = Vec3(x: 0, y: 0, z: 0)
        for member in members { sum = sum + directions[Int(member)] }
        // Opposite directions may cancel; then any centre will do.
        center = sum.length > 1e-9 ? sum.normalized : Vec3(x: 0, y: 0, z: 1)
        var farthest: Double = 0
        for member in members { farthest = max(farthest, center.chordSquared(to: directions[Int(member)])) }
        radius = 2 * asin(min(1, farthest.squareRoot() / 2))
    }
}
