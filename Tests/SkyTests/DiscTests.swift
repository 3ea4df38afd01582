import Core
import Glibc
import TestSupport
import Testing

@testable import Sky

@Suite struct DiscTests {
    @Test func coverEqualsConeSearchOfAstropyHealpix() {
        guard let reference = Reference("cones", seed: 411, count: 250, width: 6) else { return }
        var row = 0
        var borderline = 0
        while row < reference.rowCount {
            let name = reference.double(row, 0)
            let center = Vec3(raDegrees: reference.double(row, 1), decDegrees: reference.double(row, 2))
            let radius = Angle(degrees: reference.double(row, 3))
            let order = Int(reference.double(row, 4))
            var expected = Set<Int64>()
            while row < reference.rowCount, reference.double(row, 0) == name {
                expected.insert(reference.int64(row, 5))
                row += 1
            }
            let found = Set(pixels(HEALPix.disc(center: center, radius: radius, order: order), order: order))
            for pixel in found.symmetricDifference(expected) {
                // They may differ only where the disc ends at the pixel's border, or theirs is not inclusive enough.
                let distance = distanceBySampling(pixel, order: order, center)
                let width = 1 / Double(1 << order)
                #expect(
                    abs(distance - radius.radians) < 0.02 * width || found.contains(pixel) && distance < radius.radians)
                borderline += 1
            }
        }
        #expect(borderline < reference.rowCount / 200 + 10, "\(borderline) pixels differ")
    }

    @Test func everyPointOfTheDiscIsCovered() {
        var random = SeededRandom(seed: 99)
        for trial in 0..<400 {
            let center = adversarialPlace(trial, &random)
            let radius = Angle(degrees: min(180, pow(10, -7 + 9.2 * random.uniform())))
            let order = max(0, min(29, HEALPix.coverOrder(radius: radius) - Int(random.next() % 5)))
            let ranges = HEALPix.disc(center: center, radius: radius, order: order)
            for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound < next.lowerBound) }
            for step in 0..<200 {
                // Up to the very edge, less one rounding of the place itself.
                let share: Double = step % 2 == 0 ? 1 : random.uniform().squareRoot()
                let point = offset(center, angle: radius.radians * share, towards: 2 * Double.pi * random.uniform())
                guard center.angleRadians(to: point) <= radius.radians else { continue }
                let pixel = HEALPix.index(point)
                #expect(
                    ranges.contains { $0.contains(pixel) }, "trial \(trial), radius \(radius.degrees)°, order \(order)")
            }
        }
    }

    @Test func coverIsTight() {
        var random = SeededRandom(seed: 5)
        for trial in 0..<60 {
            let center = adversarialPlace(trial, &random)
            let order = 3 + trial % 4
            let radius = Angle(radians: 1.2 / Double(1 << order) * random.uniform())
            for pixel in pixels(HEALPix.disc(center: center, radius: radius, order: order), order: order) {
                let distance = distanceBySampling(pixel, order: order, center)
                #expect(distance <= radius.radians + 0.02 / Double(1 << order))
            }
        }
    }

    @Test func wholeSkyAndSinglePixel() {
        let pole = Vec3(x: 0, y: 0, z: 1)
        #expect(HEALPix.disc(center: pole, radius: Angle(degrees: 180), order: 6) == [0..<HEALPix.maxOrderPixelCount])
        let inside = HEALPix.center(1234, order: 5)
        #expect(
            HEALPix.disc(center: inside, radius: Angle(arcsec: 1), order: 5) == [HEALPix.range(of: 1234, order: 5)])
        #expect(HEALPix.disc(center: pole, radius: Angle(arcsec: 1), order: 29).count >= 4)
    }

    private func pixels(_ ranges: [Range<Int64>], order: Int) -> [Int64] {
        let shift = Int64(2 * (29 - order))
        return ranges.flatMap { ($0.lowerBound >> shift)..<($0.upperBound >> shift) }
    }

    /// Distance from a place to a pixel, zero inside, from a dense sample of its border.
    private func distanceBySampling(_ pixel: Int64, order: Int, _ place: Vec3) -> Double {
        if HEALPix.index(place, order: order) == pixel { return 0 }
        let (face, ix, iy) = HEALPix.parts(pixel, order: order)
        let side: Double = 1 / Double(1 << order)
        var best = Double.infinity
        for step in 0...200 {
            let along = Double(step) / 200
            for (dx, dy) in [(along, 0), (along, 1), (0, along), (1, along)] {
                let point = HEALPix.direction(
                    face: face, x: (Double(ix) + dx) * side, y: (Double(iy) + dy) * side)
                best = min(best, point.angleRadians(to: place))
            }
        }
        return best
    }

    private func adversarialPlace(_ trial: Int, _ random: inout SeededRandom) -> Vec3 {
        let z: Double = 2 * random.uniform() - 1
        let ra: Double = 360 * random.uniform()
        switch trial % 5 {
        case 0: return Vec3(raDegrees: ra, decDegrees: trial % 2 == 0 ? 90 : -90)
        case 1: return Vec3(raDegrees: 45 * Double(trial % 9), decDegrees: asin(z) * Angle.degreesPerRadian)
        case 2: return HEALPix.corners(Int64(trial) % 768, order: 3)[trial % 4]
        default: return Vec3(raDegrees: ra, decDegrees: asin(z) * Angle.degreesPerRadian)
        }
    }

    private func offset(_ center: Vec3, angle: Double, towards bearing: Double) -> Vec3 {
        let helper = abs(center.z) < 0.9 ? Vec3(x: 0, y: 0, z: 1) : Vec3(x: 1, y: 0, z: 0)
        let east = helper.cross(center).normalized
        let north = center.cross(east)
        return (cos(angle) * center + (sin(angle) * sin(bearing)) * east + (sin(angle) * cos(bearing)) * north)
            .normalized
    }
}
