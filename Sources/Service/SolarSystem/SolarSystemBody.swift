import Core
import SolarSystem

/// The Solar System object that a name stands for: by the orbits in use where they know it, else by its designation alone.
struct SolarSystemBody {
    /// The orbit set and the body's row in it; nil when no set in use has it.
    let orbit: (set: OrbitSet, row: Int)?
    /// As it was asked for, where it is a designation.
    let designation: Designation?
    /// Ids that it may be stored under, the likeliest first, those of former designations and of its number included; negative
    /// where the body has only a name of its own. Never empty.
    let ids: [SSObjectID]
    /// How messages call it.
    let title: String

    /// - Throws: `Problem` 404 for what is neither a name that the orbits in use know nor a designation nor an ssObjectId.
    init(_ call: Call, named text: String) throws(Problem) {
        let orbits = call.context.orbits
        // Who asks may have imported a moment ago.
        orbits?.refresh()
        let set = orbits?.current
        let row = set?.row(named: text)
        let designation = Designation(text)
        var more: [SSObjectID] = []
        if let id = designation.flatMap({ SSObjectID(packed: $0.packed) }) { more.append(id) }
        if let value = Int64(text), value > 0 { more.append(SSObjectID(rawValue: value)) }
        self.init(orbit: set.flatMap { set in row.map { (set, $0) } }, designation, more, text)
        if ids.isEmpty { throw SolarSystemBody.unknown(text, call.context) }
    }

    /// Of Rubin's id alone: a small one is no number.
    init(_ call: Call, id: SSObjectID) {
        call.context.orbits?.refresh()
        self.init(id: id, in: call.context.orbits?.current)
    }

    init(id: SSObjectID, in set: OrbitSet?) {
        let row = set?.row(ssObjectId: id)
        self.init(orbit: set.flatMap { set in row.map { (set, $0) } }, id.designation, [id], id.description)
    }

    private init(orbit: (set: OrbitSet, row: Int)?, _ designation: Designation?, _ more: [SSObjectID], _ text: String) {
        self.orbit = orbit
        self.designation = designation
        var ids: [SSObjectID] = []
        if let (set, row) = orbit {
            let permanent = set.key(row).permanent.flatMap { SSObjectID(packed: $0.packed) }
            ids = [set.bodyId(row)] + [permanent].compactMap { $0 }
            ids += set.aliases(row).compactMap { SSObjectID(packed: $0.packed) }
            title = set.designation(row)
        } else {
            title = designation?.unpacked ?? String(text.prefix(100))
        }
        var seen = Set<SSObjectID>()
        self.ids = (ids + more).filter { seen.insert($0).inserted }
    }

    /// Rubin's id; nil for a body that has only a name of its own.
    var ssObjectId: SSObjectID? { ids.first { $0.rawValue > 0 } }

    /// Where it is found in the API.
    var path: String { "/api/v1/sso/" + PercentCoding.encode(title) }

    /// Its designation for those who exchange observations; nil where it has only a name of its own.
    var exchangeDesignation: Designation? {
        if let (set, row) = orbit { return set.key(row).designation }
        return designation ?? ids.lazy.compactMap(\.designation).first
    }

    static func unknown(_ text: String, _ context: APIContext) -> Problem {
        if let problem = context.unusableOrbits { return problem }
        let hint =
            context.orbits?.current == nil
            ? "no orbits are known here: nightjar orbits import FILE"
            : "a number, a name, a packed or plain designation, or an ssObjectId"
        return Problem(404, "no such Solar System object", detail: String(text.prefix(100)), hint: hint)
    }

    /// What is said when nothing is stored of it.
    var noDetection: Problem {
        Problem(
            404, "no detection of \(title)", detail: ssObjectId.map { "ssObjectId \($0)" } ?? "",
            hint: orbit == nil ? "no orbit of that name is known here either" : "its orbit is known")
    }
}
