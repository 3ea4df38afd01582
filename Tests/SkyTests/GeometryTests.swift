import Core
import TestSupport
import Testing

@testable import Sky

@Suite struct GeometryTests {
    @Test func framesAndSeparationsEqualAstropy() {
        guard let reference = Reference("frames", seed: 88, count: 3000, width: 11) else { return }
        for row in 0..<reference.rowCount {
            let place = SkyPosition(raDegrees: reference.double(row, 0), decDegrees: reference.double(row, 1))
            let galactic = Frames.galactic(place)
            let expected = SkyPosition(raDegrees: reference.double(row, 2), decDegrees: reference.double(row, 3))
            // astropy's Galactic hangs on FK5 J2000, ERFA's on ICRS: 25 mas of frame bias at most.
            let mine = SkyPosition(raDegrees: galactic.lDegrees, decDegrees: galactic.bDegrees)
            #expect(mine.separation(to: expected).arcsec < 0.0251)
            let erfa = SkyPosition(raDegrees: reference.double(row, 9), decDegrees: reference.double(row, 10))
            #expect(mine.separation(to: erfa).arcsec < 1e-8)
            let latitude = Frames.galacticLatitudeDegrees(raDegrees: place.raDegrees, decDegrees: place.decDegrees)
            #expect(abs(latitude - galactic.bDegrees) < 1e-12)
            let back = Frames.icrs(galacticLDegrees: galactic.lDegrees, bDegrees: galactic.bDegrees)
            #expect(back.separation(to: place).arcsec < 1e-8)
            let ecliptic = Frames.ecliptic(place)
            let wanted = SkyPosition(raDegrees: reference.double(row, 4), decDegrees: reference.double(row, 5))
            #expect(
                SkyPosition(raDegrees: ecliptic.lonDegrees, decDegrees: ecliptic.latDegrees).separation(to: wanted)
                    .arcsec < 1e-5)
            let other = SkyPosition(raDegrees: reference.double(row, 6), decDegrees: reference.double(row, 7))
            #expect(abs(place.separation(to: other).degrees - reference.double(row, 8)) < 1e-12)
        }
    }

    @Test func radiiNeedAUnitAndMakeSense() throws {
        #expect(abs(try Angle(parsingRadius: "2arcsec").arcsec - 2) < 1e-12)
        #expect(abs(try Angle(parsingRadius: "10arcmin").degrees - 1.0 / 6) < 1e-15)
        #expect(abs(try Angle(parsingRadius: " 1.5 deg ").degrees - 1.5) < 1e-15)
        #expect(abs(try Angle(parsingRadius: "1e-1deg").degrees - 0.1) < 1e-15)
        #expect(abs(try Angle(parsingRadius: "500mas").arcsec - 0.5) < 1e-12)
        for bad in [
            "", "2", "arcsec", "-1arcsec", "0deg", "nandeg", "infdeg", "181deg", "2parsec", "1,5deg", "2e400deg",
        ] {
            #expect(throws: UserFault.self) { try Angle(parsingRadius: bad) }
        }
        #expect(throws: UserFault.self) { try SkyPosition.checked(raDegrees: 361, decDegrees: 0) }
        #expect(throws: UserFault.self) { try SkyPosition.checked(raDegrees: .nan, decDegrees: 0) }
        #expect(throws: UserFault.self) { try SkyPosition.checked(raDegrees: 0, decDegrees: -90.1) }
    }

    @Test func timesEqualAstropy() throws {
        guard let reference = Reference("times", seed: 3, count: 2000, width: 7) else { return }
        for row in 0..<reference.rowCount {
            let time = MJD(reference.double(row, 0))
            let text = try #require(time.utcText(decimals: 6))
            let seconds = reference.double(row, 6)
            let fields = text.dropLast().split { $0 == "-" || $0 == "T" || $0 == ":" }.compactMap { Double(String($0)) }
            let minutes = (1...5).map { reference.double(row, $0) }
            #expect(Array(fields.prefix(5)) == minutes || seconds > 59.999_999)
            #expect(abs(fields[5] - seconds) < 2e-6 || seconds > 59.999_999)
            // A double of days resolves 1 µs.
            #expect(abs(try MJD(parsing: text).days - time.days) < 3e-11)
        }
    }

    @Test func timesAreReadStrictly() throws {
        #expect(try MJD(parsing: "60980.25").days == 60980.25)
        #expect(abs(try MJD(parsing: "2025-11-21Z").days - (61000 + 37.0 / 86400)) < 1e-11)
        #expect(try MJD(parsing: "2025-11-21T00:00Z") == (try MJD(parsing: "2025-11-21T00:00:00.000Z")))
        for bad in [
            "", "nan", "2025-11-21", "2025-11-21T03:04:05", "2025-13-01Z", "2025-02-30Z", "2025-11-21T25:00Z",
            "2025-11-21T03:04:61Z", "2025-1-1Z", "yesterday", "2025-11-21T03:04:5.Z", "2025-11-21T03:04:05+01:00",
        ] {
            #expect(throws: UserFault.self) { try MJD(parsing: bad) }
        }
        #expect(MJD(.nan).utcText() == nil)
    }
}
