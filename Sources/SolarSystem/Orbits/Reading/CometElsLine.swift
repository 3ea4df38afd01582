import Core

/// A line of CometEls.txt: fixed columns, perihelion by distance and date.
///
/// Source: "Export Format for Comet Orbits" of the Minor Planet Center, format of the Ephemerides and Orbital Elements pages;
/// columns there count from 1.
enum CometElsLine {
    /// Up to the inclination; epoch, magnitudes and name may be missing.
    static let minLength = 79

    static func parse(_ line: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        if DecimalBytes.trim(line).isEmpty { return .empty }
        guard line.count >= minLength else {
            return .bad("\(line.count) bytes; a line of CometEls has \(minLength) or more")
        }
        if line[4] == 0x53 { return .satellite }
        guard let key = BodyKey(columns: column(line, 1, 12)), let type = CometType(rawValue: line[4]) else {
            return .bad("\"\(String(decoding: column(line, 1, 12), as: UTF8.self))\" is no packed designation of a comet")
        }
        draft.key = key
        draft.elements.kind = type.kind
        guard let year = DecimalBytes.integer(column(line, 15, 18)), let month = DecimalBytes.integer(column(line, 20, 21)),
            let day = number(line, 23, 29), let time = Self.time(year: year, month: month, day: day)
        else { return .bad("no date of perihelion") }
        draft.elements.timeOfPerihelionMjdTT = time
        guard let q = number(line, 31, 39), let e = number(line, 42, 49), let argPeri = number(line, 52, 59),
            let node = number(line, 62, 69), let inclination = number(line, 72, 79)
        else { return .bad("an element is not a number") }
        draft.elements.qAu = q
        draft.elements.eccentricity = e
        draft.elements.argPeriDeg = argPeri
        draft.elements.nodeDeg = node
        draft.elements.inclinationDeg = inclination
        let epoch = epoch(line)
        draft.elements.epochMjdTT = epoch ?? time
        draft.saysEpoch = epoch != nil
        if line.count >= 95 { draft.elements.h = number(line, 92, 95) }
        if line.count >= 100 { draft.elements.g = number(line, 97, 100) }
        if line.count > 102 { takeName(column(line, 103, min(line.count, 158)), &draft) }
        return .orbit
    }

    /// MJD of a date with a fraction of a day.
    static func time(year: Int, month: Int, day: Double) -> Double? {
        guard day >= 1, day < 32, let midnight = MPCORBLine.epoch(year: year, month: month, day: Int(day)) else {
            return nil
        }
        return midnight + (day - day.rounded(.down))
    }

    /// The proper name: behind a comet's number and slash, or in the brackets behind its designation.
    static func takeName(_ text: UnsafeRawBufferPointer, _ draft: inout OrbitDraft) {
        let trimmed = DecimalBytes.trim(text)
        if let open = trimmed.firstIndex(of: 0x28), let close = trimmed.lastIndex(of: 0x29), open + 1 < close {
            draft.setName(UnsafeRawBufferPointer(rebasing: trimmed[(open + 1)..<close]))
        } else if let slash = trimmed.firstIndex(of: 0x2F), slash > 1, slash + 1 < trimmed.count {
            draft.setName(UnsafeRawBufferPointer(rebasing: trimmed[(slash + 1)...]))
        }
    }

    private static func epoch(_ line: UnsafeRawBufferPointer) -> Double? {
        guard line.count >= 89, let year = DecimalBytes.integer(column(line, 82, 85)),
            let month = DecimalBytes.integer(column(line, 86, 87)), let day = DecimalBytes.integer(column(line, 88, 89))
        else { return nil }
        return MPCORBLine.epoch(year: year, month: month, day: day)
    }

    private static func column(_ line: UnsafeRawBufferPointer, _ first: Int, _ last: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[first - 1..<last])
    }

    private static func number(_ line: UnsafeRawBufferPointer, _ first: Int, _ last: Int) -> Double? {
        DecimalBytes.double(column(line, first, last))
    }
}
