import Core
import Glibc
import Testing

/// Numbers of a text writer against the C library's, which is a program of its own.
@Suite struct DecimalTests {
    private static func c(_ value: Double, digits: Int32) -> String {
        var room = [CChar](repeating: 0, count: 64)
        withVaList([digits, value]) { _ = vsnprintf(&room, room.count, "%.*g", $0) }
        return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func digitCount(_ text: String) -> Int {
        let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
        return max(mantissa.reversed().drop { $0 == "0" }.count, 1)
    }

    /// No decimal of fewer digits reads back as the same number, and ours does.
    @Test func realNumbersAreShortest() {
        let seed: UInt64 = 20_261_121
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var writer = TextWriter()
        for index in 0..<20_000 {
            let double = index % 2 == 0 ? Double(bitPattern: random.next()) : 60_000 + 3000 * random.uniform()
            let float = index % 2 == 0 ? Float(bitPattern: UInt32(random.next() >> 32)) : Float(random.normal() * 1000)
            guard double.isFinite, float.isFinite, double != 0, float != 0 else { continue }
            writer.removeAll()
            writer.append(double: double)
            let doubleText = writer.text
            #expect(strtod(doubleText, nil) == double)
            let fewer = Int32(Self.digitCount(doubleText) - 1)
            if fewer > 0 { #expect(strtod(Self.c(double, digits: fewer), nil) != double, "\(doubleText)") }
            writer.removeAll()
            writer.append(float: float)
            let floatText = writer.text
            #expect(strtof(floatText, nil) == float)
            let fewerOfFloat = Int32(Self.digitCount(floatText) - 1)
            if fewerOfFloat > 0 {
                #expect(strtof(Self.c(Double(float), digits: fewerOfFloat), nil) != float, "\(floatText)")
            }
        }
    }

    /// Byte for byte what the standard library says: random bits, decimals of few digits, and every edge.
    @Test func realNumbersAreAsDescribed() {
        let seed: UInt64 = 20_261_122
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var writer = TextWriter()
        var differences: [String] = []
        func compare(_ double: Double) {
            writer.removeAll()
            writer.append(double: double)
            let expected = double.isFinite ? double.description : "null"
            if writer.text != expected { differences.append("\(writer.text) for \(expected)") }
        }
        func compare(_ float: Float) {
            writer.removeAll()
            writer.append(float: float)
            let expected = float.isFinite ? float.description : "null"
            if writer.text != expected { differences.append("\(writer.text) for the float \(expected)") }
        }
        for index in 0..<340_000 {
            let bits = random.next()
            compare(Double(bitPattern: bits))
            compare(Float(bitPattern: UInt32(bits >> 32)))
            if index % 2 == 0 { compare(Double(Int64(bits % 1_000_000_000)) / 1e6) } else { compare(Float(bits % 99_999) / 1e4) }
        }
        for exponent in UInt64(0)..<2048 {
            for fraction: UInt64 in [0, 1, 2, 3, 0x8_0000_0000_0000, 0xF_FFFF_FFFF_FFFE, 0xF_FFFF_FFFF_FFFF] {
                compare(-Double(bitPattern: exponent << 52 | fraction))
            }
        }
        for exponent in UInt32(0)..<256 {
            for fraction: UInt32 in [0, 1, 2, 3, 0x40_0000, 0x7F_FFFE, 0x7F_FFFF] {
                compare(-Float(bitPattern: exponent << 23 | fraction))
            }
        }
        // Where the form changes, and the powers of ten with their neighbours.
        for exponent in -325...308 {
            let power = Double("1e\(exponent)") ?? 0
            for double in [power, power.nextUp, power.nextDown] {
                compare(double)
                compare(Float(double))
            }
        }
        for whole in [9_007_199_254_740_991, 9_007_199_254_740_992, 9_007_199_254_740_994, 16_777_216, 16_777_218] {
            compare(Double(whole))
            compare(Float(whole))
        }
        for double in [0, -0.0, .nan, .infinity, -.infinity, .pi] {
            compare(double)
            compare(Float(double))
        }
        #expect(differences.isEmpty, "\(differences.count), such as \(differences.prefix(5))")
    }

    @Test func wholeNumbersOfEveryLength() {
        var writer = TextWriter(capacity: 0)
        var expected = ""
        var power: Int64 = 1
        for _ in 0..<19 {
            for value in [power - 1, power, power + 1, -power, 7 * (power / 10), Int64.max - power] {
                writer.append(integer: value)
                writer.append(byte: 0x2C)
                expected += "\(value),"
            }
            power &*= 10
        }
        #expect(writer.text == expected)
    }

    /// Writers are values: what one adds after a copy was made is not in the other.
    @Test func copiesGoTheirOwnWays() {
        var first = TextWriter(capacity: 8)
        first.append("same")
        var second = first
        first.append(" one")
        second.append(" two")
        #expect(first.text == "same one" && second.text == "same two")
    }
}
