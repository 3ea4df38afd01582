/// Finds points by their keys in a list whose order is about the order in which it is asked: each kind of point goes on
/// from where the last one was, so that asking for all of a long history does not take its square.
public struct PointSearch {
    private let points: ArraySlice<KnownPoint>
    private var nextDetection: Int
    private var nextForced: Int

    public init(_ points: ArraySlice<KnownPoint>) {
        self.points = points
        nextDetection = points.startIndex
        nextForced = points.startIndex
    }

    /// The first point with this key at or after the last one found, else before it.
    public mutating func find(_ key: PointKey) -> KnownPoint? {
        let start = key.kind == .detection ? nextDetection : nextForced
        let found =
            PointSearch.index(of: key, in: points, start..<points.endIndex)
            ?? PointSearch.index(of: key, in: points, points.startIndex..<start)
        guard let found else { return nil }
        if key.kind == .detection { nextDetection = found + 1 } else { nextForced = found + 1 }
        return points[found]
    }

    private static func index(of key: PointKey, in points: ArraySlice<KnownPoint>, _ range: Range<Int>) -> Int? {
        points.withUnsafeBufferPointer { buffer in
            let base = points.startIndex
            for index in range where buffer[index - base].key == key { return index }
            return nil
        }
    }
}
