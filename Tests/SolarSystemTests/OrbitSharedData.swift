import Glibc
import SolarSystem
import Testing

/// Reference values beside the repository, used when they are there.
enum OrbitSharedData {
    /// The folder from NIGHTJAR_SHARED, else `../shared` beside the repository's root; nil with a note when absent.
    static let folder: String? = {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let candidates = [getenv("NIGHTJAR_SHARED").map { String(cString: $0) }, root + "/../shared", root + "/../../shared"]
        for case let one? in candidates where access(one + "/data/solar-system", R_OK) == 0 {
            return one + "/data/solar-system"
        }
        print("skipped: no shared data (set NIGHTJAR_SHARED)")
        return nil
    }()
}

@Suite struct RealOrbitFileTests {
    @Test func realLinesOfMPCORB() throws {
        guard let folder = OrbitSharedData.folder else { return }
        let scratch = OrbitScratch()
        let report = try scratch.imports(folder + "/mpcorb_lines.txt", strict: true)
        #expect(report.files[0].format == .mpcorb && report.orbits == 3 && report.duplicates == 3)
        let set = try scratch.set()
        #expect((0..<3).map { set.designation($0) } == ["1", "2", "4"])
        #expect((0..<3).compactMap { set.name($0) } == ["Ceres", "Pallas", "Vesta"])
        // K2669 twice, K25BL once: 2026 June 9 and 2025 November 21.
        #expect(Array(set.epochMjdTT) == [61_200, 61_200, 61_000])
    }

    @Test func realRowsOfMPCOrbitsWithCovariance() throws {
        guard let folder = OrbitSharedData.folder else { return }
        let scratch = OrbitScratch()
        let report = try scratch.imports(folder + "/mpc_orbits_rows.json", strict: true)
        #expect(report.files[0].format == .mpcOrbitsJSON && report.orbits == 4 && report.counts.withCovariance == 4)
        let set = try scratch.set()
        let row = try #require(set.row(named: "2026 DF62"))
        let one = set.elements(row)
        #expect(one.qAu == 1.961_741_810_427_78 && one.timeOfPerihelionMjdTT == 60_869.026_532_215_6)
        let covariance = try #require(set.covariance(row))
        #expect(covariance.basis == .cartesian && covariance[0, 0] == 0.002_156_081_219_552_059)
        #expect(covariance[5, 0] == -9.137_116_605_133_784e-07 && covariance[0, 5] == covariance[5, 0])
        #expect(covariance.values.first == -1.022_506_907_338_29)
        #expect(set.row(named: "K07VY7Y") == set.row(named: "2007 VY347"))
    }

    @Test func theSampleOfASSISTIsATableOfOrbitsToo() throws {
        guard let folder = OrbitSharedData.folder else { return }
        let scratch = OrbitScratch()
        let report = try scratch.imports(folder + "/assist_x05_sample.csv", strict: true)
        #expect(report.orbits == 108 && report.duplicates == 540)
        let set = try scratch.set()
        #expect(set.qAu[try #require(set.row(named: "S100cv2Ua"))] == 2.88546)
        // Ephemerides are no orbits.
        #expect(throws: (any Error).self) { try scratch.imports(folder + "/assist_x05_mpc_orbits.csv") }
    }
}
