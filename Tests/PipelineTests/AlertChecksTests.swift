import Core
import Testing

@testable import Pipeline

@Suite struct AlertChecksTests {
    private static let now = MJD(61_500)

    private static func fault(_ alert: TestAlert) -> RecordFault? {
        let batch = AlertWriter.batch([alert])
        return AlertChecks.fault(of: batch, row: 0, trigger: PointColumns(batch.source), now: now)
    }
    private static func fault(_ change: (inout TestAlert) -> Void) -> RecordFault? {
        var alert = TestAlert(
            trigger: TestDetection(id: 1, object: 11, mjd: 61_400),
            detections: [TestDetection(id: 2, object: 11, mjd: 61_399)],
            forced: [TestForced(object: 11, visit: 5, mjd: 61_399)])
        change(&alert)
        return fault(alert)
    }

    @Test func goodAlertsPass() {
        #expect(Self.fault { _ in } == nil)
        #expect(
            Self.fault {
                $0.trigger.ra = 360; $0.trigger.dec = -90
            } == nil)
        #expect(Self.fault { $0.trigger.mjd = 61_500.9 } == nil)
        #expect(
            Self.fault {
                $0.trigger.object = 0; $0.detections = []; $0.forced = []
            } == nil)
    }

    @Test func impossibleTriggersAreNamed() {
        #expect(Self.fault { $0.trigger.id = 0 }?.fieldPath == "diaSource.diaSourceId")
        #expect(Self.fault { $0.trigger.id = -4 }?.reason == .impossible)
        #expect(Self.fault { $0.trigger.object = -4 }?.fieldPath == "diaSource.diaObjectId")
        for place in [(Double.nan, 0.0), (0, .nan), (361, 0), (-0.1, 0), (10, 90.1), (.infinity, 0), (0, -.infinity)] {
            let fault = Self.fault { ($0.trigger.ra, $0.trigger.dec) = place }
            #expect(fault?.fieldPath == "diaSource.ra", "\(place)")
        }
        for time in [Double.nan, 0, -1, 61_501.5, .infinity] {
            #expect(Self.fault { $0.trigger.mjd = time }?.fieldPath == "diaSource.midpointMjdTai", "\(time)")
        }
    }

    /// The same alert under two names, or of two objects.
    @Test func contradictingIdsAreNamed() {
        #expect(Self.fault { $0.packetSourceID = 2 }?.fieldPath == "diaSourceId")
        #expect(Self.fault { $0.packetObjectID = 12 }?.fieldPath == "diaObject.diaObjectId")
        for none in [Int64?.none, 0, 1] { #expect(Self.fault { $0.packetSourceID = none } == nil) }
        for none in [Int64(0), 11] { #expect(Self.fault { $0.packetObjectID = none } == nil) }
        #expect(Self.fault { $0.detections[0].object = 12 }?.fieldPath == "prvDiaSources.diaObjectId")
        #expect(Self.fault { $0.forced[0].object = 12 }?.fieldPath == "prvDiaForcedSources.diaObjectId")
        #expect(Self.fault { $0.detections[0].object = -11 }?.fieldPath == "prvDiaSources.diaObjectId")
        #expect(Self.fault { $0.forced[0].object = 0 } == nil)
    }

    @Test func objectsAndPastPointsAreOnTheSky() {
        for place in [(Double.nan, 0.0), (0, .nan), (361, 0), (1e308, 0), (10, -91), (.infinity, 0)] {
            let object = Self.fault { ($0.objectRa, $0.objectDec) = place }
            #expect(object?.fieldPath == "diaObject.ra", "\(place)")
            let detection = Self.fault { ($0.detections[0].ra, $0.detections[0].dec) = place }
            let forced = Self.fault { ($0.forced[0].ra, $0.forced[0].dec) = place }
            // A past point's place may be missing.
            let isMissing = place.0.isNaN || place.1.isNaN
            #expect(detection?.fieldPath == (isMissing ? nil : "prvDiaSources.ra"), "\(place)")
            #expect(forced?.fieldPath == (isMissing ? nil : "prvDiaForcedSources.ra"), "\(place)")
        }
        #expect(
            Self.fault {
                $0.hasObject = false; $0.objectRa = .nan
            } == nil)
    }

    /// A band that is none of six is kept as it came; it counts in no band's statistics.
    @Test func unknownBandsPass() {
        for band in ["zz", "", "Z", "w"] {
            #expect(
                Self.fault {
                    $0.trigger.band = band; $0.detections[0].band = band; $0.forced[0].band = band
                } == nil)
        }
    }

    /// 2026-02-24 is MJD 61095; its night begins at noon.
    @Test func forcedPointsAreOfTheirVisit() {
        func fault(_ visit: Int64, _ mjd: Double) -> RecordFault? {
            Self.fault { ($0.forced[0].visit, $0.forced[0].mjd) = (visit, mjd) }
        }
        for mjd in [61_094.6, 61_095.5, 61_096.4, 61_097.4] { #expect(fault(2_026_022_400_007, mjd) == nil, "\(mjd)") }
        for mjd in [61_094.4, 61_097.6, 60_730, 1] {
            #expect(fault(2_026_022_400_007, mjd)?.fieldPath == "prvDiaForcedSources.midpointMjdTai", "\(mjd)")
        }
        for visit in [Int64(0), -1, 5, 411_033, 2_026_132_400_007, .max, .min] { #expect(fault(visit, 60_730) == nil) }
    }

    @Test func impossibleHistoryIsNamed() {
        #expect(Self.fault { $0.trigger.object = 0 }?.fieldPath == "prvDiaForcedSources")
        #expect(Self.fault { $0.detections[0].id = 0 }?.fieldPath == "prvDiaSources.diaSourceId")
        for time in [Double.nan, 0, -1, 1e6, .infinity] {
            #expect(Self.fault { $0.detections[0].mjd = time }?.fieldPath == "prvDiaSources.midpointMjdTai")
            #expect(Self.fault { $0.forced[0].mjd = time }?.fieldPath == "prvDiaForcedSources.midpointMjdTai")
        }
    }
}
