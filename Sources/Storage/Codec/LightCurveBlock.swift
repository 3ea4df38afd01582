import Core

/// Forced points of one object over a month or a year, as columns: the folded form.
///
/// ```
/// 4 bytes  CRC-32 of what follows
/// byte     format version (1)
/// byte     flags: 1 body is zstd
/// varint   size of the raw body
/// bytes    body, to the end
/// ```
/// The raw body, points ascending by visit, detector, commitSeq (n of them):
/// ```
/// varint   n · varint v visits in the visit table
/// v times  zigzag visit (difference) · zigzag detector (difference) · midpoint: varint of the
///          reversed bytes of (bits ⊕ bits before) · byte band: its one character, else 0 (null)
/// n        varint index into the visit table (difference from the point before)
/// n        zigzag commitSeq (difference)
/// n        zigzag diaForcedSourceId (difference)
/// doubles  diaObjectId once (zigzag) · ra, dec once (8 bytes each) · n times time processed: zigzag difference of the bits
/// planes   psfFlux, psfFluxErr, scienceFlux, scienceFluxErr: each n × 4 bytes, byte-shuffled
/// varint   e exceptions; each: varint point · varint column id · byte state · value as in a stored row
/// ```
/// An exception is a cell that the rest does not give back bit by bit: a null or absent cell where there is a value
/// otherwise, another position or band, a time of withdrawal. So the block is lossless whatever the rows hold.
struct LightCurveBlock {
    static let version: UInt8 = 1
    var table = ColumnTable(schema: Tables.diaForcedSource)
    var knownFrom: [Int64] = []

    static func read(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) -> LightCurveBlock {
        try LightCurveBlockReader.read(bytes)
    }
}
