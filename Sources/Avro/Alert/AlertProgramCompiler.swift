import Core

/// Turns a writer's alert schema into an `AlertProgram`.
struct AlertProgramCompiler {
    let schema: AvroSchema
    let projection: AlertProjection
    private(set) var steps: [PacketStep] = []
    private(set) var records: [RecordProgram] = []
    private(set) var missingTables: [AlertTable] = []
    private(set) var constants: [UInt8] = []

    init(schema: AvroSchema, projection: AlertProjection) {
        self.schema = schema
        self.projection = projection
    }

    mutating func compile() throws(RecordFault) {
        guard let alert = schema.rootRecord else { throw RecordFault(.schema, "the schema is not a record") }
        records = [RecordProgram(table: .packet)]
        var seen: Set<AlertTable> = []
        for field in alert.fields {
            do {
                if let table = AlertFieldNames.table(forField: field.name), seen.insert(table).inserted {
                    try add(field, to: table)
                } else {
                    let before = records[0].runs.count
                    // diaSource has the packet's own diaSourceId too: known, and read there.
                    try add(field, toRecord: 0, isKnown: field.name == "diaSourceId")
                    extendPacketStep(from: before)
                }
            } catch {
                throw error.inside(field.name)
            }
        }
        guard seen.contains(.source) else {
            throw RecordFault(.schema, "\(alert.name.full) is not an alert: it has no record diaSource")
        }
        for index in records.indices { finish(index) }
        missingTables = AlertTable.allCases.filter { $0 != .packet && !seen.contains($0) }
    }

    private mutating func extendPacketStep(from before: Int) {
        let after = records[0].runs.count
        if case .packetFields(let range)? = steps.last {
            steps[steps.count - 1] = .packetFields(range.lowerBound..<after)
        } else {
            // A field may have joined the last run; then the step starts anew with a run of its own.
            steps.append(.packetFields(before..<after))
        }
    }

    private mutating func add(_ field: AvroField, to table: AlertTable) throws(RecordFault) {
        var node = field.type
        var branch: NullableBranch?
        if case .union(let branches) = schema[node].kind {
            let values = branches.indices.filter { if case .null = schema[branches[$0]].kind { false } else { true } }
            guard values.count == 1 else { throw RecordFault(.schema, "a union of more than null and one type") }
            branch = NullableBranch(
                valueIndex: values[0], nullIndex: branches.indices.first { $0 != values[0] },
                branchCount: branches.count)
            node = branches[values[0]]
        }
        if table.isHistory {
            guard case .array(let items) = schema[node].kind else { throw RecordFault(.schema, "not an array") }
            node = items
        }
        guard case .record(let record) = schema[node].kind else { throw RecordFault(.schema, "not a record") }
        let index = records.count
        records.append(RecordProgram(table: table))
        for member in record.fields {
            do {
                try add(member, toRecord: index, isKnown: false)
            } catch {
                throw error.inside(member.name)
            }
        }
        records[index].minimumSize = schema.minimumSizes[node]
        steps.append(
            table.isHistory ? .history(program: index, branch: branch) : .record(program: index, branch: branch))
    }

    private mutating func add(_ field: AvroField, toRecord index: Int, isKnown: Bool) throws(RecordFault) {
        let table = records[index].table
        var column = AlertFieldNames.column(field.name, in: table)
        // Were a name of the model and its older name both there, the first keeps the column.
        if let known = column, records[index].columns.contains(known) { column = nil }
        let isUnknown = column == nil && !isKnown
        if let known = column, !projection.includes(table, column: known) { column = nil }
        let type = column.map { table.schema.columns[$0].type }
        let isTime =
            type == .float64 && field.name != column.map { table.schema.columns[$0].name } && isLong(field.type)
        if let type {
            guard accepts(field.type, type, isTime: isTime) else {
                throw RecordFault(.schema, "its type \(describe(field.type)) does not fit \(type)")
            }
        }
        var slot = -1
        if let column {
            slot = records[index].columns.count
            records[index].columns.append(column)
        }
        let target = FieldTarget(
            name: field.name, node: field.type, slot: slot, type: type, isExtra: isUnknown && projection.keepsExtras,
            isShort: isShort(field.type), isMicroseconds: isTime, symbols: type == .string ? symbolReferences(field.type) : [])
        records[index].fields.append(target)
        let (run, fixed) = run(for: target, field: records[index].fields.count - 1)
        records[index].fixedFields.append(fixed)
        append(run, toRecord: index)
    }

    /// Timestamps of 8.0 are UTC microseconds; the registry's schema does not even say so.
    private func isLong(_ node: Int) -> Bool {
        switch schema[node].kind {
        case .long: true
        case .union(let branches): branches.contains { isLong($0) }
        default: false
        }
    }

    private func describe(_ node: Int) -> String {
        if case .union(let branches) = schema[node].kind {
            return "[" + branches.map { schema[$0].kind.typeName }.joined(separator: ",") + "]"
        }
        return schema[node].kind.typeName
    }

    /// Whether a writer's type fits a column: Avro's promotions, and 64-bit integers into 32 bits when the value fits.
    private func accepts(_ node: Int, _ type: ColumnType, isTime: Bool) -> Bool {
        switch (schema[node].kind, type) {
        case (.union(let branches), _): branches.allSatisfy { accepts($0, type, isTime: isTime) }
        case (.null, _), (.boolean, .bool), (.int, .int32), (.int, .int64), (.int, .float32), (.int, .float64),
            (.long, .int64), (.long, .int32), (.float, .float32), (.float, .float64), (.double, .float64),
            (.fixed, .bytes),
            (.enumeration, .string):
            true
        case (.long, .float64): true
        case (.string, _), (.bytes, _): type.isVariableLength
        default: false
        }
    }

    private mutating func symbolReferences(_ node: Int) -> [ByteReference] {
        switch schema[node].kind {
        case .enumeration(let type):
            var references: [ByteReference] = []
            for symbol in type.symbols {
                references.append(ByteReference(offset: UInt32(constants.count), length: UInt32(symbol.utf8.count)))
                constants.append(contentsOf: symbol.utf8)
            }
            return references
        case .union(let branches):
            for branch in branches { if case .enumeration = schema[branch].kind { return symbolReferences(branch) } }
            return []
        default: return []
        }
    }

    // MARK: Runs

    private func run(for target: FieldTarget, field: Int) -> (run: FieldRun, fixed: FixedField) {
        var run = FieldRun(operation: .checked, firstField: Int32(field), firstSlot: Int32(target.slot), count: 1)
        var fixed = FixedField(slot: Int32(target.slot))
        guard !target.isExtra, !target.isMicroseconds else { return (run, fixed) }
        var node = target.node
        if case .union(let branches) = schema[node].kind {
            guard branches.count == 2, let null = branches.firstIndex(where: { isNull($0) }) else {
                return (run, fixed)
            }
            run.nullByte = UInt8(null * 2)
            run.valueByte = UInt8((1 - null) * 2)
            (fixed.isOptional, fixed.nullByte, fixed.valueByte) = (true, run.nullByte, run.valueByte)
            node = branches[1 - null]
        }
        if let width = fixedWidth(schema[node].kind, target.type) {
            fixed.width = Int32(width)
            if case .boolean = schema[node].kind { fixed.isBoolean = true }
            run.operation = .fixed
        } else if let operation = operation(schema[node].kind, target.type, isOptional: fixed.isOptional) {
            run.operation = operation
        }
        return (run, fixed)
    }

    private func isShort(_ node: Int) -> Bool {
        switch schema[node].kind {
        case .int: true
        case .union(let branches): branches.contains { isShort($0) }
        default: false
        }
    }

    private func isNull(_ node: Int) -> Bool {
        if case .null = schema[node].kind { return true }
        return false
    }

    /// Bytes of a value that is copied as it is, or skipped when the field has no column.
    private func fixedWidth(_ kind: AvroKind, _ type: ColumnType?) -> Int? {
        switch (kind, type) {
        case (.boolean, .bool), (.boolean, nil): 1
        case (.float, .float32), (.float, nil): 4
        case (.double, .float64), (.double, nil): 8
        case (.fixed(let fixed), nil): fixed.size <= 64 ? fixed.size : nil
        default: nil
        }
    }

    private func operation(_ kind: AvroKind, _ type: ColumnType?, isOptional: Bool) -> FieldOperation? {
        switch (kind, type) {
        case (.int, .int32): isOptional ? .optionalInt32 : .int32
        case (.int, .int64), (.long, .int64): isOptional ? .optionalInt64 : .int64
        case (.string, .some), (.bytes, .some): isOptional ? .optionalText : .text
        case (.int, nil), (.long, nil): isOptional ? .skipOptionalVarint : .skipVarint
        case (.string, nil), (.bytes, nil): isOptional ? .skipOptionalText : .skipText
        default: nil
        }
    }

    /// Adds a field to the last run where they go together.
    private mutating func append(_ run: FieldRun, toRecord index: Int) {
        // Runs of the packet's own fields may not reach across a record that lies between them.
        var mayMerge = run.operation != .checked
        if index == 0 { if case .packetFields? = steps.last {} else { mayMerge = false } }
        if mayMerge, let last = records[index].runs.last, canFollow(last, run) {
            records[index].runs[records[index].runs.count - 1].count += 1
            return
        }
        var first = run
        if run.operation == .fixed {
            first.group = Int32(records[index].groupCount)
            records[index].groupCount += 1
        }
        records[index].runs.append(first)
    }

    private func canFollow(_ last: FieldRun, _ run: FieldRun) -> Bool {
        guard last.operation == run.operation else { return false }
        if run.operation == .fixed { return last.count < FixedGroup.maximumFields }
        return last.valueByte == run.valueByte && last.nullByte == run.nullByte
            && (run.firstSlot < 0 || last.firstSlot + last.count == run.firstSlot)
    }

    /// Adds the slots of projected columns that the writer lacks.
    private mutating func finish(_ index: Int) {
        let table = records[index].table
        records[index].absentFrom = records[index].columns.count
        let written = Set(records[index].columns)
        for column in table.schema.columns.indices
        where !written.contains(column) && projection.includes(table, column: column) {
            records[index].columns.append(column)
        }
    }
}
