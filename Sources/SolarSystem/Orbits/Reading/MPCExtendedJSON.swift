import Core

/// Objects of the Minor Planet Center's extended JSON: MPCORB with all names and designations.
///
/// Source: "Guide to the Extended Versions of MPC Data Files Based on the MPCORB Format" (Galache 2016).
struct MPCExtendedParser: OrbitRecordParser {
    private enum Field {
        case h, g, number, name, principal, others, epoch, meanAnomaly, argPeri, node, inclination, e, a, q, tp, arc
        case arcYears
    }

    private var memo = KeyMemo { (key: UnsafeRawBufferPointer) -> Field? in
        switch String(decoding: key, as: UTF8.self) {
        case "H": .h
        case "G": .g
        case "Number": .number
        case "Name": .name
        case "Principal_desig": .principal
        case "Other_desigs": .others
        case "Epoch": .epoch
        case "M": .meanAnomaly
        case "Peri": .argPeri
        case "Node": .node
        case "i": .inclination
        case "e": .e
        case "a": .a
        case "Perihelion_dist": .q
        case "Tp": .tp
        case "Arc_length": .arc
        case "Arc_years": .arcYears
        default: nil
        }
    }

    mutating func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        var memo = self.memo
        defer { self.memo = memo }
        var (a, anomaly) = (Double.nan, Double.nan)
        var index = 0
        var wrong: String?
        let isWhole = JSONCursor.members(of: record) { key, value in
            defer { index += 1 }
            guard let field = memo.meaning(of: key, at: index) else { return }
            let number = value.number ?? .nan
            switch field {
            case .h: draft.elements.h = value.number
            case .g: draft.elements.g = value.number
            case .number: if !Self.takeNumber(value, &draft) { wrong = "the number cannot be read" }
            case .name: if let text = value.text, !text.isEmpty { draft.name = value.unescaped }
            case .principal: if !Self.takePrincipal(value, &draft) { wrong = "the designation cannot be read" }
            case .others: Self.takeOthers(value, &draft)
            case .epoch: draft.elements.epochMjdTT = number - 2_400_000.5
            case .meanAnomaly: anomaly = number
            case .argPeri: draft.elements.argPeriDeg = number
            case .node: draft.elements.nodeDeg = number
            case .inclination: draft.elements.inclinationDeg = number
            case .e: draft.elements.eccentricity = number
            case .a: a = number
            case .q: draft.elements.qAu = number
            case .tp: draft.elements.timeOfPerihelionMjdTT = number - 2_400_000.5
            case .arc: draft.arcDays = number
            case .arcYears: Self.takeYears(value, &draft)
            }
        }
        guard isWhole else { return .bad("the object is not well-formed JSON") }
        if let wrong { return .bad(wrong) }
        // As MPCORB has them: what the fit gave; perihelion and its time are rounded once more.
        _ = draft.setShape(semiMajorAxisAu: a, meanAnomalyDeg: anomaly)
        return .orbit
    }

    /// `(433)`, `433`, and comets' `1P`.
    private static func takeNumber(_ value: JSONValue, _ draft: inout OrbitDraft) -> Bool {
        guard let text = value.text, !text.isEmpty else { return true }
        guard let key = ElementFields.key(text), key.number != 0 else { return false }
        draft.key.number = key.number
        return true
    }

    private static func takePrincipal(_ value: JSONValue, _ draft: inout OrbitDraft) -> Bool {
        guard let text = value.text, !text.isEmpty else { return true }
        guard let provisional = BodyKey.provisional(plain: text) else { return false }
        draft.key.provisional = provisional
        return true
    }

    private static func takeOthers(_ value: JSONValue, _ draft: inout OrbitDraft) {
        var aliases: [UInt64] = []
        _ = JSONCursor.elements(of: value.bytes) { one in
            if one.kind == .string, let alias = BodyKey.provisional(plain: one.bytes) { aliases.append(alias) }
        }
        draft.aliases = aliases
    }

    /// `1801-2026`.
    private static func takeYears(_ value: JSONValue, _ draft: inout OrbitDraft) {
        let text = value.bytes
        guard value.kind == .string, text.count == 9, !draft.arcDays.isFinite, let first = Digits.number(text[0..<4]),
            let last = Digits.number(text[5..<9]), last >= first
        else { return }
        draft.arcDays = max(Double(last - first), 1) * 365.25
    }
}

/// Objects of the Minor Planet Center's comet JSON; A1, A2, A3 in Marsden's unit of 1e-8 au/d².
struct CometJSONParser: OrbitRecordParser {
    func parse(_ record: UnsafeRawBufferPointer, into draft: inout OrbitDraft) -> OrbitVerdict {
        var words: [String: [UInt8]] = [:]
        var numbers: [String: Double] = [:]
        let isWhole = JSONCursor.members(of: record) { key, value in
            let name = String(decoding: key, as: UTF8.self)
            if let number = value.number { numbers[name] = number }
            if value.text != nil { words[name] = value.unescaped }
        }
        guard isWhole else { return .bad("the object is not well-formed JSON") }
        if words["Orbit_type"] == Array("S".utf8) { return .satellite }
        guard let key = Self.key(words, numbers) else { return .bad("no designation of a comet") }
        draft.key = key
        draft.elements.kind = words["Orbit_type"] == Array("A".utf8) ? .asteroid : key.kind
        if let name = words["Designation_and_name"] { name.withUnsafeBytes { CometElsLine.takeName($0, &draft) } }
        guard let year = Self.whole(numbers["Year_of_perihelion"]), let month = Self.whole(numbers["Month_of_perihelion"]),
            let day = numbers["Day_of_perihelion"], let time = CometElsLine.time(year: year, month: month, day: day)
        else { return .bad("no date of perihelion") }
        draft.elements.timeOfPerihelionMjdTT = time
        draft.elements.qAu = numbers["Perihelion_dist"] ?? .nan
        draft.elements.eccentricity = numbers["e"] ?? .nan
        draft.elements.argPeriDeg = numbers["Peri"] ?? .nan
        draft.elements.nodeDeg = numbers["Node"] ?? .nan
        draft.elements.inclinationDeg = numbers["i"] ?? .nan
        draft.elements.h = numbers["H"]
        draft.elements.g = numbers["G"]
        draft.elements.epochMjdTT = time
        draft.saysEpoch = false
        if let year = Self.whole(numbers["Epoch_year"]), let month = Self.whole(numbers["Epoch_month"]),
            let day = Self.whole(numbers["Epoch_day"])
        {
            guard let epoch = MPCORBLine.epoch(year: year, month: month, day: day) else { return .bad("no such epoch") }
            draft.elements.epochMjdTT = epoch
            draft.saysEpoch = true
        }
        let terms = ["A1", "A2", "A3"].map { (numbers[$0] ?? 0) * OrbitCovariance.Parameter.marsdenAuPerDay2 }
        if terms.contains(where: { $0 != 0 }) {
            draft.elements.nonGravitational = NonGravitationalTerms(
                a1: terms[0], a2: terms[1], a3: terms[2],
                law: draft.elements.kind == .comet ? .waterIce : .inverseSquare)
        }
        return .orbit
    }

    private static func whole(_ value: Double?) -> Int? { value.flatMap { Int(exactly: $0) } }

    private static func key(_ words: [String: [UInt8]], _ numbers: [String: Double]) -> BodyKey? {
        let packed = words["Provisional_packed_desig"] ?? []
        let type = words["Orbit_type"] ?? []
        var key = BodyKey()
        if packed.count == 7, type.count == 1, let found = (type + packed).withUnsafeBytes({ BodyKey(packed: $0) }) {
            key.provisional = found.provisional
        } else if let found = packed.withUnsafeBytes({ BodyKey(packed: $0) }) {
            key.provisional = found.provisional
        }
        if let number = whole(numbers["Comet_num"]), (1...9999).contains(number), type.count == 1 {
            key.number = UInt32(type[0]) << 24 | UInt32(number)
        }
        guard key.isEmpty || key.number != 0, let name = words["Designation_and_name"],
            let named = name.withUnsafeBytes({ ElementFields.key($0) })
        else { return key.isEmpty ? nil : key }
        // The readable form alone tells of which piece the line is.
        if key.number == 0 || (named.number == key.number && key.provisional == 0) { return named }
        return key
    }
}
