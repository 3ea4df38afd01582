import Core

/// A line of MPCORB.DAT: fixed columns, elements by semi-major axis and mean anomaly at a packed epoch.
///
/// Source: "Export Format for Minor-Planet Orbits" of the Minor Planet Center; columns there count from 1.
enum MPCORBLine {
    /// Up to the semi-major axis; what follows may be missing.
    static let minLength = 103
    /// Up to the readable designation; the date of the last observation may be missing.
    static let width = 194

    static func parse(_ line: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        if DecimalBytes.trim(line).isEmpty { return .empty }
        guard line.count >= minLength else { return .bad("\(line.count) bytes; a line of MPCORB has \(minLength) or more") }
        let packed = DecimalBytes.trim(column(line, 1, 7))
        if packed.starts(with: "S/".utf8) { return .satellite }
        guard let key = BodyKey(packed: packed) else {
            return .bad("\"\(String(decoding: packed, as: UTF8.self))\" is no packed designation")
        }
        draft.key = key
        guard let epoch = epoch(column(line, 21, 25)) else {
            return .bad("\"\(String(decoding: column(line, 21, 25), as: UTF8.self))\" is no packed epoch")
        }
        draft.elements.epochMjdTT = epoch
        guard let m = number(line, 27, 35), let argPeri = number(line, 38, 46), let node = number(line, 49, 57),
            let inclination = number(line, 60, 68), let e = number(line, 71, 79), let a = number(line, 93, 103)
        else { return .bad("an element is not a number") }
        draft.elements.argPeriDeg = argPeri
        draft.elements.nodeDeg = node
        draft.elements.inclinationDeg = inclination
        draft.elements.eccentricity = e
        draft.elements.h = number(line, 9, 13)
        draft.elements.g = number(line, 15, 19)
        guard draft.setShape(semiMajorAxisAu: a, meanAnomalyDeg: m) else {
            return .bad("no orbit has a = \(a) au with e = \(e)")
        }
        if line.count > 136 { draft.arcDays = arc(column(line, 128, 136)) }
        if line.count > 166 { takeName(column(line, 167, min(line.count, 194)), &draft) }
        return .orbit
    }

    @inline(__always) private static func column(
        _ line: UnsafeRawBufferPointer, _ first: Int, _ last: Int
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[first - 1..<last])
    }

    @inline(__always) private static func number(_ line: UnsafeRawBufferPointer, _ first: Int, _ last: Int) -> Double? {
        DecimalBytes.double(column(line, first, last))
    }

    /// `K25BL` is 2025 November 21, 0h TT: century, year, month and day, the last two in digits and letters.
    static func epoch(_ text: UnsafeRawBufferPointer) -> Double? {
        guard text.count == 5, let century = Base62.value(text[0]), (10...21).contains(century),
            let year = Digits.number(text[1..<3]), let month = Base62.value(text[3]), let day = Base62.value(text[4])
        else { return nil }
        return epoch(year: century * 100 + year, month: month, day: day)
    }

    /// MJD of a date; nil when there is no such date.
    static func epoch(year: Int, month: Int, day: Int) -> Double? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        let days = date.daysSinceUnixEpoch
        guard CivilDate(daysSinceUnixEpoch: days) == date else { return nil }
        return Double(days) + MJD.unixEpochDays
    }

    /// `  10 days` or `1801-2026`.
    private static func arc(_ text: UnsafeRawBufferPointer) -> Double {
        if text[4] == 0x2D {
            guard let first = Digits.number(text[0..<4]), let last = Digits.number(text[5..<9]), last >= first else {
                return .nan
            }
            // At least what two oppositions are apart.
            return max(Double(last - first), 1) * 365.25
        }
        guard text[5..<9].elementsEqual("days".utf8),
            let days = DecimalBytes.integer(UnsafeRawBufferPointer(rebasing: text[0..<4]))
        else { return .nan }
        return Double(days)
    }

    /// `(1) Ceres`, `(123456) 2001 WX12`, `2006 TK6`.
    private static func takeName(_ text: UnsafeRawBufferPointer, _ draft: inout OrbitDraft) {
        var rest = DecimalBytes.trim(text)
        if rest.first == 0x28, let close = rest.firstIndex(of: 0x29) {
            rest = DecimalBytes.trim(UnsafeRawBufferPointer(rebasing: rest[(close + 1)...]))
        }
        guard !rest.isEmpty else { return }
        if let provisional = BodyKey.provisional(plain: rest) {
            if draft.key.provisional == 0 { draft.key.provisional = provisional }
        } else if draft.key.number != 0 {
            draft.setName(rest)
        }
    }
}
