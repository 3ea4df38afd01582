import Core
import Glibc

/// A mover as one visit sees it.
struct MoverSighting: Sendable {
    let mover: Mover
    let ephemeris: MoverEphemeris
    /// Predicted place, ICRS degrees.
    let raDeg: Double
    let decDeg: Double
    let vMagnitude: Double
    let fluxNJy: Double
    let place: (detector: Int, x: Float, y: Float)

    /// The triggering diaSource: a few hundredths of an arc second beside the prediction.
    func record(_ point: MeasuredPoint, visit: SimulatedVisit) -> DetectionRecord {
        let noise = Hash.mix(mover.seed, UInt64(bitPattern: visit.id.rawValue))
        var record = DetectionRecord()
        record.id = RubinIdentifiers.id(
            visit: visit.id, detector: Int(point.detector), counter: Int64(point.counter))
        record.ssObjectID = mover.ssObjectID
        record.visit = visit.id.rawValue
        record.detector = Int(point.detector)
        record.band = visit.band
        record.midpoint = visit.midpoint.days
        record.processed = visit.processed.days
        record.ra = raDeg + 0.03 / 3600 * Hash.normal(noise, 1) / cos(decDeg * .pi / 180)
        record.dec = decDeg + 0.03 / 3600 * Hash.normal(noise, 2)
        record.x = point.x
        record.y = point.y
        record.flux = point.flux
        record.fluxErr = point.fluxErr
        record.templateFluxErr = point.fluxErr / 6
        record.scienceFlux = point.scienceFlux
        record.reliability = 1 - 0.2 * Hash.unit(noise, 3)
        record.extendedness = 0.2 * Hash.unit(noise, 4)
        record.noise = noise
        let rates = self.rates
        let speed = hypot(rates.ra, rates.dec)
        record.trailLengthArcsec = Float(speed * 3600 * SimulatedVisit.exposureSeconds / 86_400)
        record.trailAngleDeg = Float(atan2(rates.ra, rates.dec) * 180 / .pi)
        return record
    }

    /// Motion on the sky in degrees a day; the first with the factor cos(dec).
    private var rates: (ra: Double, dec: Double) {
        let place = ephemeris.topo.fromEclipticToEquator
        let velocity = ephemeris.topoVelocity.fromEclipticToEquator
        let (ra, dec) = (raDeg * .pi / 180, decDeg * .pi / 180)
        let east = Vector(x: -sin(ra), y: cos(ra), z: 0)
        let north = Vector(x: -sin(dec) * cos(ra), y: -sin(dec) * sin(ra), z: cos(dec))
        let toDegrees = 180 / Double.pi / place.length
        return (velocity.dot(east) * toDegrees, velocity.dot(north) * toDegrees)
    }

    func encodedSSSource(trigger: DetectionRecord, version: AlertSchemaVersion) -> [UInt8] {
        let observed = Vector.unit(raDeg: trigger.ra, decDeg: trigger.dec)
        let ecliptic = observed.fromEquatorToEcliptic.angles
        let galactic = MoverSighting.galactic(observed).angles
        var values: [String: FieldValue] = [
            "diaSourceId": .integer(trigger.id), "ssObjectId": .integer(mover.ssObjectID),
            "designation": .text(mover.packed), "eclLambda": .real(ecliptic.longitude),
            "eclBeta": .real(ecliptic.latitude), "galLon": .real(galactic.longitude),
            "galLat": .real(galactic.latitude), "elongation": .real(ephemeris.elongationDeg),
            "phaseAngle": .real(ephemeris.phaseDeg), "ephRa": .real(raDeg), "ephDec": .real(decDeg),
            "ephVmag": .real(vMagnitude), "diaDistanceRank": .integer(1),
        ]
        addOffsets(trigger, to: &values)
        add("helio", "helioRange", ephemeris.helio, ephemeris.helioVelocity, to: &values)
        add("topo", "topoRange", ephemeris.topo, ephemeris.topoVelocity, to: &values)
        return RecordTemplate(table: Tables.ssSource, version: version, values: values).bytes
    }

    private func addOffsets(_ trigger: DetectionRecord, to values: inout [String: FieldValue]) {
        let rates = self.rates
        let speed = hypot(rates.ra, rates.dec)
        let offsetRA = (trigger.ra - raDeg) * cos(decDeg * .pi / 180) * 3600
        let offsetDec = (trigger.dec - decDeg) * 3600
        values["ephRate"] = .real(speed)
        values["ephRateRa"] = .real(rates.ra)
        values["ephRateDec"] = .real(rates.dec)
        values["ephOffset"] = .real(hypot(offsetRA, offsetDec))
        values["ephOffsetRa"] = .real(offsetRA)
        values["ephOffsetDec"] = .real(offsetDec)
        values["ephOffsetAlongTrack"] = .real((offsetRA * rates.ra + offsetDec * rates.dec) / speed)
        values["ephOffsetCrossTrack"] = .real((offsetDec * rates.ra - offsetRA * rates.dec) / speed)
    }

    private func add(
        _ prefix: String, _ range: String, _ position: Vector, _ velocity: Vector, to values: inout [String: FieldValue]
    ) {
        let toKilometres = Mover.kilometresPerAU / 86_400
        let place = position.fromEclipticToEquator
        let speed = toKilometres * velocity.fromEclipticToEquator
        values["\(prefix)_x"] = .real(place.x)
        values["\(prefix)_y"] = .real(place.y)
        values["\(prefix)_z"] = .real(place.z)
        values["\(prefix)_vx"] = .real(speed.x)
        values["\(prefix)_vy"] = .real(speed.y)
        values["\(prefix)_vz"] = .real(speed.z)
        values["\(prefix)_vtot"] = .real(speed.length)
        values[range] = .real(place.length)
        values[range + "Rate"] = .real(place.dot(speed) / place.length)
    }

    /// From the equator to the galactic axes (the Hipparcos Catalogue, volume 1, equation 1.5.11).
    private static func galactic(_ v: Vector) -> Vector {
        Vector(
            x: -0.054_875_560_4 * v.x - 0.873_437_090_2 * v.y - 0.483_835_015_5 * v.z,
            y: 0.494_109_427_9 * v.x - 0.444_829_630_0 * v.y + 0.746_982_244_5 * v.z,
            z: -0.867_666_149_0 * v.x - 0.198_076_373_4 * v.y + 0.455_983_776_2 * v.z)
    }
}

extension Mover {
    /// The mpc_orbits record: cometary elements, and the mean anomaly that follows from them.
    func encodedMPCOrbit(version: AlertSchemaVersion) -> [UInt8] {
        let toDegrees = 180 / Double.pi
        let epoch = (orbit.perihelionTime / 200).rounded() * 200
        let values: [String: FieldValue] = [
            "id": .integer(ssObjectID & 0x3FFF_FFFF), "designation": .text(unpacked),
            "packed_primary_provisional_designation": .text(packed),
            "unpacked_primary_provisional_designation": .text(unpacked),
            "mpc_orb_jsonb": .text(orbitJSON(epoch: epoch)),
            "created_at": .integer(1_767_225_600_000_000), "updated_at": .integer(1_772_323_200_000_000),
            "orbit_type_int": .integer(11), "u_param": .integer(3), "nopp": .integer(4),
            "arc_length_total": .real(1800), "arc_length_sel": .real(1800), "nobs_total": .integer(90),
            "nobs_total_sel": .integer(88), "a": .real(orbit.semiMajorAxis), "q": .real(orbit.perihelionDistance),
            "e": .real(orbit.eccentricity), "i": .real(orbit.inclination * toDegrees),
            "node": .real(orbit.node * toDegrees), "argperi": .real(orbit.argumentOfPerihelion * toDegrees),
            "peri_time": .real(orbit.perihelionTime),
            "mean_anomaly": .real(orbit.meanAnomaly(mjd: epoch) * toDegrees), "period": .real(orbit.periodDays),
            "mean_motion": .real(orbit.meanMotion * toDegrees), "epoch_mjd": .real(epoch),
            "h": .real(absoluteMagnitude), "g": .real(0.15), "not_normalized_rms": .real(0.4),
            "normalized_rms": .real(0.6), "earth_moid": .real(max(0.01, orbit.perihelionDistance - 1)),
            "fitting_datetime": .integer(1_772_323_200_000_000),
        ]
        return RecordTemplate(table: Tables.mpcOrbits, version: version, values: values).bytes
    }

    /// The fit as the Minor Planet Center publishes it: cometary and Cartesian coefficients with covariances.
    private func orbitJSON(epoch: Double) -> String {
        let toDegrees = 180 / Double.pi
        let state = orbit.state(mjd: epoch)
        let cometary = [
            orbit.perihelionDistance, orbit.eccentricity, orbit.inclination * toDegrees, orbit.node * toDegrees,
            orbit.argumentOfPerihelion * toDegrees, orbit.perihelionTime,
        ]
        let cartesian = [
            state.position.x, state.position.y, state.position.z, state.velocity.x, state.velocity.y, state.velocity.z,
        ]
        return "{\"designation_data\":{\"permid\":null,\"unpacked_primary_provisional_designation\":\"\(unpacked)\","
            + "\"packed_primary_provisional_designation\":\"\(packed)\"},\"epoch_data\":{\"epoch\":\(epoch),"
            + "\"timeform\":\"MJD\",\"timesystem\":\"TDT\"},\"magnitude_data\":{\"H\":\(absoluteMagnitude),\"G\":0.15},"
            + "\"COM\":" + block(["q", "e", "i", "node", "argperi", "peri_time"], cometary, scale: 1e-14)
            + ",\"CAR\":" + block(["x", "y", "z", "vx", "vy", "vz"], cartesian, scale: 1e-15) + "}"
    }

    private func block(_ names: [String], _ values: [Double], scale: Double) -> String {
        let quoted = names.map { "\"\($0)\"" }.joined(separator: ",")
        let numbers = values.map { "\($0)" }.joined(separator: ",")
        let errors = names.indices.map { "\(scale.squareRoot() * Double($0 + 1))" }.joined(separator: ",")
        var covariance: [String] = []
        for row in 0..<6 {
            for column in row..<6 {
                let correlation = row == column ? 1 : 0.6 * (Hash.uniform(seed, UInt64(40 + row * 6 + column)) - 0.5)
                let value = scale * Double((row + 1) * (column + 1)) * correlation
                covariance.append("\"cov\(row)\(column)\":\(value)")
            }
        }
        return "{\"coefficient_names\":[\(quoted)],\"coefficient_values\":[\(numbers)],"
            + "\"coefficient_uncertainties\":[\(errors)],\"covariance\":{\(covariance.joined(separator: ","))}}"
    }
}
