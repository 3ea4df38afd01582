import Core
import Glibc
import SolarSystem

/// An orbit without the direction of its node, and where on it the body is at an instant.
struct OrbitShape {
    var qAu: Double
    var eccentricity: Double
    var inclinationDeg: Double
    var argPeriDeg: Double
    var daysSincePerihelion: Double
}

/// Draws orbits as the populations are spread, in simplified forms.
///
/// Main belt: three zones between the Kirkwood gaps, e and i Rayleigh-like (Malhotra & Wang 2017). Near-Earth: perihelia up to
/// 1.3 au that are the more the farther, semi-major axes up to 3.2 au (after Granvik et al. 2018). Trojans: i Rayleigh of 12°,
/// small e (Jewitt et al. 2000); where they librate is for the placement. Trans-Neptunian: cold and hot classical and
/// scattering bodies, 35 : 35 : 30 (after Petit et al. 2011). Comets: Jupiter's family, near-parabolic ones from the Oort
/// cloud with some slightly open orbits (Królikowska & Dybczyński 2017), and a few from between the stars.
extension OrbitShape {
    static func draw(_ population: BodyPopulation, _ random: inout SeededRandom) -> OrbitShape {
        switch population {
        case .mainBelt: mainBelt(&random)
        case .nearEarth: nearEarth(&random)
        case .trojan: trojan(&random)
        case .transNeptunian: transNeptunian(&random)
        case .comet: comet(&random)
        }
    }

    private static func rayleigh(_ sigma: Double, below limit: Double, _ random: inout SeededRandom) -> Double {
        while true {
            let value: Double = sigma * (-2 * log(1 - random.uniform())).squareRoot()
            if value < limit { return value }
        }
    }

    private static func ellipse(a: Double, e: Double, inclination: Double, _ random: inout SeededRandom) -> OrbitShape {
        let period: Double = 2 * Double.pi * (a * a * a / CometaryElements.sunAttraction).squareRoot()
        return OrbitShape(
            qAu: a * (1 - e), eccentricity: e, inclinationDeg: inclination, argPeriDeg: 360 * random.uniform(),
            daysSincePerihelion: period * (random.uniform() - 0.5))
    }

    private static func mainBelt(_ random: inout SeededRandom) -> OrbitShape {
        let zone: Double = random.uniform()
        let (inner, outer, sigma): (Double, Double, Double) =
            zone < 0.3 ? (2.12, 2.49, 5) : (zone < 0.66 ? (2.52, 2.81, 7) : (2.84, 3.26, 8.5))
        return ellipse(
            a: inner + (outer - inner) * random.uniform(), e: rayleigh(0.11, below: 0.34, &random),
            inclination: rayleigh(sigma, below: 32, &random), &random)
    }

    private static func nearEarth(_ random: inout SeededRandom) -> OrbitShape {
        let q: Double = 0.25 + 1.05 * random.uniform().squareRoot()
        let a: Double = max(1.05 * q, 0.8 + 2.4 * random.uniform())
        return ellipse(a: a, e: 1 - q / a, inclination: rayleigh(11, below: 70, &random), &random)
    }

    private static func trojan(_ random: inout SeededRandom) -> OrbitShape {
        ellipse(
            a: 5.2044 + 0.03 * random.normal(), e: rayleigh(0.05, below: 0.2, &random),
            inclination: rayleigh(12, below: 40, &random), &random)
    }

    private static func transNeptunian(_ random: inout SeededRandom) -> OrbitShape {
        let kind: Double = random.uniform()
        if kind < 0.35 {
            return ellipse(
                a: 42.5 + 2.5 * random.uniform(), e: 0.08 * random.uniform(), inclination: rayleigh(1.8, below: 5, &random),
                &random)
        }
        if kind < 0.7 {
            return ellipse(
                a: 39.4 + 8 * random.uniform(), e: 0.25 * random.uniform(), inclination: rayleigh(14, below: 45, &random),
                &random)
        }
        let a: Double = 48 * pow(4, random.uniform())
        let q: Double = 32 + 6 * random.uniform()
        return ellipse(a: a, e: 1 - q / a, inclination: rayleigh(14, below: 45, &random), &random)
    }

    private static func comet(_ random: inout SeededRandom) -> OrbitShape {
        let kind: Double = random.uniform()
        if kind < 0.5 {
            let q: Double = 1 + 3.5 * random.uniform().squareRoot()
            let a: Double = max(1.15 * q, 3.1 + 2.5 * random.uniform())
            var shape = ellipse(a: a, e: 1 - q / a, inclination: rayleigh(9, below: 32, &random), &random)
            // They are bright, and found, around perihelion.
            shape.daysSincePerihelion = 300 * random.normal()
            return shape
        }
        let isInterstellar = kind > 0.95
        return OrbitShape(
            qAu: 0.6 + 4.2 * random.uniform(),
            eccentricity: isInterstellar ? 1.2 + 3 * random.uniform() : 0.995 + 0.007 * random.uniform(),
            inclinationDeg: acos(1 - 2 * random.uniform()) * 180 / .pi, argPeriDeg: 360 * random.uniform(),
            daysSincePerihelion: (isInterstellar ? 120 : 350) * random.normal())
    }
}
