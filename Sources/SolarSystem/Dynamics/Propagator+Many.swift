import Sky

extension Propagator {
    /// Many bodies from one time (TDB) to another, eight at a time with the steps that the hardest of them needs: bodies that
    /// move alike should stand together.
    ///
    /// - Parameter nonGravitational: of each body, nil where gravity is all.
    /// - Returns: states in the order given; NaN for a body that meets the Sun or a planet on the way.
    public func propagate(
        _ states: [HelioState], from begin: Double, to end: Double, nonGravitational: [NonGravitationalTerms?]
    ) -> [HelioState] {
        precondition(states.count == nonGravitational.count, "one entry a body")
        var moved: [HelioState] = []
        moved.reserveCapacity(states.count)
        for first in stride(from: 0, to: states.count, by: 8) {
            let rows = first..<min(first + 8, states.count)
            var lanes = LaneStates(states[rows])
            var push = NonGravitationalLanes()
            for row in rows { push.set(row - first, nonGravitational[row]) }
            adapt(&lanes, from: begin, to: end, push: push)
            for row in rows {
                let together = lanes[row - first]
                // One body without an end stops its neighbours, too.
                moved.append(
                    together.isFinite
                        ? together
                        : propagate(states[row], from: begin, to: end, nonGravitational: nonGravitational[row]))
            }
        }
        return moved
    }
}
