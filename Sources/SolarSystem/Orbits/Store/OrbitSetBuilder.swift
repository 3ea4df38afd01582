import Core

/// Collects orbits for a set: of each body the newest epoch stays, and of equal epochs the one that came last.
public struct OrbitSetBuilder {
    var rows: ContiguousArray<OrbitRow> = []
    var names = TextList()
    /// What tables of the user's own call their bodies.
    var givenNames = TextList()
    var terms: [NonGravitationalTerms] = []
    var covariances: [OrbitCovariance] = []
    /// A further packed designation and the row that had it.
    var aliases: ContiguousArray<(designation: UInt64, row: Int32)> = []

    public init() {}

    public var count: Int { rows.count }

    mutating func add(_ draft: OrbitDraft) {
        var row = OrbitRow(draft)
        if !draft.name.isEmpty { row.name = draft.name.withUnsafeBytes { names.append($0) } }
        if !draft.given.isEmpty { row.given = draft.given.withUnsafeBytes { givenNames.append($0) } }
        if let some = draft.elements.nonGravitational {
            row.terms = Int32(terms.count)
            row.flags.insert(.hasNonGravitational)
            terms.append(some)
        }
        if let covariance = draft.covariance {
            row.covariance = Int32(covariances.count)
            row.flags.insert(.hasCovariance)
            covariances.append(covariance)
        }
        for alias in draft.aliases { aliases.append((alias, Int32(rows.count))) }
        rows.append(row)
    }

    /// Adds an orbit from elsewhere than a file.
    /// - Parameter name: a designation in any form, else any name.
    /// - Returns: why it was not taken; nil when it was.
    @discardableResult
    public mutating func add(
        name: String, elements: CometaryElements, arcDays: Double? = nil, covariance: OrbitCovariance? = nil
    ) -> String? {
        var draft = OrbitDraft()
        if let key = Designation(name).flatMap({ BodyKey($0) }) {
            draft.key = key
        } else {
            draft.name = Array(name.utf8)
        }
        draft.elements = elements
        draft.arcDays = arcDays ?? .nan
        draft.covariance = covariance
        if let problem = OrbitChecks.problem(&draft) { return problem }
        add(draft)
        return nil
    }

    /// Adds the orbits of a set, as older than all that come after.
    /// - Parameter knownAt: MJD; orbits with an epoch too far ahead of it are left out.
    /// - Returns: how many were left out.
    /// - Throws: `DependencyFault` where the set's file went bad on the way: what was added must not be used.
    @discardableResult
    public mutating func add(
        contentsOf set: OrbitSet, knownAt: Double = .infinity
    ) throws(DependencyFault) -> Int {
        rows.reserveCapacity(rows.count + set.count)
        let epochs = set.epochMjdTT
        var places = ContiguousArray<Int32>(repeating: -1, count: set.count)
        var leftOut = 0
        for row in 0..<set.count {
            guard OrbitChecks.problem(epoch: epochs[row], knownAt: knownAt) == nil else {
                leftOut += 1
                continue
            }
            places[row] = Int32(rows.count)
            var draft = OrbitDraft()
            draft.key = set.key(row)
            if let name = set.nameBytes(row) { draft.name = Array(name) }
            draft.elements = set.elements(row)
            draft.arcDays = set.arcDays(row) ?? .nan
            draft.covariance = set.covariance(row)
            add(draft)
        }
        // Of a damaged set the rows of aliases may be any.
        set.forEachAlias { designation, row in
            if places.indices.contains(row), places[row] >= 0 { aliases.append((designation, places[row])) }
        }
        if let damage = set.damage { throw orbitFault(set.versionID, damage) }
        return leftOut
    }
}

/// Texts one after the other in one buffer.
struct TextList {
    private(set) var bytes: ContiguousArray<UInt8> = []
    private var offsets: ContiguousArray<UInt32> = [0]

    var count: Int { offsets.count - 1 }

    mutating func append(_ text: UnsafeRawBufferPointer) -> Int32 {
        bytes.append(contentsOf: text)
        offsets.append(UInt32(bytes.count))
        return Int32(offsets.count - 2)
    }

    subscript(_ index: Int32) -> ArraySlice<UInt8> {
        ArraySlice(bytes[Int(offsets[Int(index)])..<Int(offsets[Int(index) + 1])])
    }
}

extension OrbitSetBuilder {
    /// Adds every orbit of another builder, in its order.
    mutating func add(contentsOf other: OrbitSetBuilder) {
        let first = Int32(rows.count)
        for row in other.rows {
            var copy = row
            if row.name >= 0 { copy.name = Array(other.names[row.name]).withUnsafeBytes { names.append($0) } }
            if row.given >= 0 { copy.given = Array(other.givenNames[row.given]).withUnsafeBytes { givenNames.append($0) } }
            if row.terms >= 0 {
                copy.terms = Int32(terms.count)
                terms.append(other.terms[Int(row.terms)])
            }
            if row.covariance >= 0 {
                copy.covariance = Int32(covariances.count)
                covariances.append(other.covariances[Int(row.covariance)])
            }
            rows.append(copy)
        }
        for alias in other.aliases { aliases.append((alias.designation, first + alias.row)) }
    }
}
