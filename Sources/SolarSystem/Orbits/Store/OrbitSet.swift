import Core
import Glibc
import Synchronization

/// A set of orbits, mapped from its file: columns to be read in loops, names, covariances. Its rows never change.
///
/// Good for ephemerides as long as its epochs are near: the reference figures hold to 200 days from an orbit's epoch.
public final class OrbitSet: @unchecked Sendable {
    // Immutable after init, so threads may share it.
    private let file: MappedFile
    private let sections: [UnsafeRawBufferPointer]
    public let count: Int
    /// Sixteen hexadecimal digits that follow from the content.
    public let versionID: String
    /// `rowsByOwnId`, made when first asked for.
    private let ownIds = Mutex<[(id: SSObjectID, row: Int)]?>(nil)
    private let middleEpoch = Mutex<Double?>(nil)

    /// Maps a file and verifies its checksums.
    /// - Throws: `DependencyFault` when the file is missing, damaged or of a newer format.
    public init(path: String) throws(DependencyFault) {
        file = try MappedFile(path: path)
        guard file.bytes.count >= OrbitSetFormat.headerBytes else {
            throw orbitFault(path, "has only \(file.bytes.count) bytes")
        }
        (sections, count, versionID) = try OrbitSetHeader(file.bytes).sections(of: file.bytes, path)
        if let damage { throw orbitFault(path, damage) }
    }

    /// The file shrank or could not be read since it was opened: what was lost reads as zeros, and nothing that was read of the
    /// set holds.
    public var isDamaged: Bool { file.isDamaged }

    /// What is said of a damaged set; nil of a sound one.
    var damage: String? {
        isDamaged ? "the file of orbit set \(versionID) shrank or could not be read while it was in use" : nil
    }

    func values<T: BitwiseCopyable>(_ section: OrbitSetFormat.Section, as type: T.Type) -> UnsafeBufferPointer<T> {
        sections[Int(section.rawValue) - 1].bindMemory(to: type)
    }

    func section(_ section: OrbitSetFormat.Section) -> UnsafeRawBufferPointer { sections[Int(section.rawValue) - 1] }

    var raw: UnsafeRawBufferPointer { file.bytes }

    /// Bytes of the file; without covariances below 100 an orbit.
    public var byteCount: Int { file.bytes.count }
    public var covarianceByteCount: Int {
        [.covarianceRows, .covarianceOffsets, .covariances].reduce(0) { $0 + section($1).count }
    }

    // MARK: Columns, valid as long as the set is

    public var qAu: UnsafeBufferPointer<Double> { values(.q, as: Double.self) }
    public var eccentricity: UnsafeBufferPointer<Double> { values(.e, as: Double.self) }
    public var inclinationDeg: UnsafeBufferPointer<Double> { values(.inclination, as: Double.self) }
    public var nodeDeg: UnsafeBufferPointer<Double> { values(.node, as: Double.self) }
    public var argPeriDeg: UnsafeBufferPointer<Double> { values(.argPeri, as: Double.self) }
    public var timeOfPerihelionMjdTT: UnsafeBufferPointer<Double> { values(.timeOfPerihelion, as: Double.self) }
    public var epochMjdTT: UnsafeBufferPointer<Double> { values(.epoch, as: Double.self) }
    /// NaN where unknown.
    public var h: UnsafeBufferPointer<Float> { values(.h, as: Float.self) }
    /// `OrbitFlags`.
    public var flags: UnsafeBufferPointer<UInt8> { values(.flags, as: UInt8.self) }

    /// The median of the published epochs: what the set is good for is counted from it.
    public var middleEpochMjdTT: Double {
        middleEpoch.withLock { known in
            if let known { return known }
            let epochs = epochMjdTT.sorted()
            let middle = epochs.isEmpty ? .nan : epochs[epochs.count / 2]
            known = middle
            return middle
        }
    }

    // MARK: One orbit

    func row(ownId: SSObjectID) -> Int? {
        ownIds.withLock { known in
            let list = known ?? rowsByOwnId()
            known = list
            let place = list.partitioningIndex { $0.id >= ownId }
            return place < list.count && list[place].id == ownId ? list[place].row : nil
        }
    }

    public func flags(_ row: Int) -> OrbitFlags { OrbitFlags(rawValue: flags[row]) }

    public func elements(_ row: Int) -> CometaryElements {
        let flags = flags(row)
        let slope = values(.g, as: Float.self)[row]
        let known = OrbitSet.widened(slope)
        return CometaryElements(
            qAu: qAu[row], eccentricity: eccentricity[row], inclinationDeg: inclinationDeg[row], nodeDeg: nodeDeg[row],
            argPeriDeg: argPeriDeg[row], timeOfPerihelionMjdTT: timeOfPerihelionMjdTT[row], epochMjdTT: epochMjdTT[row],
            h: OrbitSet.widened(h[row]), g: flags.contains(.slopeIsG12) ? nil : known,
            g12: flags.contains(.slopeIsG12) ? known : nil, kind: flags.contains(.comet) ? .comet : .asteroid,
            nonGravitational: terms(row, flags))
    }

    /// The double of the same five decimals: 3.34, not 3.3399999141693115.
    private static func widened(_ value: Float) -> Double? {
        value.isNaN ? nil : (Double(value) * 100_000).rounded() / 100_000
    }

    private func terms(_ row: Int, _ flags: OrbitFlags) -> NonGravitationalTerms? {
        guard flags.contains(.hasNonGravitational), let place = place(row, in: .termRows) else { return nil }
        let values = values(.terms, as: Double.self)
        return NonGravitationalTerms(
            a1: values[3 * place], a2: values[3 * place + 1], a3: values[3 * place + 2],
            law: flags.contains(.waterIce) ? .waterIce : .inverseSquare)
    }

    /// Days between the first and the last observation, where the source says it.
    public func arcDays(_ row: Int) -> Double? {
        let days = values(.arc, as: Float.self)[row]
        return days.isNaN ? nil : Double(days)
    }

    public func covariance(_ row: Int) -> OrbitCovariance? {
        guard flags(row).contains(.hasCovariance), let place = place(row, in: .covarianceRows) else { return nil }
        let offsets = values(.covarianceOffsets, as: UInt64.self)
        let bytes = section(.covariances)
        let head = OrbitSetFormat.covarianceHeadBytes
        // Of a damaged set the offsets may say anything.
        guard let range = Self.range(offsets[place], offsets[place + 1], in: bytes), range.count >= head,
            (range.count - head) % 8 == 0, range.count <= OrbitSetFormat.mostCovarianceBytes
        else { return nil }
        let (start, end) = (range.lowerBound, range.upperBound)
        let dimension = Int(bytes[start + 1])
        let valueCount = bytes[start + 2] == 1 ? dimension : 0
        let numbers = stride(from: start + head, to: end, by: 8).map {
            Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
        }
        guard dimension >= 6, numbers.count == valueCount + dimension * (dimension + 1) / 2 else { return nil }
        return OrbitCovariance(
            basis: OrbitCovariance.Basis(rawValue: bytes[start]) ?? .cartesian,
            extraParameters: (6..<dimension).map { OrbitCovariance.Parameter(rawValue: bytes[start + 2 + $0]) ?? .other },
            values: Array(numbers.prefix(valueCount)), upperTriangle: Array(numbers.dropFirst(valueCount)))
    }

    /// What two offsets enclose; nil where they do not lie in order within the bytes.
    static func range<T: FixedWidthInteger>(_ start: T, _ end: T, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        guard start <= end, let start = Int(exactly: start), let end = Int(exactly: end), end <= bytes.count else {
            return nil
        }
        return start..<end
    }

    /// The place of a row in a list of ascending rows.
    func place(_ row: Int, in section: OrbitSetFormat.Section) -> Int? {
        let rows = values(section, as: UInt32.self)
        let place = rows.partitioningIndex { $0 >= UInt32(row) }
        return place < rows.count && rows[place] == UInt32(row) ? place : nil
    }
}

func orbitFault(_ path: String, _ detail: String) -> DependencyFault {
    DependencyFault("orbit set \(path)", detail, hint: "import the orbits again", isRetriable: false)
}
