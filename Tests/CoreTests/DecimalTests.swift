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
