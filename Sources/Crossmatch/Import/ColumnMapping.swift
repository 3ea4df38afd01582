import Core

/// Which columns of a file mean what; nil leaves it to the well-known names.
public struct ColumnMapping: Sendable {
    public var ra: String?
    public var dec: String?
    public var id: String?
    /// Proper motion in right ascension times cos dec, mas/yr.
    public var pmra: String?
    /// Proper motion in declination, mas/yr.
    public var pmdec: String?
    /// A column of Julian years, or a Julian year for all rows (`2016.0`, `J2016`).
    public var epoch: String?
    /// Extra columns to keep; nil keeps all.
    public var columns: [String]?

    public init(
        ra: String? = nil, dec: String? = nil, id: String? = nil, pmra: String? = nil, pmdec: String? = nil,
        epoch: String? = nil, columns: [String]? = nil
    ) {
        (self.ra, self.dec, self.id, self.pmra, self.pmdec) = (ra, dec, id, pmra, pmdec)
        (self.epoch, self.columns) = (epoch, columns)
    }

    /// Names that catalogues use, most telling first; compared without case.
    static let placeNames = [
        ("ra", "dec"), ("ra_icrs", "de_icrs"), ("ra_icrs", "dec_icrs"), ("raicrs", "deicrs"), ("raj2000", "dej2000"),
        ("_raj2000", "_dej2000"), ("raj2000", "decj2000"), ("ra_deg", "dec_deg"), ("radeg", "dedeg"),
        ("ramean", "decmean"),
        ("right_ascension", "declination"), ("alpha", "delta"), ("alpha_j2000", "delta_j2000"),
    ]
    static let raNames = placeNames.map(\.0)
    static let decNames = placeNames.map(\.1)

    /// The names of the two columns that belong together, where the mapping leaves both open.
    static func knownPlace(in names: [String]) -> (ra: String, dec: String)? {
        for pair in placeNames {
            if let ra = names.first(where: { $0.lowercased() == pair.0 }),
                let dec = names.first(where: { $0.lowercased() == pair.1 })
            {
                return (ra, dec)
            }
        }
        return nil
    }

    static let idNames = [
        "source_id", "sourceid", "source", "id", "objid", "obj_id", "objectid", "object_id", "designation", "main_id",
        "name",
    ]
    static let pmraNames = ["pmra", "pm_ra_cosdec", "pmra_cosdec", "pm_ra"]
    static let pmdecNames = ["pmdec", "pmde", "pm_dec"]
    static let epochNames = ["ref_epoch", "epoch"]
}

/// A mapping bound to the columns of the first file, by position in `wanted`.
struct ResolvedColumns {
    /// Names of the columns to read, in the chunk's order.
    var wanted: [String] = []
    var ra = 0
    var dec = 0
    var id = 0
    var motion: (pmra: Int, pmdec: Int)?
    var epochColumn: Int?
    var epochYear: Double?
    /// Extra columns: position in `wanted` and the name to store.
    var extras: [(position: Int, name: String)] = []
    var notes: [String] = []

    /// - Throws: `UserFault` (usage) naming what is not there and what is.
    init(_ mapping: ColumnMapping, columns: [SourceColumn], path: String) throws(UserFault) {
        let names = columns.map(\.name)
        func find(_ given: String?, _ known: [String]) throws(UserFault) -> String? {
            guard let given else {
                return known.lazy.compactMap { wanted in names.first { $0.lowercased() == wanted } }.first
            }
            if let name = names.first(where: { $0 == given })
                ?? names.first(where: { $0.lowercased() == given.lowercased() })
            {
                return name
            }
            throw UserFault(
                .usage, "\(path) has no column \(given)",
                detail: "its columns: \(names.prefix(60).joined(separator: ", "))")
        }
        func need(_ given: String?, _ known: [String], _ option: String) throws(UserFault) -> String {
            if let name = try find(given, known) { return name }
            throw UserFault(
                .usage, "\(path): which column is \(option)?",
                detail: "its columns: \(names.prefix(60).joined(separator: ", "))",
                hint: "say so with --\(option) COLUMN")
        }
        let known = mapping.ra == nil && mapping.dec == nil ? ColumnMapping.knownPlace(in: names) : nil
        ra = want(try need(mapping.ra ?? known?.ra, ColumnMapping.raNames, "ra"))
        dec = want(try need(mapping.dec ?? known?.dec, ColumnMapping.decNames, "dec"))
        id = want(try need(mapping.id, ColumnMapping.idNames, "id"))
        let pmra = try find(mapping.pmra, ColumnMapping.pmraNames)
        let pmdec = try find(mapping.pmdec, ColumnMapping.pmdecNames)
        if let text = mapping.epoch, let year = Double(text.first == "J" ? String(text.dropFirst()) : text) {
            guard year > 1500, year < 2500 else {
                throw UserFault(.usage, "not an epoch: \(text)", hint: "a Julian year such as 2016.0")
            }
            epochYear = year
        } else if let name = try find(mapping.epoch, ColumnMapping.epochNames) {
            epochColumn = want(name)
        }
        try takeMotion(pmra, pmdec, isAsked: mapping.pmra != nil || mapping.pmdec != nil, path: path)
        try takeExtras(mapping.columns, names: names, path: path)
    }

    private mutating func want(_ name: String) -> Int {
        if let position = wanted.firstIndex(of: name) { return position }
        wanted.append(name)
        return wanted.count - 1
    }

    private mutating func takeMotion(_ pmra: String?, _ pmdec: String?, isAsked: Bool, path: String) throws(UserFault) {
        guard let pmra, let pmdec else {
            if isAsked { throw UserFault(.usage, "a proper motion needs both --pmra and --pmdec") }
            return
        }
        guard epochYear != nil || epochColumn != nil else {
            if isAsked {
                throw UserFault(.usage, "proper motions need an epoch", hint: "--epoch 2016.0 or --epoch COLUMN")
            }
            notes.append(
                "\(path): proper motions without an epoch are not used; --epoch says of which year the positions are")
            return
        }
        motion = (want(pmra), want(pmdec))
    }

    private mutating func takeExtras(_ asked: [String]?, names: [String], path: String) throws(UserFault) {
        let own = [wanted[ra], wanted[dec], wanted[id]]
        var kept: [String] = []
        for name in asked ?? names.filter({ !own.contains($0) }) {
            guard
                let found = names.first(where: { $0 == name })
                    ?? names.first(where: { $0.lowercased() == name.lowercased() })
            else {
                throw UserFault(
                    .usage, "\(path) has no column \(name)", detail: "its columns: \(names.joined(separator: ", "))")
            }
            kept.append(found)
        }
        // Names that every nearest table has already, compared as ADQL does: without case.
        let reserved = Set(NearestMatches.leadingColumns(idType: .int64).map(\.name))
        var used = reserved
        for name in kept {
            var stored = Self.identifier(name)
            if reserved.contains(stored.lowercased()) {
                stored = "catalogue_" + stored
                notes.append("\(path): column \(name) is stored as \(stored)")
            }
            guard used.insert(stored.lowercased()).inserted else {
                throw UserFault(
                    .usage, "\(path) has two columns called \(name)", detail: "capital letters make no difference",
                    hint: "choose with --columns a,b,c")
            }
            extras.append((want(name), stored))
        }
    }

    /// A name that ADQL takes without quotes.
    static func identifier(_ name: String) -> String {
        let bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: byte
            default: 0x5F
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let first = bytes.first else { return "column" }
        return first >= 0x30 && first <= 0x39 ? "c" + text : text
    }
}
