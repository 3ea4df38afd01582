extension Tables {
    /// Forced photometry at the place of an object on a difference image.
    public static let diaForcedSource = TableSchema(
        name: "diaForcedSource", description: "Forced photometry at the place of an object on a difference image.",
        columns: [
            ColumnSchema(id: 1, name: "diaForcedSourceId", type: .int64, unit: "", ucd: "", isNullable: false, description: ""),
            ColumnSchema(id: 2, name: "diaObjectId", type: .int64, unit: "", ucd: "meta.id;src", isNullable: false, description: ""),
            ColumnSchema(id: 3, name: "ra", type: .float64, unit: "deg", ucd: "pos.eq.ra", isNullable: false, description: ""),
            ColumnSchema(id: 4, name: "dec", type: .float64, unit: "deg", ucd: "pos.eq.dec", isNullable: false, description: ""),
            ColumnSchema(id: 5, name: "visit", type: .int64, unit: "", ucd: "meta.id;obs.image", isNullable: false, description: ""),
            ColumnSchema(id: 6, name: "detector", type: .int32, unit: "", ucd: "meta.id;obs.image", isNullable: false, description: ""),
            ColumnSchema(id: 7, name: "psfFlux", type: .float32, unit: "nJy", ucd: "phot.count", isNullable: true, description: ""),
            ColumnSchema(id: 8, name: "psfFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.count", isNullable: true, description: ""),
            ColumnSchema(id: 9, name: "midpointMjdTai", type: .float64, unit: "d", ucd: "time.epoch", isNullable: false, description: ""),
            ColumnSchema(id: 10, name: "scienceFlux", type: .float32, unit: "nJy", ucd: "phot.count", isNullable: true, description: ""),
            ColumnSchema(id: 11, name: "scienceFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.count", isNullable: true, description: ""),
            ColumnSchema(id: 12, name: "band", type: .string, unit: "", ucd: "meta.id;instr.filter", isNullable: true, description: ""),
            ColumnSchema(id: 13, name: "timeProcessedMjdTai", type: .float64, unit: "", ucd: "", isNullable: false, description: ""),
            ColumnSchema(id: 14, name: "timeWithdrawnMjdTai", type: .float64, unit: "", ucd: "", isNullable: true, description: ""),
        ])
}
