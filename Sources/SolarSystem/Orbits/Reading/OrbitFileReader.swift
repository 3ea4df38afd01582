import Core

/// What reading a file gave.
public struct OrbitReadReport: Sendable {
    public let path: String
    public let format: OrbitFormat
    /// Orbits taken, duplicates included.
    public internal(set) var orbits = 0
    public internal(set) var badRecords = 0
    /// The first ten: file, line and reason.
    public internal(set) var firstBad: [String] = []
    /// Orbits that lost an absurd covariance.
    public internal(set) var badCovariances = 0
    /// Satellites of planets, left out.
    public internal(set) var satellites = 0

    mutating func addBad(_ reason: String, line: Int) {
        badRecords += 1
        if firstBad.count < 10 { firstBad.append("\(path), line \(line): \(reason)") }
    }
}

/// Reads orbit files of every known format, plain or gzip, into a builder, record by record in constant memory.
public enum OrbitFileReader {
    /// - Parameter progress: called every 50 000 orbits.
    /// - Parameter now: MJD; an epoch too far ahead of it makes a bad record.
    /// - Throws: `UserFault` (usage) when the file cannot be read at all or ends inside a record; other bad records are counted.
    public static func read(
        _ path: String, into builder: inout OrbitSetBuilder, now: MJD = SystemClock().now,
        progress: (Int) -> Void = { _ in }
    ) throws(UserFault) -> OrbitReadReport {
        let file = try OrbitBytes(path: path)
        let format = try OrbitFormat.sniff(file)
        var run = Run(file: file, report: OrbitReadReport(path: path, format: format), now: now.days)
        switch format {
        case .mpcorb:
            try skipHeading(file)
            try run.lines(MPCORBParser(), width: MPCORBLine.width, &builder, progress)
        case .cometEls: try run.lines(CometElsParser(), width: CometElsLine.minLength, &builder, progress)
        case .elementsCSV: try run.table(&builder, progress)
        case .mpcExtendedJSON: try run.objects(MPCExtendedParser(), &builder, progress)
        case .cometJSON: try run.objects(CometJSONParser(), &builder, progress)
        case .mpcOrbitsJSON: try run.objects(MPCOrbitsJSONParser(), &builder, progress)
        }
        return run.report
    }

    /// MPCORB.DAT begins with a letter to the reader that ends in a line of dashes.
    private static func skipHeading(_ file: OrbitBytes) throws(UserFault) {
        let dashes = [UInt8](repeating: 0x2D, count: 40)
        let window = file.ahead
        var position = 0
        var lines = 0
        var heading = 0
        while position < window.count, lines < 400, let end = window[position...].firstIndex(of: 0x0A) {
            lines += 1
            if window[position..<end].starts(with: dashes) { heading = lines }
            position = end + 1
        }
        for _ in 0..<heading { _ = try file.nextLine() }
    }

    private struct Run {
        let file: OrbitBytes
        var report: OrbitReadReport
        private let now: Double
        private var draft = OrbitDraft()

        init(file: OrbitBytes, report: OrbitReadReport, now: Double) {
            self.now = now
            self.file = file
            self.report = report
        }

        /// - Parameter width: bytes of a line that is whole.
        mutating func lines(
            _ parser: some OrbitRecordParser, width: Int, _ builder: inout OrbitSetBuilder, _ progress: (Int) -> Void
        ) throws(UserFault) {
            var parser = parser
            var before = width
            while let line = try file.nextLine() {
                if !file.hasLineEnd, !DecimalBytes.trim(line).isEmpty, line.count < before { throw cut() }
                before = max(width, line.count)
                try take(line, &parser, &builder, progress)
            }
        }

        mutating func table(_ builder: inout OrbitSetBuilder, _ progress: (Int) -> Void) throws(UserFault) {
            while let line = try file.nextCSVRecord() {
                guard var parser = ElementsCSVParser(header: OrbitFormat.withoutMark(line)) else { continue }
                while let record = try file.nextCSVRecord() { try take(record, &parser, &builder, progress) }
            }
        }

        mutating func objects(
            _ parser: some OrbitRecordParser, _ builder: inout OrbitSetBuilder, _ progress: (Int) -> Void
        ) throws(UserFault) {
            var parser = parser
            let start = Run.arrayStart(file.ahead)
            let isArray = start > 0 && file.ahead[start - 1] == 0x5B
            file.skip(start)
            var isWhole = true
            while let object = try file.nextObject(isWhole: &isWhole) {
                guard isWhole else { throw cut() }
                try take(object, &parser, &builder, progress)
            }
            if isArray, !file.isArrayClosed { throw cut("the file ends before its list of records does") }
        }

        private func cut(_ reason: String = "the file ends inside this record") -> UserFault {
            UserFault(
                .usage, "\(file.path) is truncated", detail: "line \(file.lineNumber): \(reason)",
                hint: "fetch the file again; the orbits in use stay as they are")
        }

        /// Bytes before the first record: the array may be the file itself or a member of an object around it.
        private static func arrayStart(_ text: UnsafeRawBufferPointer) -> Int {
            var position = text.firstIndex { $0 == 0x5B || $0 == 0x7B } ?? 0
            guard position < text.count, text[position] == 0x7B else { return position + 1 }
            let object = position
            position += 1
            // In an object around the records an array of objects comes before the first object.
            var isString = false
            while position < text.count {
                let byte = text[position]
                if byte == 0x5C, isString {
                    position += 1
                } else if byte == 0x22 {
                    isString.toggle()
                } else if !isString, byte == 0x7B || byte == 0x7D {
                    return object
                } else if !isString, byte == 0x5B {
                    let next = text[(position + 1)...].first { $0 > 0x20 }
                    return next == 0x7B ? position + 1 : object
                }
                position += 1
            }
            return object
        }

        /// A last line without its end that cannot be read was cut.
        private mutating func bad(_ reason: String) throws(UserFault) {
            guard file.hasLineEnd else { throw cut("\(reason), and the file ends there") }
            report.addBad(reason, line: file.lineNumber)
        }

        private mutating func take(
            _ record: UnsafeRawBufferPointer, _ parser: inout some OrbitRecordParser, _ builder: inout OrbitSetBuilder,
            _ progress: (Int) -> Void
        ) throws(UserFault) {
            draft.reset()
            switch parser.parse(record, into: &draft) {
            case .empty: break
            case .satellite: report.satellites += 1
            case .bad(let reason): try bad(reason)
            case .orbit:
                if !draft.saysEpoch {
                    draft.elements.epochMjdTT = OrbitChecks.epoch(
                        ofPerihelion: draft.elements.timeOfPerihelionMjdTT, knownAt: now)
                }
                let hasCovariance = draft.covariance != nil
                if let reason = OrbitChecks.problem(&draft) { return try bad(reason) }
                if let reason = OrbitChecks.problem(epoch: draft.elements.epochMjdTT, knownAt: now) {
                    return try bad(reason)
                }
                if hasCovariance, draft.covariance == nil { report.badCovariances += 1 }
                builder.add(draft)
                report.orbits += 1
                if report.orbits % 50_000 == 0 { progress(report.orbits) }
            }
        }
    }
}
