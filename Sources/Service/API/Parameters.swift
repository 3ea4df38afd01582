import Core

/// A request's query: every name must be known, none may come twice, every value must be sane.
struct Parameters {
    private let values: [String: String]

    init(_ request: APIRequest, allowed: [String]) throws(Problem) {
        var values: [String: String] = [:]
        for (name, value) in request.query {
            guard allowed.contains(name) else {
                let list = allowed.isEmpty ? "this path takes none" : "known here: " + allowed.joined(separator: ", ")
                let nearest = NearestName.find(name, among: allowed).map { "did you mean \($0)? " } ?? ""
                throw Problem(400, "unknown parameter \(name.prefix(100))", hint: nearest + list)
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(400, "parameter \(name) is given twice")
            }
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }
    func has(_ name: String) -> Bool { values[name] != nil }

    func required(_ name: String) throws(Problem) -> String {
        guard let value = values[name] else { throw Problem(400, "parameter \(name) is missing") }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), range.contains(value), text.first != "+" else {
            throw .badParameter(name, text, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A finite number in a closed range.
    func number(_ name: String, in range: ClosedRange<Double>, unit: String) throws(Problem) -> Double? {
        guard let text = values[name] else { return nil }
        guard let value = Parameters.finite(text), range.contains(value) else {
            let limits = "\(TextNumber.short(range.lowerBound)) to \(TextNumber.short(range.upperBound))"
            throw .badParameter(name, text, "must be a number from \(limits) \(unit)")
        }
        return value
    }

    /// Decimal digits with point and exponent only: no hexadecimal floats, no `inf`, no `nan`.
    static func finite(_ text: some StringProtocol) -> Double? {
        let isDecimal = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// MJD (TAI), or ISO 8601 with Z (UTC).
    func time(_ name: String) throws(Problem) -> MJD? {
        guard let text = values[name] else { return nil }
        if let seconds = ISO8601.unixSecondsUTC(text) { return MJD(unixSecondsUTC: seconds) }
        guard let days = Parameters.finite(text), (0...200_000).contains(days) else {
            throw .badParameter(
                name, text, "must be a time",
                hint: "MJD in TAI (61095.25) or ISO 8601 in UTC with Z (2026-02-24T06:00:00Z)")
        }
        return MJD(days)
    }

    func band() throws(Problem) -> Band? {
        guard let text = values["band"], text != "all" else { return nil }
        guard let band = Band(text) else { throw .badParameter("band", text, "must be one of u, g, r, i, z, y, all") }
        return band
    }

    func flag(_ name: String) throws(Problem) -> Bool? {
        guard let text = values[name] else { return nil }
        guard let value = ["true": true, "1": true, "false": false, "0": false][text] else {
            throw .badParameter(name, text, "must be true or false")
        }
        return value
    }

    func night(_ name: String) throws(Problem) -> Night? {
        guard let text = values[name] else { return nil }
        guard let night = Night(named: text) else {
            throw .badParameter(name, text, "must be a date, YYYYMMDD", hint: Night.rule)
        }
        return night
    }
}

/// Ids in paths.
enum PathID {
    /// A 64-bit id in decimal, 0 refused: it means "none".
    static func parse(_ text: String, _ what: String) throws(Problem) -> Int64 {
        let isDecimal = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isDecimal, let value = Int64(text), value > 0 else {
            throw Problem(
                400, "\(what) must be a decimal integer from 1 to 9223372036854775807",
                detail: "got \"\(text.prefix(100))\"")
        }
        return value
    }
}

/// Numbers in messages and plots.
enum TextNumber {
    /// `180` instead of `180.0`.
    static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
    }

    /// At most `digits` decimals, trailing zeros cut.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return value.description }
        let whole = Int64(scaled) / Int64(scale)
        var fraction = String(Int64(scaled) % Int64(scale))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        fraction = digits == 0 ? "" : String(repeating: "0", count: max(0, digits - fraction.utf8.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return sign + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
