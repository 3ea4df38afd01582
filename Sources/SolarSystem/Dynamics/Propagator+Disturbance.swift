import Sky

extension Propagator {
    /// What pulls a body besides the Sun's inverse square at an instant: au/d².
    func disturbance(
        of state: HelioState, tdbMjd: Double, nonGravitational: NonGravitationalTerms? = nil
    ) -> Vec3 {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: PlanetTable.numbersPerInstant) { places in
            guard let base = places.baseAddress else { return Vec3(x: 0, y: 0, z: 0) }
            planets.write(tdbMjd: tdbMjd, into: base)
            var push = NonGravitationalLanes()
            push.set(0, nonGravitational)
            let (ax, ay, az) = Perturber.gravity.withUnsafeBufferPointer { gravity -> (Lanes, Lanes, Lanes) in
                guard let gravity = gravity.baseAddress else { return (Lanes(), Lanes(), Lanes()) }
                return Forces.accelerations(LaneStates(all: state), places: base, gravity: gravity, push: push)
            }
            let r: Double = state.position.length
            let pull: Double = SolarConstants.sun / (r * r * r)
            return Vec3(x: ax[0], y: ay[0], z: az[0]) + pull * state.position
        }
    }
}
