/// One orbit as a reader found it, before it is checked; reused from record to record.
struct OrbitDraft {
    var key = BodyKey()
    /// A proper name, or the whole designation when it is none of the Minor Planet Center's; empty without one.
    var name: [UInt8] = []
    /// What a table of the user's own calls the body; empty for other formats.
    var given: [UInt8] = []
    /// Further packed provisional designations of the same body.
    var aliases: [UInt64] = []
    /// NaN where nothing was given.
    var elements = OrbitDraft.noElements
    /// False where the elements' epoch is only the time of perihelion, for want of another.
    var saysEpoch = true
    /// Days between the first and the last observation; NaN when not said.
    var arcDays = Double.nan
    var covariance: OrbitCovariance?

    private static let noElements = CometaryElements(
        qAu: .nan, eccentricity: .nan, inclinationDeg: .nan, nodeDeg: .nan, argPeriDeg: .nan,
        timeOfPerihelionMjdTT: .nan, epochMjdTT: .nan)

    mutating func reset() {
        key = BodyKey()
        name.removeAll(keepingCapacity: true)
        given.removeAll(keepingCapacity: true)
        aliases.removeAll(keepingCapacity: true)
        elements = OrbitDraft.noElements
        saysEpoch = true
        arcDays = .nan
        covariance = nil
    }

    mutating func setName(_ bytes: UnsafeRawBufferPointer) {
        name.removeAll(keepingCapacity: true)
        name.append(contentsOf: DecimalBytes.trim(bytes))
    }

    /// Sets perihelion distance and time from semi-major axis (au, negative on a hyperbola) and mean anomaly (deg) at the
    /// epoch. False where they do not say what the orbit is.
    mutating func setShape(semiMajorAxisAu a: Double, meanAnomalyDeg: Double) -> Bool {
        let e = elements.eccentricity
        guard a.isFinite, meanAnomalyDeg.isFinite, e >= 0, e != 1, (a > 0) == (e < 1) else { return false }
        let cubed: Double = abs(a * a * a)
        let motion: Double = (CometaryElements.sunAttraction / cubed).squareRoot() * 180 / .pi
        let anomaly: Double = e < 1 ? meanAnomalyDeg - 360 * (meanAnomalyDeg / 360).rounded() : meanAnomalyDeg
        elements.qAu = a * (1 - e)
        elements.timeOfPerihelionMjdTT = elements.epochMjdTT - anomaly / motion
        return true
    }
}

/// What became of a record.
enum OrbitVerdict {
    case orbit
    /// Nothing to read: an empty line, a heading.
    case empty
    /// A satellite of a planet: not an orbit about the Sun.
    case satellite
    case bad(String)
}

/// What an orbit must be to be taken.
enum OrbitChecks {
    /// The years 1500 to 2200, MJD.
    static let epochs = -131_077.0...124_593.0

    /// How far ahead of the day on which it was published an orbit may osculate. The Minor Planet Center publishes for
    /// standard epochs 200 days apart, so that the next is never farther; what claims more would win by its newest epoch for ever.
    static let aheadDays: Double = 200
    /// An alert's own orbit is of its time: no farther back than places are predicted.
    static let behindDays = EphemerisComputer.longestSpanDays
    /// Longer than any name that the IAU or the Minor Planet Center gave.
    static let longestName = 64

    /// Why an epoch (MJD) is none of an orbit that was known at a time; nil when it may be.
    static func problem(epoch: Double, knownAt mjd: Double) -> String? {
        guard epoch - mjd > aheadDays else { return nil }
        return "the epoch MJD \(epoch) is more than \(Int(aheadDays)) days ahead of MJD \(Int(mjd))"
    }

    /// The epoch of elements that say none, MJD (TT): undisturbed, they are those of the perihelion, of one to come those of the
    /// standard epoch before the day on which they are read.
    static func epoch(ofPerihelion mjd: Double, knownAt now: Double) -> Double {
        min(mjd, (now / aheadDays).rounded(.down) * aheadDays)
    }

    /// Why a name is none: it goes to terminals, logs and pages.
    private static func problem(name: [UInt8]) -> String? {
        let start = name.prefix(24).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
        let short = "\"\(String(decoding: start, as: UTF8.self))\(name.count > start.count ? "…" : "")\""
        if name.count > longestName { return "a designation of \(name.count) bytes, \(longestName) at most: \(short)" }
        guard let text = String(validating: name, as: UTF8.self) else { return "the designation \(short) is not UTF-8" }
        let isControl: (Unicode.Scalar) -> Bool = { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        return text.unicodeScalars.contains(where: isControl) ? "the designation \(short) has control characters" : nil
    }

    /// Why the draft is no orbit; nil when it is. Angles come back in 0..<360, absurd magnitudes as missing.
    static func problem(_ draft: inout OrbitDraft) -> String? {
        let one = draft.elements
        if draft.key.isEmpty && draft.name.isEmpty { return "no designation" }
        if let problem = problem(name: draft.name) { return problem }
        guard one.epochMjdTT.isFinite else { return "no epoch" }
        guard epochs.contains(one.epochMjdTT) else { return "the epoch MJD \(one.epochMjdTT) is absurd" }
        guard one.eccentricity.isFinite else { return "no eccentricity" }
        guard one.eccentricity >= 0, one.eccentricity < 100 else {
            return "the eccentricity \(one.eccentricity) is absurd"
        }
        guard one.qAu.isFinite else { return "no perihelion distance" }
        guard one.qAu > 0, one.qAu < 10_000 else { return "the perihelion distance \(one.qAu) au is absurd" }
        guard one.inclinationDeg.isFinite, one.nodeDeg.isFinite, one.argPeriDeg.isFinite else {
            return "an angle is missing"
        }
        guard (0...180).contains(one.inclinationDeg) else { return "the inclination \(one.inclinationDeg) deg is absurd" }
        guard abs(one.nodeDeg) <= 720, abs(one.argPeriDeg) <= 720 else { return "an angle of more than two turns" }
        guard one.timeOfPerihelionMjdTT.isFinite else { return "no time of perihelion" }
        guard abs(one.timeOfPerihelionMjdTT - one.epochMjdTT) < 1e9 else {
            return "the time of perihelion MJD \(one.timeOfPerihelionMjdTT) is absurd"
        }
        if let terms = one.nonGravitational {
            let largest = max(abs(terms.a1), max(abs(terms.a2), abs(terms.a3)))
            guard largest < 1e-3 else { return "a non-gravitational acceleration of \(largest) au/d² is absurd" }
            if largest == 0 { draft.elements.nonGravitational = nil }
        }
        tidy(&draft)
        return nil
    }

    private static func tidy(_ draft: inout OrbitDraft) {
        draft.elements.nodeDeg = turn(draft.elements.nodeDeg)
        draft.elements.argPeriDeg = turn(draft.elements.argPeriDeg)
        if let h = draft.elements.h, !(-10...45).contains(h) { draft.elements.h = nil }
        // For comets G is the slope of 2.5 G log r; what asteroids have says nothing of them.
        let slopes = draft.elements.kind == .comet ? 1.0...50.0 : -1.0...1.0
        if let g = draft.elements.g, !slopes.contains(g) { draft.elements.g = nil }
        if let g12 = draft.elements.g12, !(-5...5).contains(g12) { draft.elements.g12 = nil }
        if let covariance = draft.covariance, !covariance.isSane { draft.covariance = nil }
    }

    private static func turn(_ degrees: Double) -> Double {
        if degrees >= 0, degrees < 360 { return degrees }
        let turned = degrees - 360 * (degrees / 360).rounded(.down)
        return turned < 360 ? turned : 0
    }
}
