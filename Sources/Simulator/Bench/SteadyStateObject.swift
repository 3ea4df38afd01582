import Core
import Glibc

/// An object of the benchmarks: everything about it follows from its number.
struct SteadyStateObject {
    let seed: UInt64
    let id: Int64
    let ra: Double
    let dec: Double
    let detector: Int
    /// What its detector and counter add to the id of a visit.
    let idOffset: Int64
    let meanFlux: Float

    struct Measurement {
        let flux: Float
        let error: Float
        let noise: UInt64
    }

    init(seed: UInt64, field: Int, index: Int, first: SteadyStateSchedule.Point) {
        let seed = Hash.mix(seed, UInt64(field) << 32 | UInt64(index))
        self.seed = seed
        detector = index % FocalPlane.detectorCount
        let counter = Int64(index / FocalPlane.detectorCount + 1 + field * 2048)
        idOffset = Int64(detector) << RubinIdentifiers.counterBits | counter
        id = first.idBase + idOffset
        ra = 130 + 2.4 * Double(field % 20) + 2.2 * Hash.uniform(seed, 1)
        dec = -20 + 2.4 * Double(field / 20) + 2.2 * Hash.uniform(seed, 2)
        meanFlux = 2000 + 40_000 * Hash.unit(seed, 3) * Hash.unit(seed, 4)
    }

    @inline(__always)
    func measure(_ key: UInt64) -> Measurement {
        let noise = Hash.mix(seed, key)
        let unit = Float(noise >> 40) * 0x1p-24
        let flux = meanFlux * (0.7 + 0.6 * unit)
        return Measurement(flux: flux, error: 80 + 0.005 * flux, noise: noise)
    }

    /// Writes the patched fields of a diaSource; `at` is in the order of `SteadyStateImage.detectionFields`.
    @inline(__always)
    func write(
        _ value: Measurement, id: Int64, at place: UnsafeMutablePointer<UInt8>, _ at: UnsafeBufferPointer<Int>
    ) {
        WireBytes.writeNineByteLong(id, at: place + at[0])
        WireBytes.writeNineByteLong(self.id, at: place + at[1])
        _ = WireBytes.writeLong(Int64(detector), at: place + at[2])
        let shift = Double(value.noise & 0xFFFF) * 0x1p-16 - 0.5
        WireBytes.write(ra + shift * 2e-5, at: place + at[3])
        WireBytes.write(dec - shift * 2e-5, at: place + at[4])
        let pixel = Float(value.noise >> 16 & 0xFFFF) * 0.06
        WireBytes.write(pixel, at: place + at[5])
        WireBytes.write(4000 - pixel, at: place + at[6])
        WireBytes.write(value.flux / value.error, at: place + at[7])
        WireBytes.write(value.flux, at: place + at[8])
        WireBytes.write(value.error, at: place + at[9])
        WireBytes.write(value.flux * 1.01, at: place + at[10])
        WireBytes.write(value.flux + 30_000, at: place + at[11])
        WireBytes.write(1 - 0.5 * Float(value.noise & 0xFF) * 0x1p-8, at: place + at[12])
    }

    /// Writes the patched fields of a diaForcedSource; `at` is in the order of `SteadyStateImage.forcedFields`.
    @inline(__always)
    func writeForced(
        _ value: Measurement, id: Int64, at place: UnsafeMutablePointer<UInt8>, _ at: UnsafeBufferPointer<Int>
    ) {
        WireBytes.writeNineByteLong(id, at: place + at[0])
        WireBytes.writeNineByteLong(self.id, at: place + at[1])
        _ = WireBytes.writeLong(Int64(detector), at: place + at[2])
        WireBytes.write(ra, at: place + at[3])
        WireBytes.write(dec, at: place + at[4])
        WireBytes.write(value.flux, at: place + at[5])
        WireBytes.write(value.error, at: place + at[6])
        WireBytes.write(value.flux + 30_000, at: place + at[7])
        WireBytes.write(value.error * 1.1, at: place + at[8])
    }
}
