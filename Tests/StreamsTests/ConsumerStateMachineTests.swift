import Core
import Testing

@testable import Streams

@Suite struct ConsumerStateMachineTests {
    let a = InputPartition(topic: "alerts", partition: 0)
    let b = InputPartition(topic: "alerts", partition: 1)

    private func started(acceptsGap: Bool = false) -> ConsumerStateMachine {
        var machine = ConsumerStateMachine(acceptsGap: acceptsGap)
        _ = machine.handle(.assigned([a, b]))
        _ = machine.handle(.storedOffset(a, 10))
        _ = machine.handle(.storedOffset(b, nil))
        return machine
    }

    @Test func readsFromTheDatabasesOffsetsOnly() {
        var machine = ConsumerStateMachine(acceptsGap: false)
        #expect(machine.handle(.assigned([b, a])) == [.lookUp([a, b])])
        #expect(machine.admit(a, offset: 10) == .refused)
        #expect(machine.handle(.storedOffset(a, 10)) == [.startReading(a, .offset(10))])
        #expect(machine.waiting == [b])
        #expect(machine.handle(.storedOffset(b, nil)) == [.startReading(b, .earliest)])
        #expect(machine.admit(a, offset: 9) == .refused)
        #expect(machine.admit(a, offset: 10) == .taken)
        #expect(machine.admit(a, offset: 10) == .refused)
        #expect(machine.admit(b, offset: 3) == .taken)
        #expect(machine.admit(a, offset: 12) == .taken)
        #expect(machine.admit(a, offset: 12) == .refused)
        #expect(machine.admit(a, offset: 13) == .taken)
        #expect(machine.handle(.assigned([a])) == [])
    }

    @Test func aLostPartitionGivesNothingMore() {
        var machine = started()
        #expect(machine.handle(.revoked([a])) == [.stopReading([a])])
        #expect(machine.admit(a, offset: 10) == .refused)
        #expect(machine.handle(.storedOffset(a, 10)) == [])
        #expect(machine.owned == [b])
        #expect(machine.handle(.assigned([a])) == [.lookUp([a])])
        #expect(machine.handle(.revoked([a])) == [])
    }

    @Test func anExpiredOffsetStopsItsPartitionAlone() {
        var machine = started()
        #expect(machine.handle(.offsetExpired(a)) == [.reportExpired(a, stored: 10, isAccepted: false)])
        #expect(machine.stopped == [a] && machine.reading == [b])
        #expect(machine.admit(a, offset: 50) == .refused)
        #expect(machine.admit(b, offset: 50) == .taken)
        #expect(machine.handle(.offsetExpired(a)) == [])
        #expect(machine.handle(.rewound(a, 60)) == [.restartReading(a, .offset(60))])
        #expect(machine.admit(a, offset: 60) == .taken)
    }

    @Test func anAcceptedGapGoesOnFromTheOldest() {
        var machine = started(acceptsGap: true)
        #expect(
            machine.handle(.offsetExpired(a))
                == [.reportExpired(a, stored: 10, isAccepted: true), .restartReading(a, .earliest)])
        #expect(machine.reading == [a, b])
        var moved = machine
        #expect(moved.admit(a, offset: 5000) == .takenAnew)
        // Numbering may begin anew, once.
        #expect(machine.admit(a, offset: 3) == .takenAnew)
        #expect(machine.admit(a, offset: 3) == .refused)
        #expect(machine.admit(a, offset: 4) == .taken)
    }

    @Test func rewindsToWhatTheDatabaseHolds() {
        var machine = started()
        _ = machine.admit(a, offset: 30)
        #expect(machine.handle(.rewound(a, 31)) == [])
        #expect(machine.handle(.rewound(a, 20)) == [.restartReading(a, .offset(20))])
        #expect(machine.admit(a, offset: 20) == .taken)
        #expect(machine.handle(.rewound(InputPartition(topic: "other", partition: 0), 3)) == [])
    }

    @Test func aPartitionThatComesBackGoesOnBehindWhatIsInFlight() {
        var machine = started()
        _ = machine.admit(a, offset: 30)
        _ = machine.handle(.revoked([a]))
        #expect(machine.touched == [a, b])
        _ = machine.handle(.assigned([a]))
        #expect(machine.handle(.storedOffset(a, 20)) == [.startReading(a, .offset(31))])
        _ = machine.handle(.revoked([a]))
        // What was in flight is discarded: the database's offset counts again.
        #expect(machine.handle(.rewound(a, 20)) == [])
        _ = machine.handle(.assigned([a]))
        #expect(machine.handle(.storedOffset(a, 20)) == [.startReading(a, .offset(20))])
    }

    @Test func holdsAndReleases() {
        var machine = started()
        #expect(machine.handle(.held) == [.pause([a, b])])
        #expect(machine.handle(.held) == [])
        #expect(machine.handle(.rewound(a, 4)) == [.restartReading(a, .offset(4)), .pause([a])])
        #expect(machine.handle(.returned(a, offset: 4)) == [.restartReading(a, .offset(4)), .pause([a])])
        #expect(machine.handle(.returned(a, offset: 3)) == [])
        #expect(machine.handle(.released) == [.resume([a, b])])
        #expect(machine.handle(.released) == [])
    }
}
