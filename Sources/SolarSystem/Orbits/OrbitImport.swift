import Core

/// Reads orbit files and makes their orbits the set in use.
public enum OrbitImport {
    public struct Options: Sendable {
        public var store: OrbitStore
        public var files: [String]
        /// One bad record refuses the import.
        public var isStrict = false
        /// The orbits in use stay, except where the files have newer ones.
        public var merges = false
        /// MJD: orbits whose epoch is too far ahead of it are bad records.
        public var now = SystemClock().now

        public init(store: OrbitStore, files: [String]) {
            self.store = store
            self.files = files
        }
    }

    public struct Report: Sendable {
        public internal(set) var version = ""
        /// Orbits in the set.
        public internal(set) var orbits = 0
        public internal(set) var duplicates = 0
        /// Of the set that was in use before.
        public internal(set) var orbitsBefore = 0
        /// Orbits of the set in use that did not stay: their epochs are too far ahead.
        public internal(set) var leftOut = 0
        public internal(set) var files: [OrbitReadReport] = []
        public internal(set) var counts = OrbitCounts()

        public var badRecords: Int { files.reduce(0) { $0 + $1.badRecords } }
        /// Orbits whose covariance is absurd: they are kept without it.
        public var badCovariances: Int { files.reduce(0) { $0 + $1.badCovariances } }
        public var satellites: Int { files.reduce(0) { $0 + $1.satellites } }
        /// The first ten: file, line and reason.
        public var firstBad: [String] { Array(files.flatMap(\.firstBad).prefix(10)) }
        /// What may be wrong although the import succeeded; nil where nothing is.
        public internal(set) var warning: String?
    }

    /// - Parameter progress: orbits read so far.
    /// - Throws: `UserFault` when a file cannot be read, when nothing in it can, or when a strict import meets a bad record;
    ///   `DependencyFault` from the disk. The set in use then stays.
    public static func run(_ options: Options, progress: (Int) -> Void = { _ in }) throws -> Report {
        var report = Report()
        let published: OrbitStore.Published
        if options.merges {
            published = try options.store.exclusively {
                var builder = OrbitSetBuilder()
                if let current = try options.store.openCurrent() {
                    report.leftOut = try builder.add(contentsOf: current, knownAt: options.now.days)
                }
                try read(options, into: &builder, &report, progress)
                return try options.store.publishLocked(builder)
            }
        } else {
            var builder = OrbitSetBuilder()
            try read(options, into: &builder, &report, progress)
            // One that is damaged is replaced without comparison.
            report.orbitsBefore = (try? options.store.openCurrent())?.count ?? 0
            published = try options.store.publish(builder)
        }
        report.version = published.version
        report.orbits = published.orbits
        report.duplicates = published.duplicates
        if 2 * published.orbits < report.orbitsBefore {
            report.warning =
                "the new set has \(published.orbits) orbits, less than half of the \(report.orbitsBefore) that were in use"
        }
        report.counts = OrbitCounts(try options.store.open(published.version))
        return report
    }

    private static func read(
        _ options: Options, into builder: inout OrbitSetBuilder, _ report: inout Report, _ progress: (Int) -> Void
    ) throws {
        for path in options.files {
            let before = report.files.reduce(0) { $0 + $1.orbits }
            let file = try OrbitFileReader.read(path, into: &builder, now: options.now) { progress(before + $0) }
            try check(file, isStrict: options.isStrict)
            report.files.append(file)
        }
    }

    private static func check(_ file: OrbitReadReport, isStrict: Bool) throws(UserFault) {
        let detail = file.firstBad.joined(separator: "\n  ")
        if file.orbits == 0 {
            throw UserFault(
                .usage, "\(file.path) holds no orbit", detail: detail, hint: "the orbits in use stay as they are")
        }
        if isStrict, file.badRecords > 0 {
            throw UserFault(
                .usage, "\(file.path) has \(file.badRecords) bad records, and --strict allows none", detail: detail,
                hint: "the orbits in use stay as they are")
        }
        if file.badRecords > file.orbits {
            throw UserFault(
                .usage, "\(file.path): \(file.badRecords) bad records, more than the \(file.orbits) good ones",
                detail: detail, hint: "fetch the file again; the orbits in use stay as they are")
        }
    }
}

/// What kinds of orbits a set has.
public struct OrbitCounts: Sendable {
    public private(set) var orbits = 0
    public private(set) var numbered = 0
    public private(set) var comets = 0
    /// Eccentricity 1 and more.
    public private(set) var unbound = 0
    /// Observed on two days or less.
    public private(set) var shortArcs = 0
    public private(set) var withoutMagnitude = 0
    public private(set) var withCovariance = 0
    public private(set) var withNonGravitational = 0
    /// Of all orbits, MJD (TT).
    public private(set) var firstEpochMjdTT = Double.infinity
    public private(set) var lastEpochMjdTT = -Double.infinity
    /// Bytes of the file, and what of them are covariances.
    public private(set) var bytes = 0
    public private(set) var covarianceBytes = 0

    init() {}

    public init(_ set: OrbitSet) {
        orbits = set.count
        let (flags, e, h, epochs) = (set.flags, set.eccentricity, set.h, set.epochMjdTT)
        let numbers = set.values(.number, as: UInt32.self)
        for row in 0..<set.count {
            let one = OrbitFlags(rawValue: flags[row])
            if numbers[row] != 0 { numbered += 1 }
            if one.contains(.comet) { comets += 1 }
            if e[row] >= 1 { unbound += 1 }
            if one.contains(.shortArc) { shortArcs += 1 }
            if h[row].isNaN { withoutMagnitude += 1 }
            if one.contains(.hasCovariance) { withCovariance += 1 }
            if one.contains(.hasNonGravitational) { withNonGravitational += 1 }
            firstEpochMjdTT = min(firstEpochMjdTT, epochs[row])
            lastEpochMjdTT = max(lastEpochMjdTT, epochs[row])
        }
        bytes = set.byteCount
        covarianceBytes = set.covarianceByteCount
    }

    /// Names and values in the order in which they are listed.
    public var named: [(name: String, value: Int)] {
        [
            ("orbits", orbits), ("numbered", numbered), ("comets", comets), ("unbound", unbound),
            ("short_arcs", shortArcs), ("without_magnitude", withoutMagnitude), ("with_covariance", withCovariance),
            ("with_nongravitational", withNonGravitational), ("bytes", bytes), ("covariance_bytes", covarianceBytes),
        ]
    }
}
