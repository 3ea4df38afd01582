import Core

/// Verdicts that wait, and what became of them.
///
/// Waiting: write · row · filter · 0 · version → version byte, commitSeq, diaSourceId, visit. Settled: diaSourceId · commitSeq ·
/// filter · 0 · version → version byte, verdict, the commit that settled it.
enum VerdictCodec {
    static let version: UInt8 = 1

    static func writeKey(_ waiting: WaitingVerdict, to key: ByteWriter) {
        key.append(big: waiting.write.rawValue)
        key.append(big: waiting.row)
        KeyBytes.topic(waiting.filter, to: key)
        key.append(big: waiting.version)
    }

    static func write(_ waiting: WaitingVerdict, to output: ByteWriter) {
        output.append(byte: version)
        output.append(zigzag: waiting.commitSeq.rawValue)
        output.append(zigzag: waiting.diaSourceId.rawValue)
        output.append(zigzag: waiting.visit.rawValue)
    }

    static func read(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DamagedBytes) -> WaitingVerdict {
        var name = ByteReader(key)
        let write = CommitSeq(rawValue: try name.big())
        let row: Int32 = try name.big()
        let (filter, number) = try filterVersion(&name)
        var reader = ByteReader(value)
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "waiting verdict has format version \(found)") }
        return WaitingVerdict(
            write: write, row: row, filter: filter, version: number, commitSeq: CommitSeq(rawValue: try reader.zigzag()),
            diaSourceId: DiaSourceID(rawValue: try reader.zigzag()), visit: VisitID(rawValue: try reader.zigzag()))
    }

    private static func filterVersion(_ key: inout ByteReader) throws(DamagedBytes) -> (String, Int32) {
        let filter = String(decoding: try key.take(key.remaining - 5), as: UTF8.self)
        _ = try key.byte()
        return (filter, try key.big())
    }

    // MARK: Settled

    static func writeSettledKey(_ waiting: WaitingVerdict, to key: ByteWriter) {
        writeSettledPrefix(waiting.diaSourceId, waiting.commitSeq, to: key)
        KeyBytes.topic(waiting.filter, to: key)
        key.append(big: waiting.version)
    }

    static func writeSettledPrefix(_ id: DiaSourceID, _ commitSeq: CommitSeq, to key: ByteWriter) {
        key.append(big: id.rawValue)
        key.append(big: commitSeq.rawValue)
    }

    static func writeSettled(_ verdict: FilterVerdict, in commit: CommitSeq, to output: ByteWriter) {
        output.append(byte: version)
        output.append(byte: verdict.rawValue)
        output.append(zigzag: commit.rawValue)
    }

    static func readSettled(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DamagedBytes) -> (id: DiaSourceID, verdict: AnnotatedAlert.Verdict, settledIn: CommitSeq) {
        var name = ByteReader(key)
        let id = DiaSourceID(rawValue: try name.big())
        _ = try name.big(Int64.self)
        let (filter, number) = try filterVersion(&name)
        var reader = ByteReader(value)
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "settled verdict has format version \(found)") }
        guard let verdict = FilterVerdict(rawValue: try reader.byte()) else {
            throw DamagedBytes(detail: "settled verdict of an unknown kind")
        }
        let one = AnnotatedAlert.Verdict(filter: filter, version: number, verdict: verdict)
        return (id, one, CommitSeq(rawValue: try reader.zigzag()))
    }
}
