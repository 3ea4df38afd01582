import Core

extension Angle {
    /// Reads a radius with its unit, as on the command line: `2arcsec`, `10arcmin`, `1deg`, `500mas`.
    /// - Throws: `UserFault` (usage) when the number or unit is wrong, or the radius is not in (0°, 180°].
    public init(parsingRadius text: String) throws(UserFault) {
        let trimmed = text.trimmingSpaces()
        let unitStart = trimmed.lastIndex { !$0.isLetter && $0 != "\"" && $0 != "'" }.map { trimmed.index(after: $0) }
        let split = unitStart ?? trimmed.startIndex
        let number = String(trimmed[..<split]).trimmingSpaces()
        let unit = String(trimmed[split...])
        guard let value = Double(number) else { throw Angle.badRadius(text, "there is no number before the unit") }
        guard let degreesPerUnit = Angle.degrees(perUnit: unit) else {
            let reason = unit.isEmpty ? "the unit is missing" : "the unit \(unit) is not known"
            throw Angle.badRadius(text, reason)
        }
        self = try Angle(checkedRadiusDegrees: value * degreesPerUnit, text: text)
    }

    /// A radius in arcseconds that a request named (`radius_arcsec`).
    /// - Throws: `UserFault` (usage) when it is not in (0°, 180°].
    public init(checkedRadiusArcsec arcsec: Double) throws(UserFault) {
        self = try Angle(checkedRadiusDegrees: arcsec / 3600, text: "\(arcsec) arcsec")
    }

    private init(checkedRadiusDegrees degrees: Double, text: String) throws(UserFault) {
        guard degrees.isFinite else { throw Angle.badRadius(text, "it is not a finite number") }
        guard degrees > 0 else { throw Angle.badRadius(text, "it must be greater than zero") }
        guard degrees <= 180 else { throw Angle.badRadius(text, "it is over 180 degrees") }
        self.init(degrees: degrees)
    }

    private static func degrees(perUnit unit: String) -> Double? {
        switch unit {
        case "deg", "degree", "degrees", "d": 1
        case "arcmin", "'": 1.0 / 60
        case "arcsec", "\"": 1.0 / 3600
        case "mas": 1.0 / 3_600_000
        default: nil
        }
    }

    private static func badRadius(_ text: String, _ reason: String) -> UserFault {
        UserFault(
            .usage, "not a radius: \(text)", detail: reason,
            hint: "write a number with its unit: 2arcsec, 10arcmin, 1deg")
    }
}

extension String {
    func trimmingSpaces() -> String {
        var slice = self[...]
        while let first = slice.first, first.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.isWhitespace { slice.removeLast() }
        return String(slice)
    }
}
