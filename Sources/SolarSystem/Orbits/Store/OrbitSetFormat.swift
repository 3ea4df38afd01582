/// The file of an orbit set: columns, one after the other, to be mapped. Little-endian, every section at a multiple of 64.
/// ```
/// 0    8  "NJORBITS"
/// 8    4  format version, 1
/// 12   4  number of sections, k
/// 16   8  number of orbits, n
/// 24   8  checksum of the bytes 0..<24 and of the section table
/// 32  32k section table, by section number: u32 number, u32 zero, u64 offset, u64 bytes, u64 checksum
///
///  1..7   f64×n  q (au), e, i, node, argument of perihelion (deg, ecliptic J2000), time of perihelion, epoch (MJD TT)
///  8..10  f32×n  H, G or G12, observed arc (d); NaN where unknown
///  11     u8×n   flags (OrbitFlags)
///  12     u32×n  permanent number: low 24 bits; a numbered comet's letter in the high 8
///  13     u64×n  packed provisional designation in ASCII, first character highest; 0 where unknown
///  14     u32×m  rows that have one, by designation
///  15     u32×p  rows that have a name, ascending
///  16     u32×(p+1) where in 17 the name of each begins
///  17     UTF-8  names
///  18     u32×p  places in 15, by name without case (ASCII), then as written
///  19     u64×r  further designations, packed, ascending
///  20     u32×r  their rows
///  21     u32×t  rows with non-gravitational terms, ascending
///  22     3 f64×t A1, A2, A3 (au/d²)
///  23     u32×c  rows with a covariance, ascending
///  24     u64×(c+1) where in 25 each begins
///  25     of each: u8 basis, u8 number of parameters d, u8 1 when values are there, 5 zero bytes; u8×16 what the parameters
///         beyond six are; f64×d values, if there; f64×d(d+1)/2 upper triangle by rows
/// ```
/// Rows are in the order of `BodyKey`, then by name: the same orbits give the same file. The version id is the checksum at 24
/// in hexadecimal, and so follows from the content.
enum OrbitSetFormat {
    static let magic = Array("NJORBITS".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 32
    static let entryBytes = 32
    static let alignment = 64
    /// Bytes before a covariance's numbers.
    static let covarianceHeadBytes = 24
    /// All of one covariance of the most parameters, values included.
    static let mostCovarianceBytes =
        covarianceHeadBytes + 8 * OrbitCovariance.maxDimension * (OrbitCovariance.maxDimension + 3) / 2

    enum Section: UInt32, CaseIterable {
        case q = 1
        case e, inclination, node, argPeri, timeOfPerihelion, epoch
        case h, g, arc, flags, number, provisional, provisionalOrder
        case nameRows, nameOffsets, nameText, nameOrder
        case aliases, aliasRows
        case termRows, terms
        case covarianceRows, covarianceOffsets, covariances
    }

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    /// Sixteen hexadecimal digits.
    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// A 64-bit checksum, eight bytes at a time: every word passes the finaliser of splitmix64 (Steele, Lea & Flood 2014) once
/// it has been mixed into the state. Against damage, not against forgery.
struct WordChecksum {
    private(set) var value: UInt64

    init(seed: UInt64) { value = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var state = value ^ UInt64(bytes.count)
        let words = bytes.count / 8
        for index in 0..<words {
            state = WordChecksum.mix(
                state ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
        }
        var last: UInt64 = 0
        for index in words * 8..<bytes.count { last = last << 8 | UInt64(bytes[index]) }
        value = WordChecksum.mix(state ^ last)
    }

    @inline(__always) private static func mix(_ word: UInt64) -> UInt64 {
        var z = word &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
