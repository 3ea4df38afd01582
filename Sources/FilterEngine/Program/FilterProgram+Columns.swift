import ADQL
import Core

extension FilterProgram {
    /// The program of a version that was deployed earlier, for the tables of today: its text keeps the meaning that it had.
    ///
    /// - Parameter schemas: of `nearest.<name>` by name, as batches bring them; a catalogue that is not there cannot be used and
    ///   has the columns of the day of deployment.
    /// - Throws: `UserFault` when the text no longer compiles, or a column that it reads or publishes is gone.
    public static func of(
        _ version: FilterVersion, name: String, with schemas: [String: TableSchema]
    ) throws(UserFault) -> FilterProgram {
        var then = schemas
        for catalogue in version.catalogues { then[catalogue.name] = catalogue.schema }
        let catalog = FilterCatalog.forFilters(
            nearest: then.sorted { $0.key < $1.key }.map { (catalogue: $0.key, schema: $0.value) })
        var program = try FilterDefinition(text: version.text, name: name, catalog: catalog).program
        for (index, catalogue) in program.catalogues.enumerated() {
            guard let old = then[catalogue], let now = schemas[catalogue], old.columns != now.columns else { continue }
            program = try program.reading(.nearest(index), from: old, in: now)
        }
        return try program.publishing(version.columns, name)
    }

    /// The same, reading a table whose columns lie elsewhere now.
    private func reading(
        _ table: ColumnSource.Table, from old: TableSchema, in now: TableSchema
    ) throws(UserFault) -> FilterProgram {
        try mapSources { (source) throws(UserFault) in
            guard source.table == table else { return source }
            let column = old.columns[source.column]
            guard let place = now.position(of: column.name),
                ValueType(now.columns[place].type) == ValueType(column.type)
            else {
                throw UserFault(
                    .conflict, "\(now.name) has no column \(column.name) of type \(column.type) any more",
                    hint: "deploy a text that does without it")
            }
            return ColumnSource(table: table, column: place)
        }
    }

    /// The same with the columns that a topic's readers were promised: what `*` has come to hold since is left out.
    private func publishing(_ columns: [OutputColumn], _ name: String) throws(UserFault) -> FilterProgram {
        let own = output.columns.map { OutputColumn(name: $0.name, type: $0.type) }
        if own == columns { return self }
        var places: [Int] = []
        for column in columns {
            guard let place = own[((places.last ?? -1) + 1)...].firstIndex(of: column) else {
                throw UserFault(
                    .conflict, "filter \(name) would no longer publish the column \(column.name)", hint: "deploy it again")
            }
            places.append(place)
        }
        return FilterProgram(
            conditions: conditions, items: places.map { items[$0] }, plans: plans, catalogues: catalogues, texts: texts,
            output: TableSchema(
                name: output.name, description: output.description, columns: places.map { output.columns[$0] }),
            readsHistory: readsHistory, readsSSO: readsSSO, readsProvisional: readsProvisional)
    }

    private typealias Change = (ColumnSource) throws(UserFault) -> ColumnSource

    private func mapSources(_ change: Change) throws(UserFault) -> FilterProgram {
        var plans: [AggregatePlan] = []
        for plan in self.plans {
            var aggregates: [AggregatePlan.Aggregate] = []
            for one in plan.aggregates {
                aggregates.append(
                    AggregatePlan.Aggregate(
                        function: one.function, arguments: try FilterProgram.map(one.arguments, change),
                        isDistinct: one.isDistinct))
            }
            plans.append(
                AggregatePlan(
                    table: plan.table, conditions: try FilterProgram.map(plan.conditions, change), aggregates: aggregates,
                    costPerRow: plan.costPerRow))
        }
        return FilterProgram(
            conditions: try FilterProgram.map(conditions, change), items: try FilterProgram.map(items, change), plans: plans,
            catalogues: catalogues, texts: texts, output: output, readsHistory: readsHistory, readsSSO: readsSSO,
            readsProvisional: readsProvisional)
    }

    private static func map(_ blocks: [Block], _ change: Change) throws(UserFault) -> [Block] {
        var changed = blocks
        for (index, block) in blocks.enumerated() {
            for (place, instruction) in block.instructions.enumerated() {
                guard let source = instruction.source else { continue }
                changed[index].instructions[place] = instruction.loading(try change(source))
            }
        }
        return changed
    }
}

extension Instruction {
    /// The same load from another column.
    fileprivate func loading(_ source: ColumnSource) -> Instruction {
        switch self {
        case .loadDouble(let target, _): .loadDouble(target, source)
        case .loadInteger(let target, _): .loadInteger(target, source)
        case .loadOutcome(let target, _): .loadOutcome(target, source)
        case .loadText(let target, _): .loadText(target, source)
        default: self
        }
    }
}
