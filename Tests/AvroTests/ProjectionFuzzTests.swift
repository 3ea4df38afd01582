import Avro
import Core
import Testing

/// Damaged alerts through programs that read only some columns: what they read is what the whole program reads.
@Suite struct ProjectionFuzzTests {
    private struct Projected {
        let projection: AlertProjection
        let decoder: AlertFrameDecoder
        let batch = AlertBatch(capacity: 2)
    }

    /// Some columns of some tables.
    private func projections(_ count: Int, _ generator: inout RandomAvro) -> [Projected] {
        (0..<count).map { number in
            var chosen: [AlertTable: [String]] = [:]
            for table in AlertTable.allCases where generator.below(3) > 0 {
                let share = 1 + generator.below(9)
                chosen[table] = table.schema.columns.map(\.name).filter { _ in generator.below(10) < share }
            }
            let projection = number == 0 ? .withoutExtras : AlertProjection(chosen, keepsExtras: generator.below(2) == 1)
            return Projected(
                projection: projection, decoder: AlertFrameDecoder(schemas: SchemaStore(), projection: projection))
        }
    }

    @Test(arguments: [Int32(700), 800, 1000, 1101]) func partsReadAsTheWhole(id: Int32) throws {
        let seed = UInt64(id) &+ HostileInputTests.seed &+ 50
        print("schema \(id), seed \(seed)")
        var generator = RandomAvro(seed: seed)
        let projected = projections(4, &generator)
        let whole = AlertFrameDecoder(schemas: SchemaStore())
        let batch = AlertBatch(capacity: 2)
        let end = SystemClock().monotonicSeconds + HostileInputTests.seconds
        var (compared, lenient) = (0, 0)
        while SystemClock().monotonicSeconds < end {
            let good = try generator.anyAlert(schemaID: id)
            for number in 0..<32 {
                let message = number == 0 ? good : Array(good[..<5]) + generator.mutated(Array(good[5...]))
                batch.removeAll()
                let fault = fault(whole, message, batch)
                for part in projected {
                    part.batch.removeAll()
                    let partFault = self.fault(part.decoder, message, part.batch)
                    guard partFault == nil else {
                        #expect(fault != nil, "refused only by a part: \(partFault.debugDescription): \(message)")
                        #expect(part.batch.count == 0)
                        continue
                    }
                    if let fault {
                        // What is not read may be wrong inside; where it ends is known all the same.
                        lenient += 1
                        #expect(!isRead(fault.fieldPath, part.projection), "\(fault): \(message)")
                    } else {
                        compared += 1
                        let different = firstDifference(batch, part)
                        #expect(different == nil, "\(different ?? "") differs: \(message)")
                    }
                }
            }
        }
        print("\(compared) compared, \(lenient) wrong only where a part does not look")
        #expect(compared > 0)
    }

    private func fault(_ decoder: AlertFrameDecoder, _ message: [UInt8], _ batch: AlertBatch) -> RecordFault? {
        do {
            try decoder.append(message, to: batch)
        } catch {
            if case AlertFault.record(let fault) = error { return fault }
            Issue.record("\(error)")
        }
        return nil
    }

    /// Whether a projection fills the column that a fault names; a fault without a field concerns all.
    private func isRead(_ path: String, _ projection: AlertProjection) -> Bool {
        guard !path.isEmpty else { return true }
        let words = path.split(separator: ".").map { $0.prefix { $0 != "[" } }
        guard let leaf = words.last else { return true }
        let table = words.count < 2 ? AlertTable.packet : AlertTable.allCases.first { $0.fieldName == words[0] }
        guard let table, let column = table.schema.columns.firstIndex(where: { $0.name == leaf }) else { return false }
        return projection.includes(table, column: column)
    }

    private func tables(_ batch: AlertBatch) -> [(AlertTable, ColumnTable)] {
        [
            (.packet, batch.packet), (.source, batch.source), (.object, batch.object), (.packetSSO, batch.packetSSO),
            (.mpcOrbits, batch.mpcOrbits), (.detections, batch.detections.table), (.forced, batch.forced.table),
        ]
    }

    /// The first chosen cell that the part has otherwise than the whole.
    private func firstDifference(_ whole: AlertBatch, _ part: Projected) -> String? {
        part.decoder.finish(part.batch)
        guard whole.detections.counts == part.batch.detections.counts, whole.forced.counts == part.batch.forced.counts
        else { return "the length of a history" }
        for ((table, full), (_, some)) in zip(tables(whole), tables(part.batch)) {
            for index in full.columns.indices where part.projection.includes(table, column: index) {
                guard isSame(full.columns[index], some.columns[index], whole.arena, part.batch.arena) else {
                    return "\(table).\(table.schema.columns[index].name)"
                }
            }
        }
        return nil
    }

    private func isSame(_ one: Column, _ other: Column, _ arena: ByteArena, _ otherArena: ByteArena) -> Bool {
        guard one.stateBuffer.elementsEqual(other.stateBuffer) else { return false }
        return (0..<one.count).allSatisfy { row in
            guard one.hasValue(row) else { return true }
            switch one.type {
            case .bool: return one.bool(row) == other.bool(row)
            case .int32: return one.int32(row) == other.int32(row)
            case .int64: return one.int64(row) == other.int64(row)
            case .float32: return one.float(row)?.bitPattern == other.float(row)?.bitPattern
            case .float64: return one.double(row)?.bitPattern == other.double(row)?.bitPattern
            case .string, .bytes:
                guard let left = one.reference(row), let right = other.reference(row) else { return false }
                return arena.bytes(left).elementsEqual(otherArena.bytes(right))
            }
        }
    }
}
