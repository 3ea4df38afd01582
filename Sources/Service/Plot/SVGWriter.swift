import Core

/// Writes SVG elements; numbers have at most two decimals, text is escaped.
struct SVGWriter {
    private(set) var writer = TextWriter(capacity: 32_768)

    var bytes: [UInt8] { writer.bytes }

    mutating func raw(_ text: String) { writer.append(string: text) }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        raw("<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" \(style)/>\n")
    }

    mutating func text(_ x: Double, _ y: Double, _ style: String, _ content: String) {
        raw("<text x=\"\(n(x))\" y=\"\(n(y))\" \(style)>\(SVGWriter.escape(content))</text>\n")
    }

    mutating func circle(_ x: Double, _ y: Double, _ radius: Double, _ style: String, title: String = "") {
        let tail = title.isEmpty ? "/>\n" : "><title>\(SVGWriter.escape(title))</title></circle>\n"
        raw("<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" \(style)\(tail)")
    }

    mutating func path(_ d: String, _ style: String, title: String = "") {
        let tail = title.isEmpty ? "/>\n" : "><title>\(SVGWriter.escape(title))</title></path>\n"
        raw("<path d=\"\(d)\" \(style)\(tail)")
    }

    func n(_ value: Double) -> String { TextNumber.fixed(value, 2) }

    /// Escapes for element content and attribute values; control characters that XML forbids are dropped.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: if scalar.value >= 0x20 { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }
}
