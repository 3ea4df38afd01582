import Core
import SolarSystem

/// The Solar System object that a name stands for: by the orbits in use where they know it, else by its designation alone.
struct SolarSystemBody {
    /// The orbit set and the body's row in it; nil when no set in use has it.
    let orbit: (set: OrbitSet, row: Int)?
    /// As it was asked for, where it is a designation.
    let designation: Designation?
    /// Rubin's ids that the body may be stored under, the likeliest first; never empty.
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
        designation = Designation(text)
        var ids: [SSObjectID] = []
        if let set, let row {
            orbit = (set, row)
            let key = set.key(row)
            let others = set.aliases(row).compactMap { SSObjectID(packed: $0.packed) }
            let permanent = key.permanent.flatMap { SSObjectID(packed: $0.packed) }
            ids = [key.ssObjectId, permanent].compactMap { $0 } + others
            title = set.designation(row)
        } else {
            orbit = nil
            title = designation?.unpacked ?? String(text.prefix(100))
        }
        if let id = designation.flatMap({ SSObjectID(packed: $0.packed) }) { ids.append(id) }
        if let value = Int64(text), value > 0 { ids.append(SSObjectID(rawValue: value)) }
        var seen = Set<SSObjectID>()
        self.ids = ids.filter { seen.insert($0).inserted }
        guard !self.ids.isEmpty else {
            if orbit != nil {
                throw Problem(
                    404, "\(title) has no ssObjectId", detail: "its orbit has a name of its own, no designation",
                    hint: "GET /api/v1/sso/NAME shows the orbit")
            }
            throw SolarSystemBody.unknown(text, call.context)
        }
    }

    static func unknown(_ text: String, _ context: APIContext) -> Problem {
        let hint =
            context.orbits?.current == nil
            ? "no orbits are known here: nightjar orbits import FILE"
            : "a number, a name, a packed or plain designation, or an ssObjectId"
        return Problem(404, "no such Solar System object", detail: String(text.prefix(100)), hint: hint)
    }

    /// What is said when nothing is stored of it.
    func noDetection(_ id: SSObjectID) -> Problem {
        Problem(
            404, "no detection of \(title)", detail: "ssObjectId \(id)",
            hint: orbit == nil ? "no orbit of that name is known here either" : "its orbit is known")
    }

    /// Detections stored under any of the ids, by the first id that has some.
    func idWithDetections(in database: any Database) throws(DependencyFault) -> SSObjectID? {
        for id in ids where try database.lightCurve(LightCurveQuery(.ssObject(id))) != nil { return id }
        return nil
    }
}
