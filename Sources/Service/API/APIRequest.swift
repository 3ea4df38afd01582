/// A request to the API, however it came: over TCP, over the control socket, or from a command in the same process.
public struct APIRequest: Sendable {
    /// Upper case: `GET`, `HEAD`, `POST`, `OPTIONS`.
    public var method: String
    /// Percent-decoded segments of the path, without empty ones.
    public var segments: [String]
    /// Percent-decoded, in the order given.
    public var query: [(name: String, value: String)]
    /// Names in lower case; servers fill those that the API reads.
    public var headers: [String: String]
    public var body: [UInt8]
    /// It came over the control socket or from this process: no token is needed to write.
    public var isLocalControl: Bool
    /// The path and query as they came.
    public let target: String
    /// False when the target's percent-encoding is broken.
    public let isWellFormed: Bool

    /// - Parameter target: path and query as in an HTTP request line: `/api/v1/cone?ra=1&dec=2`.
    public init(
        method: String = "GET", target: String, headers: [String: String] = [:], body: [UInt8] = [],
        isLocalControl: Bool = false
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.isLocalControl = isLocalControl
        let (path, query, isWellFormed) = APIRequest.parse(target)
        segments = path
        self.query = query
        self.isWellFormed = isWellFormed
    }

    public var path: String { "/" + segments.joined(separator: "/") }

    /// The token of `Authorization: Bearer …`.
    public var bearerToken: String? {
        guard let value = headers["authorization"], value.utf8.count > 7, value.prefix(7).lowercased() == "bearer "
        else {
            return nil
        }
        return String(value.dropFirst(7))
    }

    private static func parse(_ target: String) -> ([String], [(name: String, value: String)], Bool) {
        var isWellFormed = true
        func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
            guard let decoded = PercentCoding.decode(text, plusIsSpace: plusIsSpace) else {
                isWellFormed = false
                return ""
            }
            return decoded
        }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = (parts.first ?? "").split(separator: "/").map { decode($0) }
        var query: [(name: String, value: String)] = []
        if parts.count > 1 {
            for pair in parts[1].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                query.append(
                    (decode(sides[0], plusIsSpace: true), sides.count > 1 ? decode(sides[1], plusIsSpace: true) : ""))
            }
        }
        return (segments, query, isWellFormed)
    }
}

/// Percent-encoding of RFC 3986.
public enum PercentCoding {
    /// Nil when an escape is broken, or the bytes are not UTF-8 or hold a NUL.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 == 0x25 || $0 == 0x2B || $0 >= 0x80 }) else { return String(text) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x25 {
                guard position + 2 < bytes.count, let high = hexValue(bytes[position + 1]),
                    let low = hexValue(bytes[position + 2]), high << 4 | low != 0
                else { return nil }
                decoded.append(high << 4 | low)
                position += 3
            } else {
                decoded.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
                position += 1
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// Encodes everything but letters, digits and `-._~`.
    public static func encode(_ text: some StringProtocol) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
