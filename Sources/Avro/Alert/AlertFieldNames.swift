/// What older alert schemas called the fields of the newest one. Names are looked up here only after their own.
///
/// Only renames that keep the meaning and the unit are here; `residualRa` (deg) is not `ephOffsetRa` (arcsec), and the
/// heliocentric velocities of 8.0 and 9.0 have another unit: those stay extras.
enum AlertFieldNames {
    /// The table that a field of the packet goes to.
    static func table(forField name: String) -> AlertTable? {
        if name == "MPCORB" { return .mpcOrbits }
        return AlertTable.allCases.first { $0 != .packet && $0.fieldName == name }
    }

    /// The model's column for a field of a writer's record, nil when the model has none.
    static func column(_ name: String, in table: AlertTable) -> Int? {
        if let position = table.schema.position(of: name) { return position }
        let renames: [String: String] =
            switch table {
            case .source, .detections: common.merging(source) { _, new in new }
            case .forced: common
            case .object: common.merging(object) { _, new in new }
            case .packetSSO: solarSystem
            case .mpcOrbits: orbit
            case .packet: [:]
            }
        return renames[name].flatMap(table.schema.position)
    }

    private static let common = [
        "midPointTai": "midpointMjdTai", "psFlux": "psfFlux", "psFluxErr": "psfFluxErr", "decl": "dec",
        "declErr": "decErr",
        "filterName": "band", "time_processed": "timeProcessedMjdTai", "time_withdrawn": "timeWithdrawnMjdTai",
    ]

    private static let source = [
        "is_negative": "isNegative", "psLnL": "psfLnL", "psChi2": "psfChi2", "psNdata": "psfNdata",
        "ra_decl_Cov": "ra_dec_Cov",
    ]

    private static let object = [
        "validityStart": "validityStartMjdTai", "ra_decl_Cov": "ra_dec_Cov",
        "uPSFluxMean": "u_psfFluxMean", "gPSFluxMean": "g_psfFluxMean", "rPSFluxMean": "r_psfFluxMean",
        "iPSFluxMean": "i_psfFluxMean", "zPSFluxMean": "z_psfFluxMean", "yPSFluxMean": "y_psfFluxMean",
    ]

    private static let solarSystem = [
        "eclipticLambda": "eclLambda", "eclipticBeta": "eclBeta", "galacticL": "galLon", "galacticB": "galLat",
        "heliocentricDist": "helioRange", "topocentricDist": "topoRange", "predictedVMagnitude": "ephVmag",
        "heliocentricX": "helio_x", "heliocentricY": "helio_y", "heliocentricZ": "helio_z",
        "topocentricX": "topo_x", "topocentricY": "topo_y", "topocentricZ": "topo_z",
    ]

    private static let orbit = [
        "mpcDesignation": "designation", "mpcH": "h", "epoch": "epoch_mjd", "M": "mean_anomaly", "peri": "argperi",
        "incl": "i", "t_p": "peri_time",
    ]
}
