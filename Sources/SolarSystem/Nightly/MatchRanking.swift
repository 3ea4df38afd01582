/// Puts the matches of a batch in order: by detection, and of each detection the nearest orbit first.
///
/// Whose an orbit is hangs on all detections of a visit, which come in pieces; that is for those who see the visit.
enum MatchRanking {
    static func rank(_ matches: inout [OrbitMatch]) {
        // Matches are large: their numbers are sorted.
        let bySource = matches.indices.sorted { a, b in
            let (left, right) = (matches[a], matches[b])
            if left.source != right.source { return left.source < right.source }
            return left.isNearer(than: right)
        }
        matches = bySource.map { matches[$0] }
        for place in matches.indices {
            let isSame = place > 0 && matches[place].source == matches[place - 1].source
            matches[place].orbitRank = isSame ? matches[place - 1].orbitRank + 1 : 1
        }
    }
}
