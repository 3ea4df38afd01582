import Glibc
import Sky

/// Motion about the Sun alone, for every eccentricity: universal variables (Danby 1992, chapter 6.9; Prussing & Conway 1993,
/// chapter 2, for the iteration).
public enum TwoBody {
    /// The state after `days` (negative for before).
    public static func propagate(_ start: HelioState, days: Double, mu: Double = SolarConstants.sun) -> HelioState {
        let r0: Double = start.position.length
        let root: Double = mu.squareRoot()
        let sigma: Double = start.position.dot(start.velocity) / root
        let alpha: Double = 2 / r0 - start.velocity.dot(start.velocity) / mu
        var time: Double = days
        if alpha > 0 {
            let period: Double = 2 * Double.pi / (root * alpha * alpha.squareRoot())
            time -= period * (time / period).rounded()
        }
        let chi: Double = anomaly(r0: r0, sigma: sigma, alpha: alpha, target: root * time)
        let (c2, c3) = stumpff(alpha * chi * chi)
        let f: Double = 1 - chi * chi * c2 / r0
        let g: Double = time - chi * chi * chi * c3 / root
        let position = f * start.position + g * start.velocity
        let r: Double = position.length
        let fDot: Double = root / (r * r0) * chi * (alpha * chi * chi * c3 - 1)
        let gDot: Double = 1 - chi * chi * c2 / r
        return HelioState(position: position, velocity: fDot * start.position + gDot * start.velocity)
    }

    /// Solves Kepler's equation for the universal anomaly: Laguerre's iteration, which has no bad starts here.
    private static func anomaly(r0: Double, sigma: Double, alpha: Double, target: Double) -> Double {
        let excess: Double = 1 - alpha * r0
        var chi: Double = alpha > 0 ? alpha * target : firstGuess(r0: r0, target: target)
        for _ in 0..<60 {
            let z: Double = alpha * chi * chi
            let (c2, c3) = stumpff(z)
            let value: Double = sigma * chi * chi * c2 + excess * chi * chi * chi * c3 + r0 * chi - target
            let slope: Double = sigma * chi * (1 - z * c3) + excess * chi * chi * c2 + r0
            let bend: Double = sigma * (1 - z * c2) + excess * chi * (1 - z * c3)
            let root: Double = abs(16 * slope * slope - 20 * value * bend).squareRoot()
            let step: Double = 5 * value / (slope + (slope < 0 ? -root : root))
            guard step.isFinite else { break }
            chi -= step
            if abs(step) <= 1e-15 * abs(chi) + 1e-300 { break }
        }
        return chi
    }

    /// On open orbits the anomaly grows as the cube root of time at most; starting beyond is safe.
    private static func firstGuess(r0: Double, target: Double) -> Double {
        let straight: Double = abs(target) / r0
        let parabolic: Double = cbrt(6 * abs(target))
        return target < 0 ? -min(straight, parabolic) : min(straight, parabolic)
    }

    /// (1 − cos √z)/z and (√z − sin √z)/√z³, with their hyperbolic forms below zero.
    static func stumpff(_ z: Double) -> (c2: Double, c3: Double) {
        if abs(z) < 0.1 {
            // Seven terms: below 1e-16 of the first.
            var c2: Double = 1
            var c3: Double = 1
            var n: Double = 14
            while n >= 2 {
                c2 = 1 - z * c2 / ((n + 1) * (n + 2))
                c3 = 1 - z * c3 / ((n + 2) * (n + 3))
                n -= 2
            }
            return (c2 / 2, c3 / 6)
        }
        if z > 0 {
            let s: Double = z.squareRoot()
            return ((1 - cos(s)) / z, (s - sin(s)) / (z * s))
        }
        let s: Double = (-z).squareRoot()
        return ((cosh(s) - 1) / -z, (sinh(s) - s) / (-z * s))
    }
}
