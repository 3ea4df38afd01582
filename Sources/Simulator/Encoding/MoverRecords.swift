import Core
import Glibc
import Sky
import SolarSystem

extension BodySighting {
    /// 1 σ of a measured place along one axis, arcsec: what the reference catalogue and the atmosphere leave, and the centroid's
    /// share, which is a tenth at the faintest. Within Rubin's requirements a thousandth of all are beyond 0.3″.
    static func placeErrorArcsec(signalToNoise: Double) -> Double { hypot(0.02, 0.35 / max(signalToNoise, 1)) }

    /// The triggering diaSource.
    /// - Parameter named: the body that the packet names; nil for none, which makes it a source like any other.
    func record(_ point: MeasuredPoint, visit: SimulatedVisit, named: SimulatedBody?) -> DetectionRecord {
        let noise = Hash.mix(body.seed, UInt64(bitPattern: visit.id.rawValue))
        var record = DetectionRecord()
        record.id = RubinIdentifiers.id(
            visit: visit.id, detector: Int(point.detector), counter: Int64(point.counter))
        if let named { record.ssObjectID = named.ssObjectId.rawValue } else { record.objectID = record.id }
        record.visit = visit.id.rawValue
        record.detector = Int(point.detector)
        record.band = visit.band
        record.midpoint = visit.midpoint.days
        record.processed = visit.processed.days
        let scatter: Double = Self.placeErrorArcsec(signalToNoise: Double(point.signalToNoise)) / 3600
        record.ra = raDeg + scatter * Hash.normal(noise, 1) / cos(decDeg * .pi / 180)
        record.dec = decDeg + scatter * Hash.normal(noise, 2)
        record.x = point.x
        record.y = point.y
        record.flux = point.flux
        record.fluxErr = point.fluxErr
        record.templateFluxErr = point.fluxErr / 6
        record.scienceFlux = point.scienceFlux
        record.reliability = 1 - 0.2 * Hash.unit(noise, 3)
        record.extendedness = body.population == .comet ? 0.5 + 0.5 * Hash.unit(noise, 4) : 0.2 * Hash.unit(noise, 4)
        record.noise = noise
        let rates = self.rates
        let speed = hypot(rates.ra, rates.dec)
        record.trailLengthArcsec = Float(speed * 3600 * SimulatedVisit.exposureSeconds / 86_400)
        record.trailAngleDeg = Float(atan2(rates.ra, rates.dec) * 180 / .pi)
        return record
    }

    /// Motion on the sky in degrees a day; the first with the factor cos(dec).
    private var rates: (ra: Double, dec: Double) {
        let (ra, dec) = (raDeg * .pi / 180, decDeg * .pi / 180)
        let east = Vec3(x: -sin(ra), y: cos(ra), z: 0)
        let north = Vec3(x: -sin(dec) * cos(ra), y: -sin(dec) * sin(ra), z: cos(dec))
        let toDegrees: Double = 180 / Double.pi / topo.position.length
        return (topo.velocity.dot(east) * toDegrees, topo.velocity.dot(north) * toDegrees)
    }

    func encodedSSSource(trigger: DetectionRecord, named: SimulatedBody, version: AlertSchemaVersion) -> [UInt8] {
        let observed = SkyPosition(raDegrees: trigger.ra, decDegrees: trigger.dec)
        let ecliptic = SkyPosition(Ecliptic.fromEquator(observed.direction))
        let galactic = Frames.galactic(observed)
        var values: [String: FieldValue] = [
            "diaSourceId": .integer(trigger.id), "ssObjectId": .integer(named.ssObjectId.rawValue),
            "designation": .text(named.designation.packed), "eclLambda": .real(ecliptic.raDegrees),
            "eclBeta": .real(ecliptic.decDegrees), "galLon": .real(galactic.lDegrees),
            "galLat": .real(galactic.bDegrees), "elongation": .real(elongationDeg),
            "phaseAngle": .real(phaseDeg), "ephRa": .real(raDeg), "ephDec": .real(decDeg),
            "ephVmag": .real(vMagnitude), "diaDistanceRank": .integer(1),
        ]
        addOffsets(trigger, to: &values)
        add("helio", "helioRange", helio, to: &values)
        add("topo", "topoRange", topo, to: &values)
        return RecordTemplate(table: Tables.ssSource, version: version, values: values).bytes
    }

    private func addOffsets(_ trigger: DetectionRecord, to values: inout [String: FieldValue]) {
        let rates = self.rates
        let speed = hypot(rates.ra, rates.dec)
        let offsetRA = (trigger.ra - raDeg).remainder(dividingBy: 360) * cos(decDeg * .pi / 180) * 3600
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

    private func add(_ prefix: String, _ range: String, _ state: HelioState, to values: inout [String: FieldValue]) {
        let place = state.position
        let speed = SolarConstants.kmPerSecond * state.velocity
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
}

extension SimulatedBody {
    /// The mpc_orbits record: cometary elements and, of an ellipse, what follows from them.
    func encodedMPCOrbit(version: AlertSchemaVersion) -> [UInt8] {
        let (packed, unpacked) = (designation.packed, designation.unpacked)
        var values: [String: FieldValue] = [
            "id": .integer(ssObjectId.rawValue & 0x3FFF_FFFF), "designation": .text(unpacked),
            "packed_primary_provisional_designation": .text(packed),
            "unpacked_primary_provisional_designation": .text(unpacked),
            "mpc_orb_jsonb": .text(orbitJSON),
            "created_at": .integer(1_767_225_600_000_000), "updated_at": .integer(1_772_323_200_000_000),
            "orbit_type_int": .integer(11), "u_param": .integer(3), "nopp": .integer(4),
            "arc_length_total": .real(1800), "arc_length_sel": .real(1800), "nobs_total": .integer(90),
            "nobs_total_sel": .integer(88), "q": .real(elements.qAu),
            "e": .real(elements.eccentricity), "i": .real(elements.inclinationDeg),
            "node": .real(elements.nodeDeg), "argperi": .real(elements.argPeriDeg),
            "peri_time": .real(elements.timeOfPerihelionMjdTT), "epoch_mjd": .real(elements.epochMjdTT),
            "h": .real(elements.h ?? .nan), "g": .real(elements.g ?? .nan), "not_normalized_rms": .real(0.4),
            "normalized_rms": .real(0.6), "earth_moid": .real(max(0.01, elements.qAu - 1)),
            "fitting_datetime": .integer(1_772_323_200_000_000),
        ]
        if elements.eccentricity < 1 {
            let a: Double = elements.qAu / (1 - elements.eccentricity)
            let motion: Double = (CometaryElements.sunAttraction / (a * a * a)).squareRoot() * 180 / .pi
            let anomaly: Double = motion * (elements.epochMjdTT - elements.timeOfPerihelionMjdTT)
            values["a"] = .real(a)
            values["mean_motion"] = .real(motion)
            values["period"] = .real(360 / motion)
            values["mean_anomaly"] = .real(anomaly < 0 ? anomaly + 360 : anomaly)
        }
        if let push = elements.nonGravitational {
            // In Marsden's unit.
            values["a1"] = .real(push.a1 * 1e8)
            values["a2"] = .real(push.a2 * 1e8)
            values["a3"] = .real(push.a3 * 1e8)
        }
        return RecordTemplate(table: Tables.mpcOrbits, version: version, values: values).bytes
    }

    /// The fit as the Minor Planet Center publishes it: cometary and Cartesian coefficients with covariances.
    private var orbitJSON: String {
        let (packed, unpacked) = (designation.packed, designation.unpacked)
        let state = HelioState(elements)
        let (position, velocity) = (Ecliptic.fromEquator(state.position), Ecliptic.fromEquator(state.velocity))
        let cometary = [
            elements.qAu, elements.eccentricity, elements.inclinationDeg, elements.nodeDeg, elements.argPeriDeg,
            elements.timeOfPerihelionMjdTT,
        ]
        let cartesian = [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z]
        let magnitudes = [elements.h.map { "\"H\":\($0)" }, elements.g.map { "\"G\":\($0)" }].compactMap(\.self)
        return "{\"designation_data\":{\"permid\":null,\"unpacked_primary_provisional_designation\":\"\(unpacked)\","
            + "\"packed_primary_provisional_designation\":\"\(packed)\"},\"epoch_data\":{\"epoch\":\(elements.epochMjdTT),"
            + "\"timeform\":\"MJD\",\"timesystem\":\"TDT\"},\"magnitude_data\":{\(magnitudes.joined(separator: ","))},"
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
