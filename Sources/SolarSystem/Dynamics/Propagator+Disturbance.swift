import Sky

extension Propagator {
    /// What pulls a body besides the Sun's inverse square at an instant: au/d².
    func disturbance(
        of state: HelioState, tdbMjd: Double, nonGravitational: NonGravitationalTerms? = nil
    ) -> Vec3 {
        var push = NonGravitationalLanes()
        push.set(0, nonGravitational)
        let (ax, ay, az) = disturbances(of: LaneStates(all: state), tdbMjd: tdbMjd, push: push)
        return Vec3(x: ax[0], y: ay[0], z: az[0])
    }

    /// The same for eight bodies.
    func disturbances(of states: LaneStates, tdbMjd: Double, push: NonGravitationalLanes) -> (Lanes, Lanes, Lanes) {
        disturbances(of: states, places: instant(tdbMjd: tdbMjd), push: push)
    }

    /// The planets at an instant, for many bodies.
    func instant(tdbMjd: Double) -> [Double] {
        [Double](unsafeUninitializedCapacity: PlanetTable.numbersPerInstant) { buffer, count in
            if let base = buffer.baseAddress { planets.write(tdbMjd: tdbMjd, into: base) }
            count = PlanetTable.numbersPerInstant
        }
    }

    func disturbances(of states: LaneStates, places: [Double], push: NonGravitationalLanes) -> (Lanes, Lanes, Lanes) {
        let (ax, ay, az) = places.withUnsafeBufferPointer { places in
            Perturber.gravity.withUnsafeBufferPointer { gravity -> (Lanes, Lanes, Lanes) in
                guard let places = places.baseAddress, let gravity = gravity.baseAddress else {
                    return (Lanes(), Lanes(), Lanes())
                }
                return Forces.accelerations(states, places: places, gravity: gravity, push: push)
            }
        }
        let square: Lanes = states.x * states.x + states.y * states.y + states.z * states.z
        let pull: Lanes = SolarConstants.sun / (square * square.squareRoot())
        return (ax + pull * states.x, ay + pull * states.y, az + pull * states.z)
    }
}
