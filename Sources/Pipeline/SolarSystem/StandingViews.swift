import Core
import SolarSystem

/// What filters are told of committed alerts now: whom each stands attributed to, once its visit has its say.
public struct StandingViews {
    private let standings: SolarStandings

    /// - Parameter orbits: the set in use, by which packets and orbits name the same body.
    public init(database: any Database, orbits: OrbitSet?) {
        standings = SolarStandings(database: database, packetBodies: { PacketBodies($0, orbits).ids })
    }

    /// `Tables.sso`, one row an alert. Of an alert that was revised since, as its own commit saw it: nothing was asked of it later.
    public func table(of alerts: CommittedAlerts) throws(DependencyFault) -> ColumnTable {
        let now = try standings.views(of: alerts).table
        let table = ColumnTable(schema: Tables.sso, capacity: alerts.outcomes.count)
        for row in alerts.outcomes.indices {
            if let known = alerts.isOutdated[row] ? alerts.sso : now {
                table.appendRow(row, of: known)
            } else {
                table.appendMissingRow(.null)
            }
        }
        return table
    }
}
