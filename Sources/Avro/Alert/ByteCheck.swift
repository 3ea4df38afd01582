import Core

/// Sixteen bytes whose bits under `mask` must be `expected`, from `offset` on.
struct ByteCheck {
    /// What one byte must be.
    typealias Test = (offset: Int, mask: UInt8, expected: UInt8)

    var mask = SIMD16<UInt8>()
    var expected = SIMD16<UInt8>()
    var offset: Int

    /// Few checks that make all the tests, which ascend by offset, on a run of `length` bytes.
    static func checks(_ tested: [Test], length: Int) -> [ByteCheck] {
        var checks: [ByteCheck] = []
        for test in tested {
            if checks.last.map({ test.offset >= $0.offset + 16 }) ?? true {
                // The last one ends with the run, if it can, so that nothing behind the run is read.
                checks.append(ByteCheck(offset: length >= 16 ? min(test.offset, length - 16) : 0))
            }
            let lane = test.offset - checks[checks.count - 1].offset
            checks[checks.count - 1].mask[lane] = test.mask
            checks[checks.count - 1].expected[lane] = test.expected
        }
        return checks
    }

    /// Whether all checks hold; the bytes they look at must be readable.
    @inline(__always) static func agree(
        _ start: UnsafeRawPointer, from first: UnsafeMutablePointer<ByteCheck>, to last: UnsafeMutablePointer<ByteCheck>
    ) -> Bool {
        var check = first
        var difference = SIMD16<UInt8>()
        while check < last {
            let bytes = start.loadUnaligned(fromByteOffset: check.pointee.offset, as: SIMD16<UInt8>.self)
            difference |= (bytes & check.pointee.mask) ^ check.pointee.expected
            check += 1
        }
        let halves = unsafeBitCast(difference, to: SIMD2<UInt64>.self)
        return halves[0] | halves[1] == 0
    }

    /// A copy of the elements that nobody retains; its owner deallocates it.
    static func memory<Element: BitwiseCopyable>(
        _ elements: [Element]
    ) -> (start: UnsafeMutablePointer<Element>, end: UnsafeMutablePointer<Element>) {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
        return (memory, memory + elements.count)
    }
}
