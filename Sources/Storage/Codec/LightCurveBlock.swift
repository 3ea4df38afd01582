import Core

/// Forced points of one object over a month or a year, as columns: the folded form.
///
/// ```
/// 4 bytes  CRC-32 of what follows
/// byte     format version (2)
/// byte     flags: 1 body is zstd
/// varint   size of the raw body
/// bytes    body, to the end
/// ```
/// The raw body, points ascending by visit, detector, commitSeq (n of them):
/// ```
/// varint   n · varint v visits in the visit table
/// v times  zigzag visit (difference) · zigzag detector (difference) · zigzag midpoint (difference of the bits) ·
///          byte band: its one character, else 0 (null)
/// n        varint index into the visit table (difference from the point before)
/// n        zigzag commitSeq (difference)
/// n        zigzag diaForcedSourceId, less what visit and detector tell of it (difference)
/// varint   diaObjectId once (zigzag)
/// n, n     zigzag ra, zigzag dec (difference of the bits)
/// n        zigzag time processed, less the midpoint (of the bits; difference)
/// 1 + 8    state and bits of the first point's time of withdrawal, which is that of most
/// planes   psfFlux, psfFluxErr, scienceFlux, scienceFluxErr: each n × 4 bytes, byte-shuffled
/// varint   e exceptions; each: varint point · varint column id · byte state · value as in a stored row
/// ```
/// An exception is a cell that the rest does not give back bit by bit: a null or absent cell where there is a value
/// otherwise, another band or time of withdrawal. So the block is lossless whatever the rows hold.
///
/// Fluxes of full entropy take 12–13 bytes a point in all; a real point's own position, midpoint and time processed take
/// most of the rest.
struct LightCurveBlock {
    static let version: UInt8 = 2
    var table = ColumnTable(schema: Tables.diaForcedSource)
    var knownFrom: [Int64] = []

    /// - Parameter zstd: whose memory decompresses the body.
    static func read(_ bytes: UnsafeRawBufferPointer, _ zstd: Zstd) throws(DamagedBytes) -> LightCurveBlock {
        try LightCurveBlockReader.read(bytes, zstd)
    }
}
