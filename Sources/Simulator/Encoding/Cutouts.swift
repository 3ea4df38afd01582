import Glibc

/// The three stamps of an alert: FITS files with image, variance and PSF, as Rubin sends them.
public struct Cutouts: Sendable {
    public let difference: [UInt8]
    public let science: [UInt8]
    public let template: [UInt8]

    /// Stamps of a source of the given flux (nJy) on a noisy sky; about 124 kB in all at the default sides.
    public init(seed: UInt64, fluxNJy: Double, errorNJy: Double, sidePixels: Int = 56, templateSidePixels: Int = 60) {
        difference = Cutouts.stamp(seed: seed, flux: fluxNJy, error: errorNJy, side: sidePixels)
        science = Cutouts.stamp(seed: seed &+ 1, flux: abs(fluxNJy) * 1.5, error: errorNJy, side: sidePixels)
        template = Cutouts.stamp(
            seed: seed &+ 2, flux: abs(fluxNJy) * 0.5, error: errorNJy / 6, side: templateSidePixels)
    }

    private static func stamp(seed: UInt64, flux: Double, error: Double, side: Int) -> [UInt8] {
        var file: [UInt8] = []
        file.append(
            contentsOf: header(
                first: "SIMPLE  =                    T", bitsPerPixel: -32, side: side,
                extra: [
                    "EXTEND  =                    T", "BUNIT   = 'nJy     '",
                ]))
        appendPixels(side: side, to: &file) { x, y in
            let sigma = 2.0
            let distance = pow(Double(x) - Double(side - 1) / 2, 2) + pow(Double(y) - Double(side - 1) / 2, 2)
            let peak = flux / (2 * .pi * sigma * sigma) * exp(-distance / (2 * sigma * sigma))
            return Float(peak + error / 8 * Hash.normal(seed, UInt64(y * side + x)))
        }
        file.append(
            contentsOf: header(
                first: "XTENSION= 'IMAGE   '", bitsPerPixel: -32, side: side,
                extra: [
                    "PCOUNT  =                    0", "GCOUNT  =                    1", "EXTNAME = 'UNCERT  '",
                ]))
        appendPixels(side: side, to: &file) { _, _ in Float(error * error / 64) }
        file.append(
            contentsOf: header(
                first: "XTENSION= 'IMAGE   '", bitsPerPixel: -64, side: 41,
                extra: [
                    "PCOUNT  =                    0", "GCOUNT  =                    1", "EXTNAME = 'PSFIMAGE'",
                ]))
        appendPixels(side: 41, to: &file) { x, y in
            exp(-(pow(Double(x) - 20, 2) + pow(Double(y) - 20, 2)) / 8) / (8 * .pi)
        }
        return file
    }

    /// A FITS header: 80-character cards, padded to 2 880 bytes.
    private static func header(first: String, bitsPerPixel: Int, side: Int, extra: [String]) -> [UInt8] {
        let cards =
            [
                first, card("BITPIX", bitsPerPixel), card("NAXIS", 2), card("NAXIS1", side), card("NAXIS2", side),
            ] + extra + ["END"]
        var bytes: [UInt8] = []
        for text in cards {
            bytes.append(contentsOf: text.utf8)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 80 - text.utf8.count))
        }
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (2880 - bytes.count % 2880) % 2880))
        return bytes
    }

    private static func card(_ key: String, _ value: Int) -> String {
        let number = String(value)
        let padding = String(repeating: " ", count: 8 - key.utf8.count)
        return key + padding + "= " + String(repeating: " ", count: 20 - number.utf8.count) + number
    }

    private static func appendPixels<Pixel: BinaryFloatingPoint>(
        side: Int, to file: inout [UInt8], _ value: (Int, Int) -> Pixel
    ) {
        for y in 0..<side {
            for x in 0..<side {
                let pixel = value(x, y)
                if let single = pixel as? Float {
                    withUnsafeBytes(of: single.bitPattern.bigEndian) { file.append(contentsOf: $0) }
                } else {
                    withUnsafeBytes(of: Double(pixel).bitPattern.bigEndian) { file.append(contentsOf: $0) }
                }
            }
        }
        file.append(contentsOf: repeatElement(0, count: (2880 - file.count % 2880) % 2880))
    }
}
