/// LIKE: `%` is any run of characters, `_` one character.
enum LikePattern {
    static func matches(_ text: UnsafeRawBufferPointer, _ pattern: UnsafeRawBufferPointer, _ ignoringCase: Bool) -> Bool {
        var t = 0
        var p = 0
        // Where to go on when what follows the last % does not fit: at most text × pattern steps.
        var retryPattern = -1
        var retryText = 0
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "%") {
                retryPattern = p + 1
                retryText = t
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "_") {
                t = after(t, text)
                p += 1
            } else if p < pattern.count, folded(text[t], ignoringCase) == pattern[p] {
                t += 1
                p += 1
            } else if retryPattern >= 0 {
                retryText = after(retryText, text)
                t = retryText
                p = retryPattern
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == UInt8(ascii: "%") { p += 1 }
        return p == pattern.count
    }

    /// The byte after a UTF-8 character.
    private static func after(_ position: Int, _ text: UnsafeRawBufferPointer) -> Int {
        var next = position + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }

    private static func folded(_ byte: UInt8, _ ignoringCase: Bool) -> UInt8 {
        ignoringCase && byte >= 65 && byte <= 90 ? byte | 32 : byte
    }
}
