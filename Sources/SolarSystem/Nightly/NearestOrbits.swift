/// Keeps no more than so many orbits of each detection: the nearest, at equal distances those of lower rows. Which ones does not
/// depend on the order in which they come, nor on other detections.
struct NearestOrbits {
    let most: Int
    private var counts: [Int32] = []
    /// Of each detection its match that came last, and of each match the one of its detection before it; -1: none.
    private var newest: [Int32] = []
    private var previous: [Int32] = []
    /// Of detections that have as many as they may.
    private var farthest: [Int: Int] = [:]

    init(most: Int) {
        precondition(most > 0, "no room for any orbit")
        self.most = most
    }

    mutating func begin(sourceCount: Int) {
        counts = [Int32](repeating: 0, count: sourceCount)
        newest = [Int32](repeating: -1, count: sourceCount)
        previous.removeAll(keepingCapacity: true)
        farthest.removeAll(keepingCapacity: true)
    }

    mutating func add(_ match: OrbitMatch, to matches: inout [OrbitMatch]) {
        let source = match.source
        if counts[source] < most {
            previous.append(newest[source])
            newest[source] = Int32(matches.count)
            counts[source] += 1
            matches.append(match)
            return
        }
        let last = farthest[source] ?? farthest(of: source, matches)
        if match.isNearer(than: matches[last]) {
            matches[last] = match
            farthest[source] = farthest(of: source, matches)
        } else {
            farthest[source] = last
        }
    }

    private func farthest(of source: Int, _ matches: [OrbitMatch]) -> Int {
        var found = Int(newest[source])
        var place = Int(previous[found])
        while place >= 0 {
            if matches[found].isNearer(than: matches[place]) { found = place }
            place = Int(previous[place])
        }
        return found
    }
}

extension OrbitMatch {
    /// Of two orbits near one detection.
    func isNearer(than other: OrbitMatch) -> Bool {
        if separationArcsec != other.separationArcsec { return separationArcsec < other.separationArcsec }
        return orbit < other.orbit
    }
}
