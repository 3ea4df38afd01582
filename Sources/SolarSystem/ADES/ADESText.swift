import Core

/// Observations of the Rubin Observatory as pipe-separated values of ADES, version of 2022.
///
/// Source: "ADES Description" of the IAU (October 2022) with its schema for submissions, and the Minor Planet Center's lists of
/// allowed values (`Lu` … `Ly` are Rubin's bands, `Gaia3` the catalogue that Rubin's astrometry rests on).
public struct ADESText {
    private static let columns = [
        "permID", "provID", "trkSub", "obsSubID", "mode", "stn", "obsTime", "ra", "dec", "rmsRA", "rmsDec", "rmsCorr",
        "astCat", "mag", "rmsMag", "band", "remarks",
    ]

    public private(set) var writer = TextWriter()

    /// - Parameters:
    ///   - submitter: who answers for the observations, as the header says.
    ///   - comments: lines of the header's comment.
    public init(submitter: String, comments: [String]) {
        writer.append("# version=2022\n# observatory\n! mpcCode X05\n! name Vera C. Rubin Observatory\n")
        writer.append(string: "# submitter\n! name \(ADESText.plain(submitter, 100))\n")
        writer.append("# observers\n! name Rubin Observatory\n# measurers\n! name Rubin Observatory\n")
        writer.append("# telescope\n! name Simonyi Survey Telescope\n! design Reflector\n! aperture 8.4\n! detector CCD\n")
        if !comments.isEmpty { writer.append("# comment\n") }
        for line in comments { writer.append(string: "! line \(ADESText.plain(line, 100))\n") }
        writer.append(string: ADESText.columns.joined(separator: "|"))
        writer.append("\n")
    }

    public mutating func append(_ observation: ADESObservation) {
        var names = ["", "", ""]
        switch observation.subject {
        case .body(let designation):
            let (isPermanent, text) = designation.adesField
            names[isPermanent ? 0 : 1] = text
        case .tracklet(let name): names[2] = name
        }
        let time = ISO8601.text(unixSecondsUTC: observation.time.unixSecondsUTC)
        var fields = names + [ADESText.plain(observation.id, 35), "CCD", "X05", time]
        let ra = FixedDecimal.text(observation.raDeg, 9)
        fields += [ra == "360.000000000" ? "0.000000000" : ra, FixedDecimal.text(observation.decDeg, 9)]
        fields += errors(observation) + ["Gaia3"] + photometry(observation)
        fields.append(ADESText.plain(observation.remark, 300))
        writer.append(string: fields.joined(separator: "|"))
        writer.append("\n")
    }

    /// rmsRA, rmsDec (at most seven characters each) and rmsCorr.
    private func errors(_ observation: ADESObservation) -> [String] {
        let errors = [observation.raErrArcsec, observation.decErrArcsec].map { ADESText.positive($0, 5) }
        guard !errors[0].isEmpty, !errors[1].isEmpty, abs(observation.correlation) < 1 else { return errors + [""] }
        // The schema has the bounds themselves excluded.
        let correlation = min(max(observation.correlation, -0.999), 0.999)
        return errors + [FixedDecimal.text(correlation, 3)]
    }

    /// mag, rmsMag and band, all of them or none.
    private func photometry(_ observation: ADESObservation) -> [String] {
        guard let band = observation.band, (-5...35).contains(observation.magnitude) else { return ["", "", ""] }
        return [
            FixedDecimal.text(observation.magnitude, 3), ADESText.positive(observation.magnitudeErr, 3), "L\(band)",
        ]
    }

    /// Empty for what is not above zero; held within what the column can have.
    private static func positive(_ value: Double, _ decimals: Int) -> String {
        guard value > 0, value.isFinite else { return "" }
        let text = FixedDecimal.text(min(max(value, decimals == 5 ? 1e-5 : 1e-3), 99), decimals)
        return String(text.prefix(decimals == 5 ? 7 : 6))
    }

    /// Text that a field can hold: printable ASCII without the separator.
    private static func plain(_ text: String, _ length: Int) -> String {
        let kept = text.unicodeScalars.map { (0x20...0x7E).contains($0.value) && $0 != "|" ? Character($0) : "?" }
        return String(kept.prefix(length))
    }
}

/// Decimals with a fixed number of places.
enum FixedDecimal {
    /// - Precondition: the value times 10^places is below 9e18.
    static func text(_ value: Double, _ places: Int) -> String {
        var scale: Double = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let divisor = Int64(scale)
        let fraction = String(scaled % divisor)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        let zeros = String(repeating: "0", count: places - fraction.utf8.count)
        return sign + String(scaled / divisor) + "." + zeros + fraction
    }
}
