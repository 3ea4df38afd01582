import Core
import SolarSystem

/// Orbits and names as JSON, for the API and the commands.
public enum OrbitText {
    /// The members `designation` … `aliases` of an object.
    /// - Parameter id: what stands for `ssObjectId`.
    public static func appendNames(_ set: OrbitSet, _ row: Int, id: SSObjectID?, to writer: inout TextWriter) {
        let key = set.key(row)
        writer.append("\"designation\":")
        writer.append(jsonString: set.designation(row))
        append("number", key.permanent?.unpacked, to: &writer)
        append("provisional", key.provisionalDesignation?.unpacked, to: &writer)
        append("packed", (key.provisionalDesignation ?? key.permanent)?.packed, to: &writer)
        append("name", set.name(row), to: &writer)
        append("ssObjectId", id?.description, to: &writer)
        writer.append(",\"aliases\":[")
        for (index, alias) in set.aliases(row).enumerated() {
            if index > 0 { writer.append(byte: 0x2C) }
            writer.append(jsonString: alias.unpacked)
        }
        writer.append("]")
    }

    /// The same of a body that no orbit set knows.
    static func appendNames(of designation: Designation?, id: SSObjectID, to writer: inout TextWriter) {
        let key = designation.flatMap { BodyKey($0) }
        writer.append("\"designation\":")
        writer.append(jsonString: designation?.unpacked ?? id.description)
        append("number", key?.permanent?.unpacked, to: &writer)
        append("provisional", key?.provisionalDesignation?.unpacked, to: &writer)
        append("packed", designation?.packed, to: &writer)
        append("name", nil, to: &writer)
        append("ssObjectId", id.description, to: &writer)
        writer.append(",\"aliases\":[]")
    }

    private static func append(_ name: String, _ text: String?, to writer: inout TextWriter) {
        writer.append(string: ",\"\(name)\":")
        if let text { writer.append(jsonString: text) } else { writer.append("null") }
    }

    /// The orbit as an object: elements in au, deg and MJD (TT), heliocentric, ecliptic of J2000.
    public static func appendOrbit(_ set: OrbitSet, _ row: Int, to writer: inout TextWriter) {
        let one = set.elements(row)
        let flags = set.flags(row)
        writer.append(string: "{\"orbit_set\":\"\(set.versionID)\",\"kind\":\"\(one.kind)\"")
        let terms = one.nonGravitational
        let values: [(String, Double?)] = [
            ("q", one.qAu), ("e", one.eccentricity), ("i", one.inclinationDeg), ("node", one.nodeDeg),
            ("argperi", one.argPeriDeg), ("tp_mjd_tt", one.timeOfPerihelionMjdTT), ("epoch_mjd_tt", one.epochMjdTT),
            ("h", one.h), ("g", one.g), ("g12", one.g12), ("a1", terms?.a1), ("a2", terms?.a2), ("a3", terms?.a3),
            ("arc_days", set.arcDays(row)),
        ]
        for (name, value) in values {
            writer.append(string: ",\"\(name)\":")
            writer.append(optional: value)
        }
        let law: String? = terms.map { $0.law == .waterIce ? "water ice" : "inverse square" }
        append("nongravitational_law", law, to: &writer)
        writer.append(string: ",\"is_short_arc\":\(flags.contains(.shortArc))")
        writer.append(string: ",\"has_covariance\":\(flags.contains(.hasCovariance))}")
    }
}
