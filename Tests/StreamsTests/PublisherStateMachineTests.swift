import Testing

@testable import Streams

@Suite struct PublisherStateMachineTests {
    @Test func movesItsCursorBehindAcknowledgedRecordsOnly() {
        var (machine, action) = PublisherStateMachine.start()
        #expect(action == .loadCursor)
        action = machine.handle(.cursor(40))
        #expect(action == .read(from: 40))
        #expect(machine.handle(.records(count: 3, next: 43)) == .send)
        #expect(machine.nextOffset == 40)
        #expect(machine.handle(.acknowledged) == .storeCursor(43))
        #expect(machine.nextOffset == 40)
        #expect(machine.handle(.cursorStored) == .read(from: 43))
        #expect(machine.nextOffset == 43)
        #expect(
            machine.handle(.records(count: 0, next: 43)) == .waitForRecords(seconds: PublisherStateMachine.pollSeconds))
        #expect(machine.handle(.woken) == .read(from: 43))
    }

    @Test func doesWhatFailedAgainAndSkipsNothing() {
        var (machine, _) = PublisherStateMachine.start()
        #expect(machine.handle(.failed(isRetriable: true)) == .backOff(seconds: 0.1))
        #expect(machine.handle(.woken) == .loadCursor)
        _ = machine.handle(.cursor(0))
        #expect(machine.handle(.failed(isRetriable: true)) == .backOff(seconds: 0.2))
        #expect(machine.handle(.woken) == .read(from: 0))
        _ = machine.handle(.records(count: 2, next: 2))
        #expect(machine.handle(.failed(isRetriable: true)) == .backOff(seconds: 0.4))
        #expect(machine.handle(.woken) == .send)
        #expect(machine.handle(.acknowledged) == .storeCursor(2))
        #expect(machine.handle(.failed(isRetriable: true)) == .backOff(seconds: 0.1))
        #expect(machine.handle(.woken) == .storeCursor(2))
        #expect(machine.handle(.cursorStored) == .read(from: 2))
        #expect(machine.handle(.failed(isRetriable: false)) == .backOff(seconds: 30))
        #expect(machine.handle(.stop) == .finish)
        #expect(machine.handle(.woken) == .finish)
    }

    @Test func backsOffToTenSeconds() {
        #expect((1...12).map { PublisherStateMachine.backOffSeconds($0, isRetriable: true) }.last == 10)
    }
}
