import Glibc
import Synchronization

/// How much a message matters.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error
    public var name: String { ["debug", "info", "warning", "error"][rawValue] }
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// How lines look: one JSON object each, or text for people.
public enum LogFormat: Int, Sendable { case text, json }

/// Structured messages of one component, to stderr.
///
///     let log = Log("kafka")
///     log.info("assigned", ["topic": "lsst-alerts", "partitions": 45])
public struct Log: Sendable {
    public let component: String
    private static let level = Atomic<Int>(LogLevel.info.rawValue)
    private static let format = Atomic<Int>(LogFormat.text.rawValue)
    private static let sink = Mutex<(@Sendable ([UInt8]) -> Void)?>(nil)

    public init(_ component: String) { self.component = component }

    /// Sets level and form for the whole process.
    public static func configure(level: LogLevel, format: LogFormat) {
        Log.level.store(level.rawValue, ordering: .relaxed)
        Log.format.store(format.rawValue, ordering: .relaxed)
    }

    /// Sends lines elsewhere (tests, a progress bar that shares the terminal); nil is stderr again.
    public static func redirect(_ sink: (@Sendable ([UInt8]) -> Void)?) { Log.sink.withLock { $0 = sink } }

    public func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, message, fields)
    }
    public func info(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, message, fields)
    }
    public func warning(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warning, message, fields)
    }
    public func error(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: LogLevel, _ message: () -> String, _ fields: KeyValuePairs<String, LogValue>) {
        guard level.rawValue >= Log.level.load(ordering: .relaxed) else { return }
        let format = LogFormat(rawValue: Log.format.load(ordering: .relaxed)) ?? .text
        let seconds = SystemClock().unixSeconds
        let line = Log.line(
            seconds: seconds, level: level, component: component, message: message(), fields: fields, format: format)
        let sink = Log.sink.withLock { $0 }
        if let sink { return sink(line) }
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
            }
        }
    }

    static func line(
        seconds: Double, level: LogLevel, component: String, message: String, fields: KeyValuePairs<String, LogValue>,
        format: LogFormat
    ) -> [UInt8] {
        var writer = TextWriter(capacity: 256)
        let time = ISO8601.text(unixSecondsUTC: seconds)
        switch format {
        case .json:
            writer.append(string: "{\"time\":\"\(time)\",\"level\":\"\(level.name)\",\"component\":")
            writer.append(jsonString: component)
            writer.append(",\"message\":")
            writer.append(jsonString: message)
            for (name, value) in fields {
                writer.append(byte: 0x2C)
                writer.append(jsonString: name)
                writer.append(byte: 0x3A)
                value.appendJSON(to: &writer)
            }
            writer.append("}\n")
        case .text:
            // A message from outside cannot forge a second line.
            writer.append(string: "\(time) \(level.name) \(component): \(Log.oneLine(message))")
            for (name, value) in fields {
                writer.append(string: " \(name)=")
                value.appendText(to: &writer)
            }
            writer.append(byte: 0x0A)
        }
        return writer.bytes
    }

    private static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        return String(decoding: text.utf8.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }
}

/// A field's value.
public enum LogValue: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    case text(String)
    case integer(Int64)
    case real(Double)
    case flag(Bool)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .real(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public static func count(_ value: some BinaryInteger) -> LogValue { .integer(Int64(clamping: value)) }

    func appendJSON(to writer: inout TextWriter) {
        switch self {
        case .text(let text): writer.append(jsonString: text)
        case .integer(let value): writer.append(integer: value)
        case .real(let value): writer.append(double: value)
        case .flag(let value): writer.append(string: value ? "true" : "false")
        }
    }

    func appendText(to writer: inout TextWriter) {
        if case .text(let text) = self, !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x22 }), !text.isEmpty {
            return writer.append(string: text)
        }
        appendJSON(to: &writer)
    }
}
