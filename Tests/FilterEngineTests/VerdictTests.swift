import Core
import FilterEngine
import Functions
import Testing

/// The verdict of a condition on an ordinary alert with some settings.
func verdict(_ condition: String, _ settings: String = "", joins: String = "") throws -> FilterVerdict {
    let head = "catalogue gaia parallax:float32\ncase x\n" + settings + "\nexpect "
    for candidate in FilterVerdict.allCases {
        let cases = try FilterCaseFile(text: head + candidate.name)
        let text = "SELECT a.ra FROM alert AS a \(joins) WHERE \(condition)"
        let results = try FilterCaseRunner.run(filter: text, name: "f", cases: cases)
        if results[0].holds { return candidate }
    }
    return .notRun
}

@Suite struct VerdictTests {
    let star = "LEFT JOIN nearest.gaia AS s USING (diaSourceId)"
    let object = "LEFT JOIN object AS o USING (diaObjectId)"

    @Test func theUnknownIsNeitherPassedNorRejected() throws {
        let unknown = "nearest.gaia.status = unknown"
        #expect(try verdict("s.parallax > 5", unknown, joins: star) == .undetermined)
        #expect(try verdict("NOT (s.parallax > 5)", unknown, joins: star) == .undetermined)
        #expect(try verdict("s.parallax IS NULL", unknown, joins: star) == .undetermined)
        #expect(try verdict("s.parallax > 5 AND a.psfFlux < 0", unknown, joins: star) == .rejected)
        #expect(try verdict("s.parallax > 5 OR a.psfFlux > 0", unknown, joins: star) == .passed)
        #expect(try verdict("COALESCE(s.parallax, 0) = 0", unknown, joins: star) == .undetermined)
        #expect(try verdict("CASE WHEN s.parallax > 5 THEN 1 ELSE 1 END = 1", unknown, joins: star) == .undetermined)
        #expect(try verdict("s.parallax > a.extendedness", unknown, joins: star) == .rejected)
    }

    @Test func testingTheStatusIsKnown() throws {
        let unknown = "nearest.gaia.status = unknown"
        #expect(try verdict("s.status = 'unknown'", unknown, joins: star) == .passed)
        #expect(try verdict("s.status = 'matched' AND s.parallax > 5", unknown, joins: star) == .rejected)
        #expect(try verdict("s.status = 'unknown' OR s.parallax > 5", unknown, joins: star) == .passed)
        #expect(try verdict("s.status = 'unmatched' AND s.parallax IS NULL", joins: star) == .passed)
    }

    @Test func anOverflowFailsOnlyWhereItMatters() throws {
        let huge = "alert.parentDiaSourceId = 9223372036854775807"
        #expect(try verdict("a.parentDiaSourceId + 1 > 0", huge) == .failed)
        #expect(try verdict("a.parentDiaSourceId * 2 > 0 AND a.psfFlux < 0", huge) == .rejected)
        #expect(try verdict("a.psfFlux < 0 AND a.parentDiaSourceId * 2 > 0", huge) == .rejected)
        #expect(try verdict("a.psfFlux > 0 OR a.parentDiaSourceId * 2 > 0", huge) == .passed)
        #expect(try verdict("CASE WHEN a.psfFlux > 0 THEN 1 ELSE a.parentDiaSourceId + 1 END = 1", huge) == .passed)
        #expect(try verdict("a.parentDiaSourceId = 9223372036854775807", huge) == .passed)
        #expect(try verdict("a.parentDiaSourceId = '9223372036854775806'", huge) == .rejected)
        #expect(try verdict("CAST(1e300 AS BIGINT) = 0") == .failed)
    }

    @Test func roundingLeftOfEveryDigitIsZero() {
        for (a, places, expected) in [(123.4, -400.0, 0.0), (123.4, -3, 0), (987, -3, 1000), (1.25, 400, 1.25)] {
            #expect(ScalarFunction.round.value(a, places) == expected, "ROUND(\(a), \(places))")
        }
        #expect(ScalarFunction.round.value(.infinity, -400) == .infinity)
    }

    @Test func nanIsNull() throws {
        #expect(try verdict("a.snr IS NULL", "alert.snr = nan") == .passed)
        #expect(try verdict("a.snr > 0 OR a.snr <= 0", "alert.snr = nan") == .rejected)
        #expect(try verdict("ABMAG(a.psfFlux) IS NULL", "alert.psfFlux = -5") == .passed)
        #expect(try verdict("1 / 0 IS NULL AND MOD(5, 0) IS NULL AND 7 / 2 = 3 AND MOD(-7, 3) = -1") == .passed)
    }

    @Test func anObjectMayBeMissing() throws {
        #expect(try verdict("o.nDiaSources = 0", joins: object) == .passed)
        #expect(try verdict("o.nDiaSources IS NULL", "alert.diaObjectId = null", joins: object) == .passed)
        #expect(try verdict("1 = 1", "alert.diaObjectId = null", joins: "JOIN object o USING (diaObjectId)") == .rejected)
    }

    @Test func theTriggerIsAmongTheDetectionsOnce() throws {
        let count = "(SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId)"
        #expect(try verdict("\(count) = 1") == .passed)
        #expect(try verdict("\(count) = 2", "detections midpointMjdTai=60999") == .passed)
        #expect(try verdict("\(count) = 2", "detections midpointMjdTai=60999\ndetections diaSourceId=1") == .passed)
        let last = "(SELECT LAST_VALUE(d.psfFlux) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId)"
        #expect(try verdict("\(last) = 3000", "detections midpointMjdTai=60999 psfFlux=5") == .passed)
        #expect(try verdict("\(last) = 5", "detections midpointMjdTai=61001 psfFlux=5") == .passed)
        let bands = "(SELECT COUNT(DISTINCT d.band) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId)"
        #expect(try verdict("\(bands) = 2", "detections band=g\ndetections band=r") == .passed)
        #expect(
            try verdict("(SELECT MIN(d.band) FROM detections d WHERE d.diaObjectId = a.diaObjectId) = 'g'", "detections band=g")
                == .passed)
    }

    @Test func aggregatesOfForcedPoints() throws {
        let rows = """
            forced midpointMjdTai=60990 psfFlux=1 psfFluxErr=1
            forced midpointMjdTai=60991 psfFlux=3 psfFluxErr=2
            forced midpointMjdTai=60992 psfFlux=5 psfFluxErr=nan
            forced midpointMjdTai=60993 psfFlux=nan psfFluxErr=1
            """
        for (selected, expected) in [
            ("COUNT(*)", "4"), ("COUNT(f.psfFlux)", "3"), ("AVG(f.psfFlux)", "3"), ("MEDIAN(f.psfFlux)", "3"),
            ("STDDEV(f.psfFlux)", "2"), ("MIN(f.psfFlux)", "1"), ("MAX(f.psfFlux) - MIN(f.psfFlux)", "4"),
            ("SLOPE(f.psfFlux, f.midpointMjdTai)", "2"), ("WEIGHTED_MEAN(f.psfFlux, f.psfFluxErr)", "1.4"),
            ("FIRST_VALUE(f.psfFlux)", "1"), ("LAST_VALUE(f.psfFlux)", "5"), ("SUM(f.detector)", "0"),
        ] {
            let query = "(SELECT \(selected) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId)"
            #expect(try verdict("ABS(\(query) - \(expected)) < 1e-9", rows) == .passed, "\(selected)")
        }
        let none = "(SELECT MAX(f.psfFlux) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId AND f.psfFlux > 9) IS NULL"
        #expect(try verdict(none, rows) == .passed)
        #expect(
            try verdict("EXISTS (SELECT f.ra FROM forced f WHERE f.diaObjectId = a.diaObjectId AND f.psfFlux > 4)", rows) == .passed
        )
        let fromStar = "(SELECT COUNT(*) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId AND f.psfFlux > s.parallax) > 1"
        #expect(try verdict(fromStar, rows + "\nnearest.gaia.status = unknown", joins: star) == .undetermined)
        #expect(try verdict(fromStar, "nearest.gaia.status = unknown", joins: star) == .rejected)
    }

    @Test func textsAndPlaces() throws {
        #expect(try verdict("a.band LIKE '_' AND UPPER(a.band) || 'x' = 'Rx' AND a.band IN ('g', 'r')") == .passed)
        #expect(try verdict("a.target_name ILIKE '%cosmos%'", "alert.target_name = DDF COSMOS 1") == .passed)
        #expect(try verdict("DISTANCE(POINT(a.ra, a.dec), POINT(150, 3)) BETWEEN 0.999999 AND 1.000001") == .passed)
        #expect(try verdict("1 = CONTAINS(POINT('ICRS', a.ra, a.dec), CIRCLE('ICRS', 150, 3, 1.1))") == .passed)
        #expect(try verdict("a.night = 20260704 AND MJD_NOW() > a.midpointMjdTai") == .passed)
    }
}
