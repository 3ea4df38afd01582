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
            isMicroseconds: isTime, symbols: type == .string ? symbolReferences(field.type) : [])
        records[index].fields.append(target)
        let (run, isOptional) = run(for: target, field: records[index].fields.count - 1)
        append(run, isOptional: isOptional, toRecord: index)
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

    private func run(for target: FieldTarget, field: Int) -> (run: FieldRun, isOptional: Bool) {
        var run = FieldRun(
            operation: .checked, firstField: Int32(field), firstSlot: Int32(target.slot), count: 1, itemBytes: 0)
        guard !target.isExtra, !target.isMicroseconds else { return (run, false) }
        var node = target.node
        var isOptional = false
        if case .union(let branches) = schema[node].kind {
            guard branches.count == 2, let null = branches.firstIndex(where: { isNull($0) }) else {
                return (run, false)
            }
            run.nullByte = UInt8(null * 2)
            run.valueByte = UInt8((1 - null) * 2)
            node = branches[1 - null]
            isOptional = true
        }
        let simple =
            target.type == nil ? skipOperation(schema[node].kind) : fillOperation(schema[node].kind, target.type)
        guard let (operation, bytes) = simple else { return (run, false) }
        run.operation = isOptional ? AlertProgramCompiler.optional(operation) : operation
        run.itemBytes = Int32(bytes + (isOptional ? 1 : 0))
        return (run, isOptional)
    }

    private func isNull(_ node: Int) -> Bool {
        if case .null = schema[node].kind { return true }
        return false
    }

    private func fillOperation(_ kind: AvroKind, _ type: ColumnType?) -> (FieldOperation, Int)? {
        switch (kind, type) {
        case (.boolean, .bool): (.boolean, 1)
        case (.int, .int32): (.int32, 10)
        case (.int, .int64), (.long, .int64): (.int64, 10)
        case (.float, .float32): (.copy4, 4)
        case (.double, .float64): (.copy8, 8)
        case (.string, _), (.bytes, _): (.text, 10)
        default: nil
        }
    }

    private func skipOperation(_ kind: AvroKind) -> (FieldOperation, Int)? {
        switch kind {
        case .boolean: (.skipFixed, 1)
        case .float: (.skipFixed, 4)
        case .double: (.skipFixed, 8)
        case .fixed(let fixed): fixed.size < 1 << 16 ? (.skipFixed, fixed.size) : nil
        case .int, .long: (.skipVarint, 10)
        case .string, .bytes: (.skipText, 10)
        default: nil
        }
    }

    private static func optional(_ operation: FieldOperation) -> FieldOperation {
        switch operation {
        case .copy4: .optionalCopy4
        case .copy8: .optionalCopy8
        case .boolean: .optionalBoolean
        case .int32: .optionalInt32
        case .int64: .optionalInt64
        case .text: .optionalText
        case .skipFixed: .skipFixed
        case .skipVarint: .skipOptionalVarint
        case .skipText: .skipOptionalText
        default: .checked
        }
    }

    /// Adds a field to the last run where they go together.
    private mutating func append(_ run: FieldRun, isOptional: Bool, toRecord index: Int) {
        let isSkip = run.operation == .skipFixed
        records[index].skipWidths.append(isSkip ? (isOptional ? run.itemBytes : -run.itemBytes) : 0)
        // Runs of the packet's own fields may not reach across a record that lies between them.
        var mayMerge = run.operation != .checked
        if index == 0 { if case .packetFields? = steps.last {} else { mayMerge = false } }
        var place = records[index].runs.count - 1
        if !mayMerge || place < 0 || !canFollow(records[index].runs[place], run, isOptional) {
            var first = run
            first.count = 0
            first.firstBranch = Int32(records[index].branchOffsets.count)
            records[index].runs.append(first)
            place += 1
        }
        records[index].runs[place].count += 1
        guard isSkip else { return }
        if isOptional {
            records[index].runs[place].valueByte = run.valueByte
            records[index].runs[place].nullByte = run.nullByte
            records[index].branchOffsets.append(records[index].runs[place].skippedBytes)
            records[index].runs[place].branchCount += 1
        }
        records[index].runs[place].skippedBytes += run.itemBytes
    }

    private func canFollow(_ last: FieldRun, _ run: FieldRun, _ isOptional: Bool) -> Bool {
        guard last.operation == run.operation else { return false }
        let sameBranches = last.valueByte == run.valueByte && last.nullByte == run.nullByte
        if run.operation == .skipFixed {
            // Fixed fields go into any skip; optional ones need the same branches, if the run has any yet.
            return last.skippedBytes < 1 << 20 && (!isOptional || last.branchCount == 0 || sameBranches)
        }
        return sameBranches && last.itemBytes == run.itemBytes
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
