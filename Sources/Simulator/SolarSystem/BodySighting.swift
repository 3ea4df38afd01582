import Core
import Glibc
import Sky
import SolarSystem

/// A body as one visit sees it.
struct BodySighting: Sendable {
    let body: SimulatedBody
    /// When the light left it, from the Sun: au and au/d, ICRF axes.
    let helio: HelioState
    /// Then, from the observer now.
    let topo: HelioState
    /// The observer from the Sun, au.
    let observer: Vec3
    /// Astrometric place, ICRS degrees.
    let raDeg: Double
    let decDeg: Double
    let vMagnitude: Double
    let fluxNJy: Double
    let place: (detector: Int, x: Float, y: Float)

    /// V minus the AB magnitude in each filter, of reflected sunlight.
    private static let colours = [-1.6, -0.35, 0.2, 0.35, 0.35, 0.3]

    /// Nil when it is on no detector.
    /// - Parameter state: of the body at the visit's time, not yet with light time.
    init?(_ body: SimulatedBody, state: HelioState, observer: ObserverState, visit: SimulatedVisit) {
        var emitted = state
        var line = state.position + -observer.position
        for _ in 0..<4 {
            let delay: Double = line.length / SolarConstants.lightAuPerDay
            emitted = TwoBody.propagate(state, days: -delay)
            // In the barycentre's frame the Sun moved on while the light was under way.
            line = emitted.position + -observer.position + (-delay) * observer.sunVelocity
        }
        let seen = SkyPosition(line)
        guard seen.isOnSky,
            let offset = FocalPlane.project(
                raDeg: seen.raDegrees, decDeg: seen.decDegrees, centreRaDeg: visit.centreRaDeg,
                centreDecDeg: visit.centreDecDeg),
            let place = FocalPlane.locate(xDeg: offset.0, yDeg: offset.1)
        else { return nil }
        self.body = body
        self.place = place
        helio = emitted
        topo = HelioState(position: line, velocity: emitted.velocity + -observer.velocity)
        self.observer = observer.position
        (raDeg, decDeg) = (seen.raDegrees, seen.decDegrees)
        let phase: Double = emitted.position.angleRadians(to: line) * Angle.degreesPerRadian
        let steady = BodyBrightness.magnitudeV(
            h: body.elements.h ?? 20, g12: body.g12, r: emitted.position.length, delta: line.length, phaseDeg: phase)
        vMagnitude = steady
        let turns: Double = 2 * visit.midpoint.days / body.turnDays
        let magnitude: Double = steady + body.amplitudeMag * sin(2 * Double.pi * (turns - turns.rounded()))
        fluxNJy = pow(10, (31.4 - magnitude + Self.colours[Int(visit.band.rawValue)]) / 2.5)
    }

    var phaseDeg: Double { helio.position.angleRadians(to: topo.position) * Angle.degreesPerRadian }
    var elongationDeg: Double { (-observer).angleRadians(to: topo.position) * Angle.degreesPerRadian }
}
