import Core
import Testing

@testable import SolarSystem

@Suite struct SSObjectTests {
    private func detections() -> [SolarDetection] {
        let r = PhaseCurveFitTests.points(14, h: 17.2, g12: 0.4, 2...20)
        let g = PhaseCurveFitTests.points(4, h: 17.8, g12: 0.4, 2...20, scatter: 0)
        let measured = [(Band.r, r), (Band.g, g)].flatMap { band, points in
            points.enumerated().map { index, point in
                SolarDetection(
                    midpoint: MJD(61_000 + Double(index)), band: band, reducedMagnitude: point.reducedMagnitude,
                    magnitudeErr: point.error, phaseAngleDeg: point.phaseDeg, extendedness: Double(index) / 100)
            }
        }
        // Without a flux above zero it counts as a detection, and that is all.
        return measured + [
            SolarDetection(
                midpoint: MJD(61_050.5), band: .r, reducedMagnitude: .nan, magnitudeErr: .nan, phaseAngleDeg: 3)
        ]
    }

    private func row(_ detections: [SolarDetection], _ elements: CometaryElements? = nil) -> ColumnTable {
        let table = ColumnTable(schema: Tables.ssObject)
        SSObjectBuilder.append(
            id: SSObjectID(rawValue: 7), designation: "2006 TK6", elements: elements, detections: detections, to: table)
        return table
    }

    @Test func countsArcAndFits() throws {
        let table = row(detections())
        #expect(table.column("ssObjectId").int64(0) == 7 && table.string("designation", 0) == "2006 TK6")
        #expect(table.column("nObs").int32(0) == 19 && table.column("arc").float(0) == 50.5)
        #expect(table.column("firstObservationMjdTai").double(0) == 61_000)
        #expect(table.column("lastObservationMjdTai").double(0) == 61_050.5)
        #expect(table.column("r_nObs").int32(0) == 15 && table.column("r_nObsUsed").int32(0) == 14)
        #expect(table.column("r_slope_fit_failed").bool(0) == false)
        let fit = try #require(
            PhaseCurveFit(PhaseCurveFitTests.points(14, h: 17.2, g12: 0.4, 2...20), .hg12))
        for (name, value) in [
            ("r_H", fit.h), ("r_HErr", fit.hErr), ("r_G12", fit.slope), ("r_G12Err", fit.slopeErr),
            ("r_H_r_G12_Cov", fit.covariance), ("r_Chi2", fit.chi2),
        ] {
            let cell = try #require(table.column(name).float(0))
            #expect(abs(Double(cell) - value) <= 1e-5 * abs(value), "\(name)")
        }
        #expect(table.column("r_HG_G").hasValue(0) && table.column("r_HG_H_G_Cov").hasValue(0))
        // Four points have a magnitude with the usual slope.
        #expect(table.column("g_slope_fit_failed").bool(0) == true && table.column("g_G12").float(0) == 0.5)
        #expect(table.column("g_H").hasValue(0) && !table.column("g_H_g_G12_Cov").hasValue(0))
        #expect(table.column("u_nObs").int32(0) == 0 && !table.column("u_H").hasValue(0))
        #expect(!table.column("u_slope_fit_failed").hasValue(0) && !table.column("tisserand_J").hasValue(0))
        #expect(table.column("extendednessMax").float(0) == 0.13 && table.column("extendednessMin").float(0) == 0)
        #expect(table.column("extendednessMedian").float(0) == 0.045)
    }

    /// The same detections in another order give the same row, to the bit.
    @Test func orderDoesNotMatter() {
        var random = SeededRandom(seed: 3)
        let one = row(detections())
        for _ in 0..<20 {
            let mixed = detections().map { ($0, random.uniform()) }.sorted { $0.1 < $1.1 }.map(\.0)
            let other = row(mixed)
            for (index, column) in Tables.ssObject.columns.enumerated() where column.type.isNumeric {
                #expect(one.columns[index].number(0) == other.columns[index].number(0), "\(column.name), seed 3")
            }
        }
    }

    @Test func noDetectionHasARow() {
        let table = row([])
        #expect(table.rowCount == 1 && table.column("nObs").int32(0) == 0 && !table.column("arc").hasValue(0))
    }

    /// Tisserand parameters of JPL's Small-Body Database: Ceres 3.310, 1P/Halley −0.598.
    @Test func tisserand() {
        let ceres = CometaryElements(
            qAu: 2.5466, eccentricity: 0.0797, inclinationDeg: 10.588, nodeDeg: 80, argPeriDeg: 73,
            timeOfPerihelionMjdTT: 61_000, epochMjdTT: 61_000)
        let halley = CometaryElements(
            qAu: 0.5748, eccentricity: 0.96793, inclinationDeg: 162.19, nodeDeg: 59, argPeriDeg: 112,
            timeOfPerihelionMjdTT: 46_470, epochMjdTT: 61_000)
        #expect(abs(SSObjectBuilder.tisserandJupiter(ceres) - 3.310) < 0.002)
        #expect(abs(SSObjectBuilder.tisserandJupiter(halley) + 0.598) < 0.002)
    }

    /// Names that Rubin has are Rubin's, with its types and units; ours beside them are named here.
    @Test func columnsAreRubins() throws {
        guard let folder = SharedReference.folder, let text = TextFile.read(folder + "/../../tables/sdm_tables.csv") else {
            print("skipped: no shared data")
            return
        }
        var rubin: [String: (type: String, unit: String)] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("ApdbSchema,10.0.0,SSObject,") {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            rubin[String(cells[3])] = (String(cells[4]), String(cells[6]))
        }
        try #require(rubin.count == 80)
        let ours = Set(Tables.ssObject.columns.map(\.name))
        let left = Set(rubin.keys).subtracting(ours)
        #expect(left.allSatisfy { $0.hasPrefix("MOIDEarth") }, "\(left)")
        let more = ours.subtracting(rubin.keys)
        #expect(more.allSatisfy { $0 == "lastObservationMjdTai" || $0.contains("_HG_") }, "\(more)")
        let types = ["long": ColumnType.int64, "int": .int32, "float": .float32, "double": .float64, "boolean": .bool]
        for column in Tables.ssObject.columns {
            guard let known = rubin[column.name] else { continue }
            #expect(column.type == types[known.type] ?? .string, "\(column.name)")
            // Rubin has mag**2 for the covariance of a magnitude and a number.
            #expect(column.unit == (known.unit == "mag**2" ? "mag" : known.unit), "\(column.name)")
        }
    }
}
