import Core

/// Errors of the API as faults of a command.
public enum APIFault {
    /// Reads `application/problem+json` back into the fault it came from.
    public static func userFault(_ response: APIResponse) -> UserFault {
        let text = String(decoding: response.bytes ?? [], as: UTF8.self)
        let kind: UserFault.Kind =
            switch response.status {
            case 401, 403: .unauthorized
            case 404: .notFound
            case 409: .conflict
            case 410: .gone
            case 413: .tooLarge
            case 429, 500...: .unavailable
            default: .usage
            }
        let title = member("title", of: text) ?? "the server answered \(response.status)"
        return UserFault(
            kind, title, detail: member("detail", of: text) ?? "", hint: member("hint", of: text) ?? "")
    }

    /// The value of a top-level string member of the flat objects that `Problem` writes.
    static func member(_ name: String, of json: String) -> String? {
        let bytes = Array(json.utf8)
        let key = Array("\"\(name)\":\"".utf8)
        var position = 0
        while position + key.count <= bytes.count, !bytes[position...].starts(with: key) {
            // A string is passed over whole, so that its content is never taken for a member.
            position = bytes[position] == 0x22 ? end(ofString: bytes, from: position) : position + 1
        }
        guard position + key.count <= bytes.count else { return nil }
        return unescape(bytes, from: position + key.count)
    }

    /// The index after the closing quote.
    private static func end(ofString bytes: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != 0x22 { position += bytes[position] == 0x5C ? 2 : 1 }
        return position + 1
    }

    private static func unescape(_ bytes: [UInt8], from start: Int) -> String {
        var text: [UInt8] = []
        var position = start
        while position < bytes.count, bytes[position] != 0x22 {
            if bytes[position] == 0x5C, position + 1 < bytes.count {
                position += 1
                switch bytes[position] {
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "u"):
                    let digits = String(decoding: bytes[(position + 1)..<min(position + 5, bytes.count)], as: UTF8.self)
                    if let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) {
                        text.append(contentsOf: String(Character(scalar)).utf8)
                    }
                    position += 4
                default: text.append(bytes[position])
                }
            } else {
                text.append(bytes[position])
            }
            position += 1
        }
        return String(decoding: text, as: UTF8.self)
    }
}
