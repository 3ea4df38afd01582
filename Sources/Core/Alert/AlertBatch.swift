/// A batch of alerts as columns: what flows through the pipeline. Buffers are reused from batch to batch.
///
/// Tables have one row per alert, in arrival order; `detections` and `forced` have the history points of each.
/// All strings and bytes refer to `arena`, which holds the packets themselves.
public final class AlertBatch {
    public let arena: ByteArena
    /// The triggering diaSource.
    public let source: ColumnTable
    /// The packet's own fields outside any record: `Tables.packet`.
    public let packet: ColumnTable
    public let object: ColumnTable
    public let packetSSO: ColumnTable
    public let mpcOrbits: ColumnTable
    /// The packet's prvDiaSources; the trigger is not among them.
    public let detections: ChildTable
    /// The packet's prvDiaForcedSources.
    public let forced: ChildTable

    /// The inputs that origins refer to.
    public var partitions: [InputPartition] = []
    public var origins: [AlertOrigin] = []
    /// The whole message of each alert, framing included, as it arrived.
    public var messages: [ByteReference] = []
    /// Registry id of each alert's writer schema (major × 100 + minor for Rubin).
    public var writerSchemaIDs: [Int32] = []
    /// Fields that the writer has and we do not know, as typed extras (see `Avro`); empty for most alerts.
    public var extras: [ByteReference?] = []

    public init(capacity: Int = 1024) {
        arena = ByteArena(capacity: capacity * 1024)
        source = ColumnTable(schema: Tables.diaSource, arena: arena, capacity: capacity)
        packet = ColumnTable(schema: Tables.packet, arena: arena, capacity: capacity)
        object = ColumnTable(schema: Tables.diaObject, arena: arena, capacity: capacity)
        packetSSO = ColumnTable(schema: Tables.ssSource, arena: arena, capacity: capacity)
        mpcOrbits = ColumnTable(schema: Tables.mpcOrbits, arena: arena, capacity: capacity)
        detections = ChildTable(schema: Tables.diaSource, arena: arena, capacity: capacity * 4)
        forced = ChildTable(schema: Tables.diaForcedSource, arena: arena, capacity: capacity * 8)
    }

    public var count: Int { messages.count }
    public var isEmpty: Bool { messages.isEmpty }

    /// Empties the batch, keeping its memory.
    public func removeAll() {
        arena.removeAll()
        for table in [source, packet, object, packetSSO, mpcOrbits] { table.removeAllRows() }
        detections.removeAll()
        forced.removeAll()
        partitions.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        messages.removeAll(keepingCapacity: true)
        writerSchemaIDs.removeAll(keepingCapacity: true)
        extras.removeAll(keepingCapacity: true)
    }

    /// The index of an input among `partitions`, added when it is not there yet.
    public func partitionIndex(_ partition: InputPartition) -> Int32 {
        if let index = partitions.firstIndex(of: partition) { return Int32(index) }
        partitions.append(partition)
        return Int32(partitions.count - 1)
    }
}

extension AlertBatch {
    /// Forgets the alerts from row `count` on, with their histories; their bytes stay in the arena until it is emptied.
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        guard count < self.count else { return }
        for table in [source, packet, object, packetSSO, mpcOrbits] { table.truncate(to: count) }
        detections.truncate(parents: count, rows: detections.rows(of: count).lowerBound)
        forced.truncate(parents: count, rows: forced.rows(of: count).lowerBound)
        origins.removeSubrange(count...)
        messages.removeSubrange(count...)
        writerSchemaIDs.removeSubrange(count...)
        extras.removeSubrange(count...)
    }
}
