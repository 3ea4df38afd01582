import Core
import Synchronization
import Testing

@Suite struct BoundedQueueTests {
    /// Two producers, two consumers, room for three: everything arrives once, in each producer's order.
    @Test func nothingIsLostOrDoubled() {
        let queue = BoundedQueue<Int>(capacity: 3)
        let received = Mutex<[Int]>([])
        let most = Mutex(0)
        let producers = (0..<2).map { which in
            NamedThread("producer-\(which)-with-a-long-name") {
                for number in 0..<5000 { queue.push(number * 2 + which) }
            }
        }
        let consumers = (0..<2).map { which in
            NamedThread("consumer-\(which)") {
                var mine: [Int] = []
                while let number = queue.pop() {
                    mine.append(number)
                    let size = queue.count
                    most.withLock { $0 = max($0, size) }
                }
                for which in 0..<2 {
                    let own = mine.filter { $0 % 2 == which }
                    if own != own.sorted() { Issue.record("out of order") }
                }
                received.withLock { $0 += mine }
            }
        }
        for thread in producers { thread.join() }
        queue.close()
        for thread in consumers { thread.join() }
        #expect(received.withLock { $0.sorted() } == Array(0..<10_000))
        #expect(most.withLock { $0 } <= 3)
    }

    @Test func closingFreesWhoWaits() {
        let queue = BoundedQueue<Int>(capacity: 1)
        #expect(queue.push(1))
        let refused = Atomic<Bool>(false)
        let thread = NamedThread("waits") { refused.store(!queue.push(2), ordering: .releasing) }
        queue.close()
        thread.join()
        let wasRefused = refused.load(ordering: .acquiring)
        #expect(wasRefused)
        #expect(queue.pop() == 1)
        #expect(queue.pop() == nil)
        #expect(!queue.push(3))
    }

    @Test func aWaitThatIsLimitedTellsEmptyFromClosed() {
        let queue = BoundedQueue<Int>(capacity: 2)
        let clock = SystemClock()
        let begin = clock.monotonicSeconds
        guard case .nothingYet = queue.pop(timeoutSeconds: 0.05) else {
            Issue.record("an empty queue gave something")
            return
        }
        #expect(clock.monotonicSeconds - begin >= 0.04)
        queue.push(7)
        queue.close()
        guard case .element(7) = queue.pop(timeoutSeconds: 5), case .ended = queue.pop(timeoutSeconds: 5) else {
            Issue.record("a closed queue hands out what is inside, then ends")
            return
        }
    }
}
