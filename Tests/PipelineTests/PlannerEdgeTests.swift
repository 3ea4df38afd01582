import Core
import Testing

@testable import Pipeline

/// Cases of the planner that a random stream meets rarely or never; each in one batch and cut into single alerts.
@Suite struct PlannerEdgeTests {
    private static func detection(_ id: Int64, _ mjd: Double, object: Int64 = 11) -> TestDetection {
        TestDetection(id: id, object: object, mjd: mjd)
    }
    private static func forced(_ mjd: Double, flux: Float = 900) -> TestForced {
        TestForced(object: 11, visit: Int64(mjd * 100), mjd: mjd, flux: flux)
    }
    private static func both(_ stream: [TestAlert]) -> [ModelDatabase] {
        let databases = [1, 1024].map { ModelDatabase.run(stream, batchSize: $0) }
        for database in databases { database.checkDirectory() }
        return databases
    }
    private static func midpoints(_ database: ModelDatabase) -> [Double] {
        database.points.values.map(\.midpoint.days).sorted()
    }

    /// Windows that reach further back than what is known bring new points in the cut month; a late point between known
    /// ones there is taken as known, in whatever batch it comes.
    @Test func cutMonthIsTheSameInAnyBatch() {
        let stream = [
            TestAlert(trigger: Self.detection(1, 61_400), forced: [61_036, 61_100].map { Self.forced($0) }),
            TestAlert(trigger: Self.detection(2, 61_398), forced: [61_033.5, 61_036].map { Self.forced($0) }),
            TestAlert(trigger: Self.detection(3, 61_396), forced: [61_031.5, 61_033.5].map { Self.forced($0) }),
            TestAlert(trigger: Self.detection(4, 61_401), forced: [61_036, 61_037, 61_100].map { Self.forced($0) }),
            TestAlert(trigger: Self.detection(5, 61_401.5), forced: [Self.forced(61_036, flux: 1)]),
        ]
        for database in Self.both(stream) {
            #expect(
                Self.midpoints(database)
                    == [61_031.5, 61_033.5, 61_036, 61_100, 61_396, 61_398, 61_400, 61_401, 61_401.5])
            #expect(database.writes.count == 9)
        }
    }

    @Test func samePointTwiceInAPacket() {
        let points = [
            Self.forced(61_390), Self.forced(61_390), Self.forced(61_350, flux: 1), Self.forced(61_350, flux: 2),
        ]
        let stream = [
            TestAlert(trigger: Self.detection(1, 61_400), forced: points),
            TestAlert(trigger: Self.detection(2, 61_400.5), forced: points),
            TestAlert(trigger: Self.detection(3, 61_420), forced: points),
        ]
        for database in Self.both(stream) {
            #expect(Self.midpoints(database) == [61_350, 61_390, 61_400, 61_400.5, 61_420])
            #expect(database.writes.count == 5, "of two contents in one packet the first counts, for ever")
        }
    }

    @Test func historyThatRepeatsTheTrigger() {
        var other = Self.detection(1, 61_400)
        other.flux = 3
        let first = TestAlert(trigger: Self.detection(1, 61_400), detections: [Self.detection(1, 61_400)])
        let known = TestAlert(
            trigger: Self.detection(2, 61_401),
            detections: [Self.detection(1, 61_400), Self.detection(2, 61_401)])
        let contrary = TestAlert(trigger: Self.detection(1, 61_400), detections: [other])
        for database in Self.both([first, known]) { #expect(database.writes.count == 2) }
        // The trigger decides.
        for database in Self.both([contrary, known]) { #expect(database.writes.count == 2) }
        // In a month that agrees, with a later month known.
        let later = TestAlert(trigger: Self.detection(3, 61_440), detections: [Self.detection(2, 61_401)])
        let again = TestAlert(trigger: Self.detection(2, 61_401), detections: [Self.detection(2, 61_401)])
        for database in Self.both([later, again]) {
            #expect(database.writes.count == 2)
            #expect(database.outcomes.map(\.kind) == [.new, .new])
        }
    }

    /// A later packet brings it as history, then it comes itself: stored once, and a new alert all the same.
    @Test func triggerThatIsKnownAsHistory() {
        for gap in [0.001, 3, 40] {
            let stream = [
                TestAlert(trigger: Self.detection(2, 61_400 + gap), detections: [Self.detection(1, 61_400)]),
                TestAlert(trigger: Self.detection(1, 61_400)),
            ]
            for database in Self.both(stream) {
                #expect(database.outcomes.map(\.kind) == [.new, .new])
                #expect(database.writes.count == 2)
            }
        }
    }

    @Test func revisionsCountUp() {
        var changed = Self.detection(1, 61_400)
        changed.flux = 7
        let stream = [Self.detection(1, 61_400), changed, changed, Self.detection(1, 61_400)].map {
            TestAlert(trigger: $0)
        }
        for database in Self.both(stream) {
            #expect(database.outcomes.map(\.kind) == [.new, .revised, .duplicate, .revised])
            #expect(database.outcomes.map(\.revision) == [0, 1, 1, 2])
            #expect(database.points.count == 1)
        }
    }

    /// The model refuses an alert that occurs twice in a round.
    @Test func revisionsThatMoveBetweenObjects() {
        let lone = TestDetection(id: 1, object: 0, mjd: 61_400, sso: 5)
        let stream = [lone, Self.detection(1, 61_400), Self.detection(1, 61_400, object: 22), lone].map {
            TestAlert(trigger: $0)
        }
        for database in Self.both(stream) {
            #expect(database.outcomes.map(\.revision) == [0, 1, 2, 3])
            #expect(database.records.count == 2)
        }
    }

    @Test func impossibleTimesAndPlacesDoNotTrap() {
        let times = [0, 1e-9, 40_000, 1e6, -1e6, 1e300, -Double.infinity, Double.nan]
        let stream = [
            TestAlert(
                trigger: Self.detection(1, 61_400),
                forced: times.enumerated().map {
                    TestForced(object: 11, visit: Int64($0.offset), mjd: $0.element)
                }, objectRa: .infinity, objectDec: .nan),
            TestAlert(trigger: Self.detection(2, 61_401), objectRa: -1, objectDec: 400),
        ]
        for size in [1, 2] {
            let database = ModelDatabase.run(stream, batchSize: size)
            #expect(database.points.count == times.count + 2)
            #expect(database.outcomes[0].home == database.outcomes[1].home)
        }
    }

    /// Statistics count each detection once, however often packets repeat it.
    @Test func statisticsCountEachDetectionOnce() throws {
        let all = (0..<20).map { Self.detection(Int64($0) + 1, 61_000 + Double($0) * 10) }
        let stream = all.indices.map { TestAlert(trigger: all[$0], detections: Array(all[..<$0])) }
        for database in Self.both(stream) {
            let record = try #require(database.records.values.first)
            #expect(record.statistics.map(\.count) == [0, 0, 20, 0, 0, 0])
            #expect(record.statistics[2].firstMidpoint == 61_000)
            #expect(record.statistics[2].lastMidpoint == 61_190)
            #expect(database.storedReads == 0, "a stream that behaves reads no light curve")
        }
    }
}
