import Glibc
import Sky

extension CometaryElements {
    /// The osculating elements of a heliocentric state (ICRF axes) at an epoch; of an ellipse the perihelion nearest in time.
    ///
    /// Any conic with angular momentum; angles that a round or flat orbit leaves open are 0.
    public init(_ state: HelioState, epochMjdTT: Double, h: Double? = nil, g: Double? = nil) {
        let degrees = 180 / Double.pi
        let mu: Double = SolarConstants.sun
        let position = Ecliptic.fromEquator(state.position)
        let velocity = Ecliptic.fromEquator(state.velocity)
        let r: Double = position.length
        let momentum = position.cross(velocity)
        let laplace = (1 / mu) * velocity.cross(momentum) + (-1 / r) * position
        let e: Double = laplace.length
        let q: Double = momentum.dot(momentum) / mu / (1 + e)
        let inclination: Double = atan2(hypot(momentum.x, momentum.y), momentum.z)
        let node: Double = hypot(momentum.x, momentum.y) > 1e-14 * momentum.length ? atan2(momentum.x, -momentum.y) : 0
        let toNode = Vec3(x: cos(node), y: sin(node), z: 0)
        let across = momentum.normalized.cross(toNode)
        let toPerihelion = e > 1e-14 ? laplace : toNode
        let argument: Double = atan2(toPerihelion.dot(across), toPerihelion.dot(toNode))
        self.init(
            qAu: q, eccentricity: e, inclinationDeg: inclination * degrees, nodeDeg: Self.turn(node * degrees),
            argPeriDeg: Self.turn(argument * degrees),
            timeOfPerihelionMjdTT: epochMjdTT
                - Self.daysSincePerihelion(q: q, e: e, r: r, radial: position.dot(velocity)), epochMjdTT: epochMjdTT,
            h: h, g: g)
    }

    private static func turn(_ degrees: Double) -> Double { degrees < 0 ? degrees + 360 : degrees }

    /// From the universal anomaly since perihelion: √μ t = q χ + e χ³ c₃(α χ²), with r = q + e χ² c₂ and σ = e χ (1 − z c₃).
    private static func daysSincePerihelion(q: Double, e: Double, r: Double, radial: Double) -> Double {
        let root: Double = SolarConstants.sun.squareRoot()
        let alpha: Double = (1 - e) / q
        let sigma: Double = radial / root
        let chi: Double
        if alpha > 1e-9 {
            let a: Double = 1 / alpha
            chi = a.squareRoot() * atan2(sigma / a.squareRoot(), 1 - r / a)
        } else if alpha < -1e-9 {
            let a: Double = -1 / alpha
            chi = a.squareRoot() * asinh(sigma / (e * a.squareRoot()))
        } else {
            chi = sigma
        }
        let (_, c3) = TwoBody.stumpff(alpha * chi * chi)
        return (q * chi + e * chi * chi * chi * c3) / root
    }
}
