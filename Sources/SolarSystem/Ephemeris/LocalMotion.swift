import Sky

/// A body's path around an instant: its osculating conic as a series in time (f and g to the fifth power), with the pull of
/// the planets at that instant as a constant addition.
///
/// Source: Escobal 1965, Methods of Orbit Determination, section 3.6. Over light time the error is below a microarcsecond.
struct LocalMotion: Sendable {
    let position: Vec3
    let velocity: Vec3
    /// Acceleration beyond the Sun's, au/d².
    let disturbance: Vec3
    private let f: (Double, Double, Double, Double)
    private let g: (Double, Double, Double)

    @inline(__always)
    init(position: Vec3, velocity: Vec3, disturbance: Vec3) {
        self.position = position
        self.velocity = velocity
        self.disturbance = disturbance
        let perSquare: Double = 1 / position.dot(position)
        let u: Double = SolarConstants.sun * perSquare * perSquare.squareRoot()
        let p: Double = position.dot(velocity) * perSquare
        let q: Double = velocity.dot(velocity) * perSquare - u
        let pp: Double = p * p
        f = (-u / 2, u * p / 2, u * (3 * q - 15 * pp + u) / 24, u * p * (7 * pp - 3 * q - u) / 8)
        g = (-u / 6, u * p / 4, u * (9 * q - 45 * pp + u) / 120)
    }

    /// The place `t` days later.
    @inline(__always)
    func position(_ t: Double) -> Vec3 {
        let square: Double = t * t
        let inF: Double = 1 + square * (f.0 + t * (f.1 + t * (f.2 + t * f.3)))
        let inG: Double = t * (1 + square * (g.0 + t * (g.1 + t * g.2)))
        let pull: Double = square / 2
        return Vec3(
            x: inF * position.x + inG * velocity.x + pull * disturbance.x,
            y: inF * position.y + inG * velocity.y + pull * disturbance.y,
            z: inF * position.z + inG * velocity.z + pull * disturbance.z)
    }

    /// The velocity `t` days later.
    @inline(__always)
    func velocity(_ t: Double) -> Vec3 {
        let square: Double = t * t
        let inF: Double = t * (2 * f.0 + t * (3 * f.1 + t * (4 * f.2 + t * 5 * f.3)))
        let inG: Double = 1 + square * (3 * g.0 + t * (4 * g.1 + t * 5 * g.2))
        return inF * position + inG * velocity + t * disturbance
    }
}
