import SolarSystem
import Testing

@Suite struct CometaryElementsTests {
    @Test func anEllipseKnowsItsNearestPerihelion() {
        // Ceres of 2025-05-05: M = 188.70269 deg is 171.29731 deg before the next perihelion.
        let ceres = CometaryElements(
            semiMajorAxisAu: 2.766_051_2, eccentricity: 0.079_401_3, inclinationDeg: 10.587_80, nodeDeg: 80.252_21,
            argPeriDeg: 73.273_43, meanAnomalyDeg: 188.702_69, epochMjdTT: 60_800)
        #expect(abs(ceres.qAu - 2.546_423) < 1e-6)
        // The file's own mean motion, 0.21424651 deg a day.
        #expect(abs(ceres.timeOfPerihelionMjdTT - (60_800 + 171.297_31 / 0.214_246_51)) < 1e-4)
    }
}
