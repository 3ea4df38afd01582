/// The memory that a program works in: grows to the largest batch and is reused.
final class VectorRegisters {
    private(set) var capacity = 0
    private var numbers: [UnsafeMutableRawPointer] = []
    private var numberStates: [UnsafeMutablePointer<UInt8>] = []
    private var outcomes: [UnsafeMutablePointer<UInt8>] = []
    private var texts: [UnsafeMutablePointer<UnsafeRawBufferPointer>] = []
    private var textStates: [UnsafeMutablePointer<UInt8>] = []

    deinit { free() }

    private func free() {
        for pointer in numbers { pointer.deallocate() }
        for pointer in numberStates + outcomes + textStates { pointer.deallocate() }
        for pointer in texts { pointer.deallocate() }
        numbers = []
        numberStates = []
        outcomes = []
        texts = []
        textStates = []
    }

    func prepare(_ block: Block, lanes: Int) {
        if lanes > capacity {
            free()
            capacity = max(lanes, 1024)
        }
        while numbers.count < block.numberCount {
            numbers.append(.allocate(byteCount: capacity * 8, alignment: 64))
            numberStates.append(.allocate(capacity: capacity))
        }
        while outcomes.count < block.outcomeCount { outcomes.append(.allocate(capacity: capacity)) }
        while texts.count < block.textCount {
            texts.append(.allocate(capacity: capacity))
            textStates.append(.allocate(capacity: capacity))
        }
    }

    @inline(__always) func double(_ index: Int) -> UnsafeMutablePointer<Double> {
        numbers[index].assumingMemoryBound(to: Double.self)
    }
    @inline(__always) func integer(_ index: Int) -> UnsafeMutablePointer<Int64> {
        numbers[index].assumingMemoryBound(to: Int64.self)
    }
    @inline(__always) func numberState(_ index: Int) -> UnsafeMutablePointer<UInt8> { numberStates[index] }
    @inline(__always) func outcome(_ index: Int) -> UnsafeMutablePointer<UInt8> { outcomes[index] }
    @inline(__always) func text(_ index: Int) -> UnsafeMutablePointer<UnsafeRawBufferPointer> { texts[index] }
    @inline(__always) func textState(_ index: Int) -> UnsafeMutablePointer<UInt8> { textStates[index] }
}

/// The rows that the lanes stand for.
struct Lanes {
    /// Alert of each lane.
    let outer: UnsafeMutablePointer<Int32>
    /// Row of the subquery's table of each lane; the complement of the alert's row stands for the trigger itself.
    let inner: UnsafeMutablePointer<Int32>?
    var count: Int
}

/// Texts made while evaluating, at addresses that stay.
final class TextScratch {
    private var blocks: [UnsafeMutableRawBufferPointer] = []
    private var used = 0

    deinit { for block in blocks { block.deallocate() } }

    func removeAll() {
        for block in blocks { block.deallocate() }
        blocks = []
        used = 0
    }

    func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if blocks.isEmpty || used + count > blocks[blocks.count - 1].count {
            blocks.append(.allocate(byteCount: max(count, 16_384), alignment: 1))
            used = 0
        }
        defer { used += count }
        return UnsafeMutableRawBufferPointer(rebasing: blocks[blocks.count - 1][used..<used + count])
    }
}
