extension Tables {
    /// Forced photometry at the place of an object on a difference image.
    public static let diaForcedSource = TableSchema(
        name: "diaForcedSource", description: "Forced photometry at the place of an object on a difference image.",
        columns: [
            ColumnSchema(
                id: 1, name: "diaForcedSourceId", type: .int64, ucd: "meta.id;meta.main", isNullable: false,
                description: "Unique number of this measurement."),
            ColumnSchema(
                id: 2, name: "diaObjectId", type: .int64, ucd: "meta.id;src", isNullable: false,
                description: "Object at whose place the flux was measured."),
            ColumnSchema(
                id: 3, name: "ra", type: .float64, unit: "deg", ucd: "pos.eq.ra", isNullable: false,
                description: "Right ascension (ICRS) of the place measured."),
            ColumnSchema(
                id: 4, name: "dec", type: .float64, unit: "deg", ucd: "pos.eq.dec", isNullable: false,
                description: "Declination (ICRS) of the place measured."),
            ColumnSchema(
                id: 5, name: "visit", type: .int64, ucd: "meta.id;obs.image", isNullable: false,
                description: "Visit (exposure) that was measured."),
            ColumnSchema(
                id: 6, name: "detector", type: .int32, ucd: "meta.id;instr.det", isNullable: false,
                description: "Camera detector that was measured."),
            ColumnSchema(
                id: 7, name: "psfFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Point-source flux forced on the difference image."),
            ColumnSchema(
                id: 8, name: "psfFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of psfFlux."),
            ColumnSchema(
                id: 9, name: "midpointMjdTai", type: .float64, unit: "d",
                ucd: "time.epoch;obs.exposure", isNullable: false,
                description: "Effective middle of the exposure, MJD in TAI."),
            ColumnSchema(
                id: 10, name: "scienceFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Point-source flux forced on the undifferenced visit image."),
            ColumnSchema(
                id: 11, name: "scienceFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of scienceFlux."),
            ColumnSchema(
                id: 12, name: "band", type: .string, ucd: "meta.id;instr.filter",
                description: "Filter of the visit: u, g, r, i, z or y."),
            ColumnSchema(
                id: 13, name: "timeProcessedMjdTai", type: .float64, unit: "d",
                ucd: "time.processing", isNullable: false,
                description: "When the record was made, MJD in TAI."),
            ColumnSchema(
                id: 14, name: "timeWithdrawnMjdTai", type: .float64, unit: "d", ucd: "time.epoch",
                description: "When the record was declared invalid, MJD in TAI; null while it is valid."),
        ])
}
