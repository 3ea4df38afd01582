/// Sines and cosines of eight angles at once, to a unit in the last place.
///
/// The polynomials are those of fdlibm (`k_sin.c`, `k_cos.c`; Sun Microsystems 1993) on ± 45°.
enum LaneTrigonometry {
    /// Adding and taking away this rounds to a whole number, whose lowest bits then stand in the sum's.
    private static let rounder: Double = 0x1.8p52

    /// Of degrees, taken exactly to within 45° of a quarter turn; up to 1e9.
    @inline(__always)
    static func ofDegrees(_ degrees: Lanes) -> (sine: Lanes, cosine: Lanes) {
        let shifted: Lanes = degrees * (1.0 / 90) + rounder
        let quarters: Lanes = shifted - rounder
        return turned((degrees - 90 * quarters) * (Double.pi / 180), by: shifted)
    }

    /// Of radians, up to some turns.
    @inline(__always)
    static func ofRadians(_ radians: Lanes) -> (sine: Lanes, cosine: Lanes) {
        let shifted: Lanes = radians * (2 / Double.pi) + rounder
        let quarters: Lanes = shifted - rounder
        // A quarter turn in two parts, the first with zeros at its end.
        let rest: Lanes = (radians - 0x1.921fb54400000p+0 * quarters) - 0x1.0b4611a626331p-34 * quarters
        return turned(rest, by: shifted)
    }

    @inline(__always)
    private static func turned(_ rest: Lanes, by shifted: Lanes) -> (sine: Lanes, cosine: Lanes) {
        let z: Lanes = rest * rest
        var s: Lanes = z * 1.589_690_995_211_55e-10 - 2.505_076_025_340_686_3e-8
        s = s * z + 2.755_731_370_707_006_8e-6
        s = s * z - 1.984_126_982_985_795e-4
        s = s * z + 8.333_333_333_322_49e-3
        s = s * z - 1.666_666_666_666_663_2e-1
        let sine: Lanes = rest + rest * z * s
        var c: Lanes = z * -1.135_964_755_778_819_5e-11 + 2.087_572_321_298_175e-9
        c = c * z - 2.755_731_435_139_066_3e-7
        c = c * z + 2.480_158_728_947_673e-5
        c = c * z - 1.388_888_888_887_411e-3
        c = c * z + 4.166_666_666_666_66e-2
        let cosine: Lanes = 1 - (0.5 * z - z * z * c)
        // Odd quarters swap the two, half turns change signs: by bits, since the smallest processors choose badly by masks.
        let quarter = unsafeBitCast(shifted, to: Bits.self)
        let swaps: Bits = 0 &- (quarter & 1)
        let (ofSine, ofCosine) = (unsafeBitCast(sine, to: Bits.self), unsafeBitCast(cosine, to: Bits.self))
        let difference: Bits = (ofSine ^ ofCosine) & swaps
        return (
            unsafeBitCast((ofSine ^ difference) ^ ((quarter & 2) &<< 62), to: Lanes.self),
            unsafeBitCast((ofCosine ^ difference) ^ (((quarter &+ 1) & 2) &<< 62), to: Lanes.self)
        )
    }

    private typealias Bits = SIMD8<UInt64>
}
