/// A column of a table of orbits, or a member of an orbit's JSON, by any name in use.
enum ElementField: Int, CaseIterable {
    case designation, packed, number, name
    case q, e, inclination, node, argPeri, timeOfPerihelion, epoch
    case semiMajorAxis, meanAnomaly
    case h, g, g12
    case a1, a2, a3, yarkovsky, srp
    case arc, fit, state, stateCovariance

    /// - Parameter name: in lower case.
    init?(name: UnsafeRawBufferPointer) {
        guard let found = ElementField.byName[String(decoding: name, as: UTF8.self)] else { return nil }
        self = found
    }

    private static let byName: [String: ElementField] = {
        let names: [(ElementField, String)] = [
            (.designation, "unpacked_primary_provisional_designation designation name_true object"),
            (.packed, "packed_primary_provisional_designation packed packed_designation"),
            (.number, "permid number"), (.name, "iau_name name"), (.q, "q q_au"), (.e, "e eccentricity"),
            (.inclination, "i i_deg inc incl"), (.node, "node node_deg om"), (.argPeri, "argperi argperi_deg peri w"),
            (.timeOfPerihelion, "peri_time tp_mjd_tt tp peri_time_mjd_tdb peri_time_mjd_tt"),
            (.epoch, "epoch_mjd epoch_mjd_tt epoch_mjd_tdb epoch"), (.semiMajorAxis, "a a_au"),
            (.meanAnomaly, "mean_anomaly m"), (.h, "h"), (.g, "g"), (.g12, "g12"), (.a1, "a1"), (.a2, "a2"),
            (.a3, "a3"), (.yarkovsky, "yarkovsky"), (.srp, "srp"), (.arc, "arc_length_total arc_days"),
            (.fit, "mpc_orb_jsonb mpc_orb"), (.state, "car_state"), (.stateCovariance, "car_cov"),
        ]
        var table: [String: ElementField] = [:]
        for (field, text) in names {
            for name in text.split(separator: " ") { table[String(name)] = field }
        }
        return table
    }()
}

/// What a row of a table of orbits says, before it becomes a draft.
struct ElementFields {
    /// Non-gravitational terms are in au/d²; otherwise in the units of `mpc_orbits`.
    let usesPlainUnits: Bool
    private var numbers = [Double](repeating: .nan, count: ElementField.allCases.count)
    private(set) var designation: [UInt8] = []
    private(set) var packed: [UInt8] = []
    private(set) var permanent: [UInt8] = []
    private(set) var name: [UInt8] = []
    /// The fit as JSON.
    var fit: [UInt8] = []
    var state: [Double]?
    var stateCovariance: [Double]?

    init(usesPlainUnits: Bool) { self.usesPlainUnits = usesPlainUnits }

    mutating func reset() {
        for index in numbers.indices { numbers[index] = .nan }
        designation.removeAll(keepingCapacity: true)
        packed.removeAll(keepingCapacity: true)
        permanent.removeAll(keepingCapacity: true)
        name.removeAll(keepingCapacity: true)
        fit.removeAll(keepingCapacity: true)
        state = nil
        stateCovariance = nil
    }

    subscript(_ field: ElementField) -> Double {
        get { numbers[field.rawValue] }
        set { numbers[field.rawValue] = newValue }
    }

    private func optional(_ field: ElementField) -> Double? { self[field].isNaN ? nil : self[field] }

    /// False when the text is there and is no number.
    mutating func take(_ field: ElementField, _ text: UnsafeRawBufferPointer) -> Bool {
        let trimmed = DecimalBytes.trim(text)
        switch field {
        case .designation: copy(trimmed, to: &designation)
        case .packed: copy(trimmed, to: &packed)
        case .number: copy(trimmed, to: &permanent)
        case .name: copy(trimmed, to: &name)
        case .fit, .state, .stateCovariance: break
        default:
            if ElementFields.isMissing(trimmed) { return true }
            guard let value = DecimalBytes.double(trimmed) else { return false }
            self[field] = value
        }
        return true
    }

    private func copy(_ text: UnsafeRawBufferPointer, to field: inout [UInt8]) {
        field.removeAll(keepingCapacity: true)
        if !ElementFields.isMissing(text) { field.append(contentsOf: text) }
    }

    static func isMissing(_ text: UnsafeRawBufferPointer) -> Bool {
        switch text.count {
        case 0: true
        case 2: text[0] == 0x5C && text[1] == 0x4E
        case 3: text.isText("NaN") || text.isText("nan") || text.isText("NAN")
        case 4: text.isText("null") || text.isText("NULL") || text.isText("None")
        default: false
        }
    }

    // MARK: Into a draft

    func fill(_ draft: inout OrbitDraft) -> OrbitVerdict {
        if packed.starts(with: "S/".utf8) || designation.starts(with: "S/".utf8) { return .satellite }
        fillNames(&draft)
        draft.elements.epochMjdTT = self[.epoch]
        draft.elements.eccentricity = self[.e]
        draft.elements.inclinationDeg = self[.inclination]
        draft.elements.nodeDeg = self[.node]
        draft.elements.argPeriDeg = self[.argPeri]
        draft.elements.qAu = self[.q]
        draft.elements.timeOfPerihelionMjdTT = self[.timeOfPerihelion]
        draft.elements.h = optional(.h)
        draft.elements.g = optional(.g)
        draft.elements.g12 = optional(.g12)
        draft.arcDays = self[.arc]
        let isComet = draft.elements.kind == .comet
        draft.elements.nonGravitational = terms(isComet: isComet)
        if !fit.isEmpty { fit.withUnsafeBytes { OrbitFit.fill($0, &draft) } }
        if draft.covariance == nil, let stateCovariance, stateCovariance.count == 36 {
            let triangle = (0..<6).flatMap { row in (row..<6).map { stateCovariance[row * 6 + $0] } }
            draft.covariance = OrbitCovariance(
                basis: .cartesian, values: state?.count == 6 ? state! : [], upperTriangle: triangle)
        }
        if !(draft.elements.qAu.isFinite && draft.elements.timeOfPerihelionMjdTT.isFinite) {
            _ = draft.setShape(semiMajorAxisAu: self[.semiMajorAxis], meanAnomalyDeg: self[.meanAnomaly])
        }
        return .orbit
    }

    private func fillNames(_ draft: inout OrbitDraft) {
        if !packed.isEmpty, let key = packed.withUnsafeBytes({ BodyKey(packed: $0) }) { draft.key = key }
        if !designation.isEmpty {
            if let named = designation.withUnsafeBytes({ ElementFields.key($0) }) {
                draft.key.number = draft.key.number == 0 ? named.number : draft.key.number
                draft.key.provisional = draft.key.provisional == 0 ? named.provisional : draft.key.provisional
            } else if draft.key.isEmpty {
                draft.name = designation
            }
        }
        if !permanent.isEmpty, let key = permanent.withUnsafeBytes({ ElementFields.key($0) }), key.number != 0 {
            draft.key.number = key.number
        }
        if !name.isEmpty {
            if !draft.key.isEmpty {
                draft.name = name
            } else if let key = name.withUnsafeBytes({ ElementFields.key($0) }) {
                draft.key = key
            } else {
                draft.name = name
            }
        }
        draft.elements.kind = draft.key.kind
    }

    /// Any designation as bytes.
    static func key(_ text: UnsafeRawBufferPointer) -> BodyKey? {
        if let provisional = BodyKey.provisional(plain: text) { return BodyKey(provisional: provisional) }
        return Designation(String(decoding: text, as: UTF8.self)).flatMap { BodyKey($0) }
    }

    /// Accelerations in au/d²: what `mpc_orbits` gives is in the units of the fit's parameters.
    private func terms(isComet: Bool) -> NonGravitationalTerms? {
        func pushed(_ field: ElementField, _ parameter: OrbitCovariance.Parameter) -> Double {
            (optional(field) ?? 0) * (parameter.auPerDay2 ?? 0)
        }
        var terms = NonGravitationalTerms(law: isComet ? .waterIce : .inverseSquare)
        if usesPlainUnits {
            (terms.a1, terms.a2, terms.a3) = (optional(.a1) ?? 0, optional(.a2) ?? 0, optional(.a3) ?? 0)
        } else {
            (terms.a1, terms.a2, terms.a3) = (pushed(.a1, .a1), pushed(.a2, .a2), pushed(.a3, .a3))
        }
        if !isComet {
            terms.a2 += pushed(.yarkovsky, .yarkovsky)
            terms.a1 += pushed(.srp, .srp)
        }
        return terms.a1 == 0 && terms.a2 == 0 && terms.a3 == 0 ? nil : terms
    }
}

extension BodyKey {
    /// What the designation says of the body.
    var kind: BodyKind {
        if number >> 24 != 0 { return .comet }
        guard provisional >> 56 != 0, let type = CometType(rawValue: UInt8(provisional >> 56)) else { return .asteroid }
        return type.kind
    }
}
