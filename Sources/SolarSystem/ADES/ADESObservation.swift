import Core

/// One optical observation as the Astrometry Data Exchange Standard has it.
public struct ADESObservation: Sendable, Equatable {
    /// Whom it is of.
    public enum Subject: Sendable, Equatable {
        /// A body with a designation.
        case body(Designation)
        /// What belongs together but to no known body: a name of at most eight letters, digits, `-` and `_`.
        case tracklet(String)
    }

    public var subject: Subject
    /// The observer's own name of the observation, at most 35 characters.
    public var id: String
    public var time: MJD
    public var raDeg: Double
    public var decDeg: Double
    /// 1 σ, arcsec, with the factor cos(dec); NaN where unknown, like the next two.
    public var raErrArcsec: Double
    public var decErrArcsec: Double
    public var correlation: Double
    /// AB magnitude and its error; NaN where there is none.
    public var magnitude: Double
    public var magnitudeErr: Double
    public var band: Band?
    public var remark: String

    public init(
        subject: Subject, id: String, time: MJD, raDeg: Double, decDeg: Double, raErrArcsec: Double = .nan,
        decErrArcsec: Double = .nan, correlation: Double = .nan, magnitude: Double = .nan, magnitudeErr: Double = .nan,
        band: Band? = nil, remark: String = ""
    ) {
        self.subject = subject
        self.id = id
        self.time = time
        self.raDeg = raDeg
        self.decDeg = decDeg
        self.raErrArcsec = raErrArcsec
        self.decErrArcsec = decErrArcsec
        self.correlation = correlation
        self.magnitude = magnitude
        self.magnitudeErr = magnitudeErr
        self.band = band
        self.remark = remark
    }
}

extension Designation {
    /// The designation as the fields permID or provID of ADES have it.
    var adesField: (isPermanent: Bool, text: String) {
        switch self {
        case .number(let number): (true, "\(number)")
        case .numberedComet: (true, unpacked)
        case .provisional, .survey, .comet: (false, unpacked)
        }
    }
}

extension ADESObservation.Subject {
    /// A name for a tracklet that follows from its first detection, so that it is the same whenever it is listed: `N` and seven
    /// of the letters and digits. Two of a thousand tracklets share a name once in seven million nights.
    public static func tracklet(of id: DiaSourceID) -> ADESObservation.Subject {
        // SplitMix64's last step spreads ids that differ in few digits.
        var bits = UInt64(bitPattern: id.rawValue) &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        var text = "N"
        for _ in 0..<7 {
            text.unicodeScalars.append(Unicode.Scalar(Base62.digit(Int(bits % 62))))
            bits /= 62
        }
        return .tracklet(text)
    }
}
