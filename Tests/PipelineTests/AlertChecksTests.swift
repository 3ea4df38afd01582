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

    @Test func impossibleHistoryIsNamed() {
        #expect(Self.fault { $0.trigger.object = 0 }?.fieldPath == "prvDiaForcedSources")
        #expect(Self.fault { $0.detections[0].id = 0 }?.fieldPath == "prvDiaSources.diaSourceId")
        for time in [Double.nan, 0, -1, 1e6, .infinity] {
            #expect(Self.fault { $0.detections[0].mjd = time }?.fieldPath == "prvDiaSources.midpointMjdTai")
            #expect(Self.fault { $0.forced[0].mjd = time }?.fieldPath == "prvDiaForcedSources.midpointMjdTai")
        }
    }
}
