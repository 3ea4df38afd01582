/// Puts the matches of a batch in order: which orbit is nearest to a detection, which detection of a visit to an orbit.
enum MatchRanking {
    static func rank(_ matches: inout [OrbitMatch], _ sources: SourceColumns, limits: MatchLimits) {
        // Matches are large: their numbers are sorted.
        let byOrbit = matches.indices.sorted { a, b in
            let (left, right) = (matches[a], matches[b])
            if left.orbit != right.orbit { return left.orbit < right.orbit }
            let (first, second) = (visit(left, sources), visit(right, sources))
            if first != second { return first < second }
            return isNearer(left, right, sources)
        }
        var last: (orbit: Int, visit: Int64, rank: Int) = (-1, 0, 0)
        for place in byOrbit {
            let (orbit, visit) = (matches[place].orbit, visit(matches[place], sources))
            last = (orbit, visit, last.orbit == orbit && last.visit == visit ? last.rank + 1 : 1)
            matches[place].diaDistanceRank = last.rank
        }
        let bySource = matches.indices.sorted { a, b in
            let (left, right) = (matches[a], matches[b])
            if left.source != right.source { return left.source < right.source }
            return left.isNearer(than: right)
        }
        matches = bySource.map { matches[$0] }
        for place in matches.indices {
            let isSame = place > 0 && matches[place].source == matches[place - 1].source
            matches[place].orbitRank = isSame ? matches[place - 1].orbitRank + 1 : 1
            matches[place].isPrimary =
                matches[place].orbitRank == 1 && matches[place].diaDistanceRank == 1
                && matches[place].separationArcsec <= limits.primaryArcsec
        }
    }

    /// Without visit numbers: the half minute of the detection.
    private static func visit(_ match: OrbitMatch, _ sources: SourceColumns) -> Int64 {
        guard sources.visit.isEmpty else { return sources.visit[match.source] }
        return Int64((sources.midpointMjdTai[match.source] * 2880).rounded())
    }

    /// Equal distances are decided by place, so that the order of the detections does not matter.
    private static func isNearer(_ left: OrbitMatch, _ right: OrbitMatch, _ sources: SourceColumns) -> Bool {
        if left.separationArcsec != right.separationArcsec { return left.separationArcsec < right.separationArcsec }
        let (a, b) = (left.source, right.source)
        if sources.raDegrees[a] != sources.raDegrees[b] { return sources.raDegrees[a] < sources.raDegrees[b] }
        return sources.decDegrees[a] < sources.decDegrees[b]
    }
}
