import Core
import SolarSystem

/// A simulated body of the Solar System.
public struct SimulatedBody: Sendable {
    /// Who knows its orbit.
    public enum Knowledge: UInt8, Sendable {
        /// The packets name it, and it is in the exported orbits.
        case both
        /// The packets name it: found after the orbits were exported.
        case packetOnly
        /// In the exported orbits; the packets take it for something that does not move.
        case orbitsOnly
        /// Nobody: to be discovered.
        case nobody
    }

    let seed: UInt64
    public let population: BodyPopulation
    public let designation: Designation
    /// Rubin's id of the designation, whether or not packets tell it.
    public let ssObjectId: SSObjectID
    /// As published, osculating at the configuration's epoch.
    public let elements: CometaryElements
    /// Slope of the H, G12 system by which it really shines; NaN of comets.
    let g12: Double
    /// Of its brightness, which it repeats twice a turn.
    let turnDays: Double
    let amplitudeMag: Double
    public let knowledge: Knowledge

    /// Whether it is in the exported orbits.
    public var hasPublishedOrbit: Bool { knowledge == .both || knowledge == .orbitsOnly }
    /// Whether packets name it.
    public var isInPackets: Bool { knowledge == .both || knowledge == .packetOnly }
}
