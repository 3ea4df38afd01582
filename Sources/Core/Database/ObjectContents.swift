/// What the planner asks in the rare batches that revise points, or bring detections that may be another object's.
public struct ContentsRequest: Sendable, Equatable {
    /// Objects whose points are needed in full, ascending.
    public var objects: [DiaObjectID] = []
    /// Detections that an object has newly got: another one may hold them, ascending.
    public var detections: [DiaSourceID] = []

    public init() {}
    public var isEmpty: Bool { objects.isEmpty && detections.isEmpty }
}

/// Where a detection is stored.
public struct DetectionPlace: Sendable, Equatable {
    /// None for the detection of a Solar System object.
    public let diaObjectId: DiaObjectID
    public let home: Home
    public let midpoint: MJD

    public init(diaObjectId: DiaObjectID, home: Home, midpoint: MJD) {
        self.diaObjectId = diaObjectId
        self.home = home
        self.midpoint = midpoint
    }
}

/// An object with the newest revision of each of its points, withdrawn ones included, ascending by time.
public struct ObjectContents {
    /// Nil when the database does not know the object.
    public let record: ObjectRecord?
    public let detections: ColumnTable
    public let forced: ColumnTable

    public init(record: ObjectRecord?, detections: ColumnTable, forced: ColumnTable) {
        self.record = record
        self.detections = detections
        self.forced = forced
    }
}

/// The answer to a `ContentsRequest`: the objects asked for and those that hold the detections asked for.
public struct Contents {
    public var objects: [DiaObjectID: ObjectContents] = [:]
    /// One entry a detection that was asked for; its value is nil when no object holds it.
    public var places: [DiaSourceID: DetectionPlace?] = [:]

    public init() {}

    public mutating func merge(_ other: Contents) {
        objects.merge(other.objects) { _, new in new }
        places.merge(other.places) { _, new in new }
    }
}

/// A point that an object, or a place in time, loses: hidden from this round on, kept for earlier ones.
public struct PointRemoval: Sendable, Equatable {
    public let diaObjectId: DiaObjectID
    public let home: Home
    public let diaSourceId: DiaSourceID
    public let midpoint: MJD
    public let round: Int32

    public init(diaObjectId: DiaObjectID, home: Home, diaSourceId: DiaSourceID, midpoint: MJD, round: Int32) {
        self.diaObjectId = diaObjectId
        self.home = home
        self.diaSourceId = diaSourceId
        self.midpoint = midpoint
        self.round = round
    }
}
