import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

/// Places of other programs: JPL Horizons, and ASSIST with DE440 and sixteen asteroids.
@Suite struct EphemerisReferenceTests {
    private let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)

    /// Eight bodies, ± 30 days, from state vectors of Horizons: ≤ 0.01″, V ≤ 0.005 mag. Horizons' rates are apparent
    /// (they hold the change of aberration), so they agree to 0.0015 deg/d only, and its r counts the light of the Sun.
    @Test func horizons() throws {
        var states: [String: (state: HelioState, epoch: Double)] = [:]
        for row in try SharedReference.table("horizons_initial_states_helio_ecliptic_j2000.csv") {
            states[row.text("targetname")] = (
                HelioState(
                    eclipticPosition: Vec3(x: row("x"), y: row("y"), z: row("z")),
                    eclipticVelocity: Vec3(x: row("vx"), y: row("vy"), z: row("vz"))), row("epoch_mjd_tdb")
            )
        }
        var (worst, worstMagnitude) = (0.0, 0.0)
        for row in try SharedReference.table("horizons_x05_ephemerides.csv") {
            let name = row.text("targetname")
            guard let (state, epoch) = states[name] else {
                Issue.record("no state of \(name)")
                continue
            }
            let utc: Double = row("mjd_utc")
            let tai: Double = utc + TimeScales.taiMinusUTCDays(taiMjd: utc + 36.0 / 86_400)
            let seen = computer.predict(state: state, epochMjdTdb: epoch, mjdTai: tai)
            let offset = seen.place.separation(to: SkyPosition(raDegrees: row("RA"), decDegrees: row("DEC"))).arcsec
            worst = max(worst, offset)
            #expect(offset <= 0.01, "\(name) at \(utc): \(offset)″")
            let magnitude = PhaseCurves.magnitude(
                h: row("H"), g: row("G"), r: seen.r, delta: seen.delta, phaseDeg: seen.phaseDeg)
            worstMagnitude = max(worstMagnitude, abs(magnitude - row("V")))
            #expect(abs(magnitude - row("V")) <= 0.005, "\(name) at \(utc)")
            #expect(abs(seen.rates.raCosDec - row("RA_rate") / 150) < 0.0015)
            #expect(abs(seen.rates.dec - row("DEC_rate") / 150) < 0.0015)
            #expect(abs(seen.delta - row("delta")) < 1e-6 && abs(seen.r - row("r")) < 5e-6)
            #expect(abs(seen.phaseDeg - row("alpha")) < 0.02 && abs(seen.elongationDeg - row("elong")) < 0.02)
            #expect(abs(seen.lightTimeDays * 1440 - row("lighttime")) < 1e-4)
        }
        print("Horizons: \(worst) arcsec, V \(worstMagnitude) mag at worst")
    }

    /// 108 bodies from elements, −30 to +200 days: ≤ 0.05″ (Trojans 0.5″), V ≤ 0.005 mag, rates ≤ 1e-4 deg/d.
    @Test func assistSample() throws {
        var worst: [String: Double] = [:]
        var (worstMagnitude, worstRate) = (0.0, 0.0)
        let table = try SharedReference.table("assist_x05_sample.csv")
        for row in table {
            // Epoch and perihelion of this table are TDB.
            let epoch = TimeScales.tt(tdbMjd: row("epoch_mjd_tdb"))
            let elements = CometaryElements(
                qAu: row("q_au"), eccentricity: row("e"), inclinationDeg: row("i_deg"), nodeDeg: row("node_deg"),
                argPeriDeg: row("argperi_deg"),
                timeOfPerihelionMjdTT: row("peri_time_mjd_tdb") + (epoch - row("epoch_mjd_tdb")), epochMjdTT: epoch,
                h: 18, g: 0.15)
            let found = try #require(
                try computer.predict(PredictionTarget(elements: elements), mjdTai: [row("mjd_tai")]).first)
            let place = SkyPosition(raDegrees: row("ra_deg"), decDegrees: row("dec_deg"))
            let offset = found.sighting.place.separation(to: place).arcsec
            let kind = row.text("class")
            worst[kind] = max(worst[kind] ?? 0, offset)
            let label = "\(row.text("name")) at \(row.text("mjd_tai"))"
            #expect(offset <= (kind == "TJN" ? 0.5 : 0.05), "\(label): \(offset)″")
            let (rates, rateRA, rateDec) = (found.sighting.rates, row("rate_ra_cosdec_deg_day"), row("rate_dec_deg_day"))
            worstMagnitude = max(worstMagnitude, abs(found.magnitudeV - row("V_H18_G015")))
            worstRate = max(worstRate, abs(rates.raCosDec - rateRA), abs(rates.dec - rateDec))
            #expect(abs(found.magnitudeV - row("V_H18_G015")) <= 0.005, "\(label)")
            #expect(abs(rates.raCosDec - rateRA) <= 1e-4 && abs(rates.dec - rateDec) <= 1e-4, "\(label)")
            #expect(abs(found.sighting.delta - row("delta_au")) < 1e-6, "\(label)")
        }
        for kind in worst.keys.sorted() { print("ASSIST \(kind): \(worst[kind] ?? 0) arcsec at worst") }
        print("ASSIST: V \(worstMagnitude) mag, rates \(worstRate) deg/d at worst")
    }

    /// Four published orbits with covariances: σ within 10 % even 0.02 au from the Earth. Places there are as good as the
    /// Earth's own (`epv00`: 5 km), which is 0.3″ at 0.024 au.
    @Test func publishedOrbitsWithCovariance() throws {
        let orbits = try SharedReference.orbits("mpc_orbits_rows.json")
        var worst: Double = 0
        for row in try SharedReference.table("assist_x05_mpc_orbits.csv") {
            let name = row.text("designation")
            let target = try #require(orbits.first { $0.name == name }?.target)
            let found = try #require(try computer.predict(target, mjdTai: [row("mjd_tai")]).first)
            let label = "\(name) at \(row.text("mjd_tai"))"
            let place = SkyPosition(raDegrees: row("ra_deg"), decDegrees: row("dec_deg"))
            let offset = found.sighting.place.separation(to: place).arcsec
            let earthKm: Double = row("delta_au") < 0.1 ? 5 : 0
            let earthArcsec: Double = earthKm / (row("delta_au") * SolarConstants.kmPerAu) / Angle.radiansPerArcsec
            #expect(offset <= 0.05 + earthArcsec, "\(label): \(offset)″")
            let error = try #require(found.error)
            worst = max(worst, abs(error.majorArcsec / row("sig_major_arcsec") - 1))
            worst = max(worst, abs(error.minorArcsec / row("sig_minor_arcsec") - 1))
            #expect(abs(error.majorArcsec / row("sig_major_arcsec") - 1) < 0.1, "\(label)")
            #expect(abs(error.minorArcsec / row("sig_minor_arcsec") - 1) < 0.1, "\(label)")
            let covariance = error.covariance
            #expect(abs(covariance.eastEast.squareRoot() / row("sig_ra_arcsec") - 1) < 0.1, "\(label)")
            #expect(abs(covariance.northNorth.squareRoot() / row("sig_dec_arcsec") - 1) < 0.1, "\(label)")
            #expect(abs(found.magnitudeV - row("V_HG")) <= 0.005, "\(label)")
        }
        print("σ of published orbits: \(100 * worst) % at worst")
    }

    /// The same body published at several epochs: the places agree to 0.06″ where the orbits do.
    @Test func epochsAgree() throws {
        let orbits = try SharedReference.orbits("mpcorb_lines.txt")
        for name in Set(orbits.map(\.name)).sorted() {
            let same = orbits.filter { $0.name == name && $0.target.elements.epochMjdTT > 60_900 }
            guard let first = same.first else { continue }
            let time = 61_100.25
            let reference = try computer.predict(first.target, mjdTai: [time])[0].sighting.place
            for other in same.dropFirst() {
                let place = try computer.predict(other.target, mjdTai: [time])[0].sighting.place
                let offset = place.separation(to: reference).arcsec
                #expect(offset <= 0.06, "(\(name)) from \(other.target.elements.epochMjdTT): \(offset)″")
            }
        }
    }
}
