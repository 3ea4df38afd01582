import Core

/// What is said of one alert, before its cells are written.
struct SolarView {
    /// Its nearest orbit's row of the candidates, where it is matched.
    var row = -1
    var status = MatchStatus.unknown
    var rank = 0
    var isProvisional = false
    /// Nil when unknown.
    var candidates: Int?
    var agreement = PacketAgreement.unknown

    static let unknown = SolarView()

    /// - Parameters:
    ///   - rows: the alert's rows of the candidates, nearest first.
    ///   - standing: its place in its visit; nil without candidates.
    ///   - packetBody: whom the packet names; none where it names nobody.
    init(rows: Range<Int>, standing: VisitClaims.Standing?, packetBody: SSObjectID, isVisitOpen: Bool) {
        let isMatched = standing?.isMatched ?? false
        status = isMatched ? .matched : .unmatched
        if isMatched { row = rows.lowerBound }
        rank = standing?.rank ?? 0
        isProvisional = isVisitOpen && !rows.isEmpty
        candidates = rows.count
        agreement = PacketAgreement(packet: packetBody, ours: standing?.attribution ?? SSObjectID(rawValue: 0))
    }

    private init() {}
}

/// What the packet says of a detection's body beside what we say.
enum PacketAgreement: String, CaseIterable {
    case agrees
    case disagrees
    case packetOnly = "packet_only"
    case oursOnly = "ours_only"
    case none
    case unknown

    init(packet: SSObjectID, ours: SSObjectID) {
        if packet.isNone { self = ours.isNone ? .none : .oursOnly; return }
        self = ours.isNone ? .packetOnly : packet == ours ? .agrees : .disagrees
    }
}

/// Writes rows of `Tables.sso`, column by column: most alerts have no orbit near them.
enum SolarViews {
    private static let rankColumn = Tables.sso.require("diaDistanceRank")
    private static let copied = Tables.ssoCandidate.columns.count

    /// One row a view; `candidates` is what their rows refer to.
    static func table(_ views: [SolarView], of candidates: ColumnTable) -> ColumnTable {
        let table = ColumnTable(schema: Tables.sso, capacity: views.count)
        append(views, of: candidates, to: table)
        return table
    }

    static func append(_ views: [SolarView], of candidates: ColumnTable, to table: ColumnTable) {
        for index in 0..<copied {
            let (from, column) = (candidates.columns[index], table.columns[index])
            var missing = 0
            for view in views {
                guard view.row >= 0 else { missing += 1; continue }
                if missing > 0 { column.appendMissing(.null, repeatCount: missing) }
                missing = 0
                if index == rankColumn {
                    column.append(Int32(view.rank))
                } else if let text = column.type.isVariableLength ? from.reference(view.row) : nil {
                    column.append(table.arena.append(candidates.arena.bytes(text)))
                } else {
                    column.append(cell: view.row, of: from)
                }
            }
            if missing > 0 { column.appendMissing(.null, repeatCount: missing) }
        }
        appendOwn(views, to: table)
        for _ in views { table.present.append(true) }
    }

    /// The columns that are not the orbit's.
    private static func appendOwn(_ views: [SolarView], to table: ColumnTable) {
        let statuses = MatchStatus.allCases.map { (key: $0, text: table.arena.append($0.rawValue)) }
        let agreements = PacketAgreement.allCases.map { (key: $0, text: table.arena.append($0.rawValue)) }
        let (status, provisional) = (table.column("status"), table.column("provisional"))
        let (count, agreement) = (table.column("candidates"), table.column("packet_agreement"))
        for view in views {
            for one in statuses where one.key == view.status { status.append(one.text) }
            provisional.append(view.isProvisional)
            if let number = view.candidates { count.append(Int32(number)) } else { count.appendMissing(.null) }
            for one in agreements where one.key == view.agreement { agreement.append(one.text) }
        }
    }
}
