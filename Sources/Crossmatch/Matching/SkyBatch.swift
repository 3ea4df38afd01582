import Core
import Sky

/// The positions of a batch of alerts in sky order: sorted once, shared by every catalogue. Its buffers are reused.
public final class SkyBatch {
    /// One alert, as the matchers need it.
    struct Place: BitwiseCopyable {
        var pixel: Int64
        /// Row of the alert in its batch.
        var row: Int32
        var face: Int32
        var x: Double
        var y: Double
        var raDegrees: Double
        var decDegrees: Double
        var midpointMjdTai: Double
    }

    /// Alerts of the batch, those without a place included.
    public private(set) var alertCount = 0
    /// Those that have a place on the sky, along the HEALPix curve.
    private(set) var places: [Place] = []
    /// Earliest and latest time, NaN aside; nil when no alert has one.
    private(set) var timeSpan: ClosedRange<Double>?

    public init() {}

    /// Takes the columns of a batch, aligned row by row. Rows whose position is not on the sky cannot be matched: *unknown*.
    public func load(
        raDegrees: UnsafeBufferPointer<Double>, decDegrees: UnsafeBufferPointer<Double>,
        midpointMjdTai: UnsafeBufferPointer<Double>
    ) {
        precondition(raDegrees.count == decDegrees.count && raDegrees.count == midpointMjdTai.count)
        alertCount = raDegrees.count
        places.removeAll(keepingCapacity: true)
        var earliest = Double.infinity
        var latest = -Double.infinity
        for row in 0..<raDegrees.count {
            let position = SkyPosition(raDegrees: raDegrees[row], decDegrees: decDegrees[row])
            guard position.isOnSky else { continue }
            let point = HEALPix.facePoint(raDegrees: position.raDegrees, decDegrees: position.decDegrees)
            let time: Double = midpointMjdTai[row]
            earliest = min(earliest, time)
            latest = max(latest, time)
            places.append(
                Place(
                    pixel: HEALPix.pixel(point, order: HEALPix.maxOrder), row: Int32(row), face: Int32(point.face),
                    x: point.x, y: point.y, raDegrees: position.raDegrees, decDegrees: position.decDegrees,
                    midpointMjdTai: time))
        }
        timeSpan = earliest <= latest ? earliest...latest : nil
        places.sort { $0.pixel == $1.pixel ? $0.row < $1.row : $0.pixel < $1.pixel }
    }

    /// Takes the triggers of a batch. A row whose position is null becomes *unknown*, as one off the sky.
    public func load(_ batch: AlertBatch) {
        let ra = batch.source.column("ra")
        let dec = batch.source.column("dec")
        let times = batch.source.column("midpointMjdTai")
        // A null cell holds zero, which is a place: it has to be put off the sky first.
        let missing = zip(ra.stateBuffer, dec.stateBuffer).contains { $0 != 0 || $1 != 0 }
        guard missing else {
            return load(
                raDegrees: UnsafeBufferPointer(ra.buffer(as: Double.self)),
                decDegrees: UnsafeBufferPointer(dec.buffer(as: Double.self)),
                midpointMjdTai: UnsafeBufferPointer(times.buffer(as: Double.self)))
        }
        let checked = (0..<ra.count).map { ra.hasValue($0) && dec.hasValue($0) ? ra.double($0) ?? .nan : .nan }
        checked.withUnsafeBufferPointer {
            load(
                raDegrees: $0, decDegrees: UnsafeBufferPointer(dec.buffer(as: Double.self)),
                midpointMjdTai: UnsafeBufferPointer(times.buffer(as: Double.self)))
        }
    }
}
