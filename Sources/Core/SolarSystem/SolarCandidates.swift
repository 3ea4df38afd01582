/// The orbits that are predicted near each alert of a batch.
public struct SolarCandidates {
    /// Version of the orbit set that was asked; empty where none could be.
    public var orbitSet: String
    /// `Tables.ssoCandidate`: of each alert in turn, nearest first.
    public let table: ColumnTable
    /// One an alert: its rows of `table`; nil where nobody could look, which is not "no orbit".
    public var ranges: [Range<Int32>?] = []
    /// One an alert: the body that its packet names, by the id that the orbit set has for it (by the packet's own where the set
    /// does not know it); none where the packet names none.
    public var packetBodies: [SSObjectID] = []

    public init(orbitSet: String, table: ColumnTable = ColumnTable(schema: Tables.ssoCandidate)) {
        self.orbitSet = orbitSet
        self.table = table
    }
}
