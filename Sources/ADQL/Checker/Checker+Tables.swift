import Core

extension Checker {
    mutating func checkTables(_ query: Query) {
        do throws(Diagnostic) {
            let first = try scoped(query.from)
            guard first.table.role == .alert else {
                throw diagnostic(
                    query.from.range, "a filter reads FROM alert, not FROM \(query.from.name)",
                    hint: "FROM alert AS a, then join \(query.from.name) or use it in a subquery")
            }
            tables = [first]
        } catch {
            errors.append(error)
            return
        }
        for join in query.joins {
            do throws(Diagnostic) {
                try check(join)
            } catch {
                errors.append(error)
            }
        }
    }

    /// The catalogue's table behind a reference, with the names that its columns may be qualified with.
    func scoped(_ reference: TableReference) throws(Diagnostic) -> ScopedTable {
        guard let table = catalog.table(named: reference.name) else {
            let names = catalog.tables.map(\.name)
            let isPacketsRecord = reference.name.lowercased() == Tables.ssSource.name.lowercased()
            throw diagnostic(
                reference.range, "there is no table \(reference.name)",
                hint: isPacketsRecord
                    ? "packet_sso is the packet's record, sso what we say"
                    : Checker.didYouMean(reference.name, among: names, otherwise: "tables: " + names.joined(separator: ", ")))
        }
        if let alias = reference.alias { return ScopedTable(table: table, labels: [alias.lowercased()]) }
        let full = table.name.lowercased()
        let last = full.split(separator: ".").last.map(String.init) ?? full
        return ScopedTable(table: table, labels: full == last ? [full] : [full, last])
    }

    private mutating func check(_ join: Join) throws(Diagnostic) {
        let joined = try scoped(join.table)
        if joined.table.role.hasManyRows {
            throw diagnostic(
                join.table.range, "\(join.table.name) has many rows for one alert and cannot be joined",
                hint: "aggregate in a subquery: (SELECT COUNT(*) FROM \(join.table.name) AS p WHERE p.diaObjectId = a.diaObjectId)")
        }
        if joined.table.role == .alert {
            throw diagnostic(join.table.range, "a filter sees one alert: alert cannot be joined to itself")
        }
        if tables.contains(where: { !Set($0.labels).isDisjoint(with: joined.labels) }) {
            throw diagnostic(
                join.table.range, "\(join.table.label) names two tables", hint: "give one of them another alias")
        }
        try checkCondition(of: join, joined)
        sharedColumns.insert(joined.table.key.lowercased())
        if join.kind == .inner {
            if joined.table.role.mayBeMissing {
                presence.append(CheckedExpression(.isPresent(table: tables.count), .boolean, join.table.range))
            } else {
                warn(
                    join.table.range, "this join rejects nothing: \(join.table.name) always has one row",
                    hint: "use LEFT JOIN, and test \(join.table.label).status")
            }
        }
        tables.append(joined)
    }

    private func checkCondition(of join: Join, _ joined: ScopedTable) throws(Diagnostic) {
        let key = joined.table.key
        let hint = "write \(join.kind == .left ? "LEFT " : "")JOIN \(join.table.name) AS t USING (\(key))"
        switch join.condition {
        case .using(let names, let range):
            guard names.map({ $0.lowercased() }) == [key.lowercased()] else {
                throw diagnostic(range, "\(join.table.name) is joined by \(key)", hint: hint)
            }
        case .on(let condition):
            guard case .compare(.equal, let left, let right) = condition.kind,
                case .column(let q1?, let n1) = left.kind, case .column(let q2?, let n2) = right.kind,
                n1.lowercased() == key.lowercased(), n2.lowercased() == key.lowercased(),
                let alert = tables.first, isPair(q1.lowercased(), q2.lowercased(), alert, joined)
            else {
                throw diagnostic(
                    condition.range, "\(join.table.name) is joined by \(key) and nothing else",
                    hint: hint + "; further conditions belong into WHERE")
            }
        case .none:
            throw diagnostic(join.table.range, "this join has no condition", hint: hint)
        }
    }

    private func isPair(_ a: String, _ b: String, _ first: ScopedTable, _ second: ScopedTable) -> Bool {
        (first.labels.contains(a) && second.labels.contains(b)) || (first.labels.contains(b) && second.labels.contains(a))
    }
}
