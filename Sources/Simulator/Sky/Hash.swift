import Glibc

/// Numbers that depend on their inputs only, so that any point can be made again without its past.
enum Hash {
    /// SplitMix64's finaliser over both inputs.
    @inline(__always)
    static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var z = first &+ (second &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    @inline(__always)
    static func unit(_ first: UInt64, _ second: UInt64) -> Float { Float(mix(first, second) >> 40) * 0x1p-24 }

    /// Uniform in [0, 1), with all bits of a double.
    static func uniform(_ first: UInt64, _ second: UInt64) -> Double { Double(mix(first, second) >> 11) * 0x1p-53 }

    /// Standard normal (Box and Muller 1958).
    static func normal(_ first: UInt64, _ second: UInt64) -> Double {
        let bits = mix(first, second)
        let radius = (-2 * log(Double(bits >> 32 | 1) * 0x1p-32)).squareRoot()
        return radius * cos(2 * .pi * Double(bits & 0xFFFF_FFFF) * 0x1p-32)
    }
}
