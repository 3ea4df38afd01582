import SolarSystem

/// The orbits of the simulated bodies that are known outside, as `nightjar orbits import` reads them: the plain CSV.
public struct SyntheticOrbitFile: Sendable {
    public let bodies: [SimulatedBody]

    public static let header = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g,a1,a2,a3"

    /// Hands the file to `write`, in pieces. Numbers are the shortest that give the same doubles again.
    public func writeCSV(_ write: (String) throws -> Void) rethrows {
        try write(Self.header + "\n")
        for body in bodies where body.hasPublishedOrbit { try write(Self.line(body) + "\n") }
    }

    private static func line(_ body: SimulatedBody) -> String {
        let orbit = body.elements
        let push = orbit.nonGravitational
        let numbers: [Double?] = [
            orbit.qAu, orbit.eccentricity, orbit.inclinationDeg, orbit.nodeDeg, orbit.argPeriDeg,
            orbit.timeOfPerihelionMjdTT, orbit.epochMjdTT, orbit.h, orbit.g, push?.a1, push?.a2, push?.a3,
        ]
        return body.designation.unpacked + "," + numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",")
    }
}
