extension Tables {
    /// What follows from all detections of a Solar System object; Rubin's SSObject 11.1 with the H, G system and the last
    /// observation beside it, without the distances to the Earth's orbit.
    ///
    /// Columns of a band have ids 100 × (1 + its place in ugrizy) and up.
    public static let ssObject = TableSchema(
        name: "ssObject", description: "What follows from all detections of a Solar System object.",
        columns: bodyColumns + Band.allCases.flatMap(bandColumns))

    private static let bodyColumns = [
        ColumnSchema(
            id: 1, name: "ssObjectId", type: .int64, ucd: "meta.id;src", isNullable: false,
            description: "Number that Rubin gives to the Solar System object."),
        ColumnSchema(
            id: 2, name: "designation", type: .string, ucd: "meta.id;src",
            description: "Primary provisional designation in readable form; the number where no other is known."),
        ColumnSchema(
            id: 3, name: "nObs", type: .int32, ucd: "meta.number;obs", isNullable: false,
            description: "Detections of the object."),
        ColumnSchema(
            id: 4, name: "arc", type: .float32, unit: "d", ucd: "time.duration;obs",
            description: "Time between the first and the last detection."),
        ColumnSchema(
            id: 5, name: "firstObservationMjdTai", type: .float64, unit: "d", ucd: "time.epoch;obs",
            description: "Time of the first detection."),
        ColumnSchema(
            id: 6, name: "lastObservationMjdTai", type: .float64, unit: "d", ucd: "time.epoch;obs",
            description: "Time of the last detection."),
        ColumnSchema(
            id: 7, name: "tisserand_J", type: .float32, ucd: "src.orbital.TissJ",
            description: "Tisserand parameter with respect to Jupiter, of the orbit in use."),
        ColumnSchema(
            id: 8, name: "extendednessMax", type: .float32, ucd: "src.class.starGalaxy;stat.max",
            description: "Largest extendedness of the detections."),
        ColumnSchema(
            id: 9, name: "extendednessMedian", type: .float32, ucd: "src.class.starGalaxy;stat.median",
            description: "Median extendedness of the detections."),
        ColumnSchema(
            id: 10, name: "extendednessMin", type: .float32, ucd: "src.class.starGalaxy;stat.min",
            description: "Smallest extendedness of the detections."),
    ]

    private static func bandColumns(_ band: Band) -> [ColumnSchema] {
        let first = 100 * (UInt16(band.rawValue) + 1)
        func column(
            _ id: UInt16, _ name: String, _ type: ColumnType = .float32, unit: String = "", ucd: String,
            isNullable: Bool = true, _ description: String
        ) -> ColumnSchema {
            ColumnSchema(
                id: first + id, name: name, type: type, unit: unit, ucd: ucd, isNullable: isNullable,
                description: description + " (\(band) band).")
        }
        return [
            column(0, "\(band)_nObs", .int32, ucd: "meta.number;obs", isNullable: false, "Detections"),
            column(1, "\(band)_H", unit: "mag", ucd: "phot.mag", "Absolute magnitude in the H, G12 system"),
            column(2, "\(band)_HErr", unit: "mag", ucd: "stat.error;phot.mag", "Error of H in the H, G12 system"),
            column(3, "\(band)_G12", ucd: "stat.fit.param", "Slope G12; 0.5 where it could not be fitted"),
            column(4, "\(band)_G12Err", ucd: "stat.error;stat.fit.param", "Error of G12; null where it was not fitted"),
            column(
                5, "\(band)_H_\(band)_G12_Cov", unit: "mag", ucd: "stat.covariance;phot.mag;stat.fit.param",
                "Covariance of H and G12; null where G12 was not fitted"),
            column(
                6, "\(band)_nObsUsed", .int32, ucd: "meta.number;obs", isNullable: false,
                "Detections that the phase curve was fitted to: of positive flux, with our geometry"),
            column(7, "\(band)_Chi2", ucd: "stat.fit.chi2", "Chi-squared of the fit in the H, G12 system"),
            column(
                8, "\(band)_phaseAngleMin", unit: "deg", ucd: "pos.phaseAng;stat.min",
                "Smallest phase angle of the detections used"),
            column(
                9, "\(band)_phaseAngleMax", unit: "deg", ucd: "pos.phaseAng;stat.max",
                "Largest phase angle of the detections used"),
            column(
                10, "\(band)_slope_fit_failed", .bool, ucd: "meta.code.qual",
                "Whether G12 is the usual value, because it could not be fitted"),
            column(20, "\(band)_HG_H", unit: "mag", ucd: "phot.mag", "Absolute magnitude in the H, G system"),
            column(21, "\(band)_HG_HErr", unit: "mag", ucd: "stat.error;phot.mag", "Error of H in the H, G system"),
            column(22, "\(band)_HG_G", ucd: "stat.fit.param", "Slope G; 0.15 where it could not be fitted"),
            column(23, "\(band)_HG_GErr", ucd: "stat.error;stat.fit.param", "Error of G; null where it was not fitted"),
            column(
                24, "\(band)_HG_H_G_Cov", unit: "mag", ucd: "stat.covariance;phot.mag;stat.fit.param",
                "Covariance of H and G; null where G was not fitted"),
            column(25, "\(band)_HG_Chi2", ucd: "stat.fit.chi2", "Chi-squared of the fit in the H, G system"),
        ]
    }
}
