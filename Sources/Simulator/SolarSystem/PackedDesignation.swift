/// Provisional designations of minor planets, plain and packed (the Minor Planet Center's seven characters).
enum PackedDesignation {
    /// The id of 2006 TK6: seven bytes of ASCII in one number.
    static let example: Int64 = 21_163_633_152_112_203

    /// The id of C/2020 F3: eight bytes.
    static let cometExample: Int64 = 4_849_024_606_711_853_872
    /// The largest id of seven bytes.
    static let longestShortID: Int64 = 1 << 56 - 1

    private static let letters = Array("ABCDEFGHJKLMNOPQRSTUVWXYZ".utf8)
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The designation number `ordinal` of the simulation: a year, a half month, a letter and a cycle below 620.
    static func make(ordinal: Int) -> (packed: String, unpacked: String) {
        precondition(ordinal >= 0 && ordinal < 24 * 25 * 620 * 20, "designations are used up")
        let cycle = ordinal % 620
        let second = Int(letters[ordinal / 620 % 25])
        let half = Int(letters[ordinal / (620 * 25) % 24])
        let year = 2005 + ordinal / (620 * 25 * 24)
        let century: Character = "K"
        let two = year % 100 < 10 ? "0\(year % 100)" : "\(year % 100)"
        let halfLetter = Character(Unicode.Scalar(UInt8(half)))
        let secondLetter = Character(Unicode.Scalar(UInt8(second)))
        let tens = Character(Unicode.Scalar(digits[cycle / 10]))
        let packed = "\(century)\(two)\(halfLetter)\(tens)\(cycle % 10)\(secondLetter)"
        return (packed, "\(year) \(halfLetter)\(secondLetter)" + (cycle == 0 ? "" : "\(cycle)"))
    }

    /// Rubin's ssObjectId: the packed designation in ASCII, first character highest.
    static func id(packed: String) -> Int64 { packed.utf8.reduce(0) { $0 << 8 | Int64($1) } }
}
