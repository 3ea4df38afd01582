import Core

/// One measurement of a source: all that is needed to write its record again.
struct MeasuredPoint {
    var visitIndex: Int32
    var counter: Int32
    var detector: Int16
    var x: Float
    var y: Float
    var flux: Float
    var fluxErr: Float
    var templateFlux: Float
    var scienceFlux: Float

    var signalToNoise: Float { abs(flux) / fluxErr }
}

/// What the simulated telescope has seen of a fixed source.
struct ObjectState {
    /// 0 until the first detection.
    var id: Int64 = 0
    var detections: [MeasuredPoint] = []
    var forced: [MeasuredPoint] = []
}
