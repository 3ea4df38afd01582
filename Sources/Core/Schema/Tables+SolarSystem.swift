extension Tables {
    /// An orbit that is predicted near a detection at the detection's own time: ssSource's columns computed by us, and how sure.
    ///
    /// `ssObjectId` and `designation` are the orbit's. `diaDistanceRank` is null where candidates are stored: it hangs on the
    /// whole visit.
    public static let ssoCandidate = TableSchema(
        name: "ssoCandidate", description: "An orbit predicted near a detection, with what follows from it.",
        columns: ssSource.columns + [
            ColumnSchema(
                id: 101, name: "orbit_rank", type: .int32, ucd: "stat.rank",
                description: "Place of the orbit among those near the detection; 1 is the nearest."),
            ColumnSchema(
                id: 102, name: "mahalanobis", type: .float32, ucd: "stat.fit.residual",
                description: "Offset in standard deviations of prediction and detection; null without a covariance."),
            ColumnSchema(
                id: 103, name: "sigma_major_arcsec", type: .float32, unit: "arcsec", ucd: "stat.error;pos.eq",
                description: "Long half axis of the prediction's 1 sigma ellipse; null without a covariance."),
            ColumnSchema(
                id: 104, name: "sigma_minor_arcsec", type: .float32, unit: "arcsec", ucd: "stat.error;pos.eq",
                description: "Short half axis of the prediction's 1 sigma ellipse; null without a covariance."),
            ColumnSchema(
                id: 105, name: "sigma_pa_deg", type: .float32, unit: "deg", ucd: "pos.posAng;pos.errorEllipse",
                description: "Position angle of the ellipse's long axis, from north through east."),
            ColumnSchema(
                id: 106, name: "orbit_epoch_mjd_tt", type: .float64, unit: "d", ucd: "time.epoch",
                description: "Epoch of the orbit's elements, MJD (TT)."),
        ])

    /// What we say of an alert: one row an alert, what filters see as `sso`. All but `status`, `provisional`, `candidates` and
    /// `packet_agreement` is null unless matched.
    public static let sso = TableSchema(
        name: "sso", description: "The Solar System object that an alert is attributed to by our own prediction.",
        columns: ssoCandidate.columns.map { column in
            ColumnSchema(
                id: column.id, name: column.name, type: column.type, unit: column.unit, ucd: column.ucd,
                description: column.description)
        } + [
            ColumnSchema(
                id: 201, name: "status", type: .string, ucd: "meta.code.status", isNullable: false,
                description: "matched, unmatched, or unknown where no prediction could be made."),
            ColumnSchema(
                id: 202, name: "provisional", type: .bool, ucd: "meta.code", isNullable: false,
                description: "Whether a detection of the same visit may still be found nearer to the prediction."),
            ColumnSchema(
                id: 203, name: "candidates", type: .int32, ucd: "meta.number",
                description: "Orbits predicted near the detection; null when unknown."),
            ColumnSchema(
                id: 204, name: "packet_agreement", type: .string, ucd: "meta.code", isNullable: false,
                description: "Of packet and us: agrees, disagrees, packet_only, ours_only, none, or unknown."),
        ])
}
