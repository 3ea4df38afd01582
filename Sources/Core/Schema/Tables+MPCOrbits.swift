extension Tables {
    /// Orbits of the Minor Planet Center, as the packet brings them.
    public static let mpcOrbits = TableSchema(
        name: "mpc_orbits", description: "Orbits of the Minor Planet Center, as the packet brings them.",
        columns: [
            ColumnSchema(
                id: 1, name: "id", type: .int32, ucd: "meta.record", isNullable: false,
                description: "Number of the row in the catalogue of the Minor Planet Center."),
            ColumnSchema(
                id: 2, name: "designation", type: .string, ucd: "meta.id;src", isNullable: false,
                description: "Primary provisional designation in readable form."),
            ColumnSchema(
                id: 3, name: "packed_primary_provisional_designation", type: .string,
                ucd: "meta.id;src", isNullable: false,
                description: "Primary provisional designation in packed form."),
            ColumnSchema(
                id: 4, name: "unpacked_primary_provisional_designation", type: .string,
                ucd: "meta.id;src", isNullable: false,
                description: "Primary provisional designation in readable form, as 2006 TK6."),
            ColumnSchema(
                id: 5, name: "mpc_orb_jsonb", type: .string, ucd: "meta.note",
                description: "The full orbit solution with covariance matrices, as a JSON document."),
            ColumnSchema(
                id: 6, name: "created_at", type: .int64, unit: "us", ucd: "time.creation;meta.dataset",
                description: "When the row was created, since 1970 (UTC)."),
            ColumnSchema(
                id: 7, name: "updated_at", type: .int64, unit: "us", ucd: "time.processing;meta.dataset",
                description: "When the row was last changed, since 1970 (UTC)."),
            ColumnSchema(
                id: 8, name: "orbit_type_int", type: .int32, ucd: "meta.code.class;src.orbital",
                description: "Dynamical class of the orbit, as a code of the Minor Planet Center."),
            ColumnSchema(
                id: 9, name: "u_param", type: .int32, ucd: "meta.code.qual;src.orbital",
                description: "Uncertainty class of the orbit, 0 (best) to 9."),
            ColumnSchema(
                id: 10, name: "nopp", type: .int32, ucd: "meta.number;obs",
                description: "Oppositions at which the object was observed."),
            ColumnSchema(
                id: 11, name: "arc_length_total", type: .float64, unit: "d", ucd: "time.interval;obs",
                description: "Time between the first and the last known observation."),
            ColumnSchema(
                id: 12, name: "arc_length_sel", type: .float64, unit: "d", ucd: "time.interval;obs",
                description: "Time between the first and the last observation used in the fit."),
            ColumnSchema(
                id: 13, name: "nobs_total", type: .int32, ucd: "meta.number;obs",
                description: "Known observations, optical and radar."),
            ColumnSchema(
                id: 14, name: "nobs_total_sel", type: .int32, ucd: "meta.number;obs",
                description: "Observations used in the fit, optical and radar."),
            ColumnSchema(
                id: 15, name: "a", type: .float64, unit: "AU", ucd: "pos.distance;src.orbital",
                description: "Semi-major axis."),
            ColumnSchema(
                id: 16, name: "q", type: .float64, unit: "AU", ucd: "pos.distance;src.orbital",
                description: "Distance of the perihelion from the Sun."),
            ColumnSchema(
                id: 17, name: "e", type: .float64, ucd: "src.orbital.eccentricity",
                description: "Eccentricity."),
            ColumnSchema(
                id: 18, name: "i", type: .float64, unit: "deg", ucd: "src.orbital.inclination",
                description: "Inclination to the ecliptic."),
            ColumnSchema(
                id: 19, name: "node", type: .float64, unit: "deg", ucd: "src.orbital.node",
                description: "Longitude of the ascending node."),
            ColumnSchema(
                id: 20, name: "argperi", type: .float64, unit: "deg", ucd: "src.orbital.periastron",
                description: "Angle from the ascending node to the perihelion."),
            ColumnSchema(
                id: 21, name: "peri_time", type: .float64, unit: "d", ucd: "time.epoch;src.orbital.periastron",
                description: "Time of perihelion passage, MJD in TT."),
            ColumnSchema(
                id: 22, name: "yarkovsky", type: .float64, unit: "1e-10AU.d**-2", ucd: "phys.acceleration;src.orbital",
                description: "Yarkovsky acceleration."),
            ColumnSchema(
                id: 23, name: "srp", type: .float64, unit: "m**2/Mg", ucd: "src.orbital",
                description: "Area-to-mass ratio for the pressure of sunlight."),
            ColumnSchema(
                id: 24, name: "a1", type: .float64, unit: "m**2/Mg", ucd: "src.orbital",
                description: "Radial non-gravitational parameter A1."),
            ColumnSchema(
                id: 25, name: "a2", type: .float64, unit: "m**2/Mg", ucd: "src.orbital",
                description: "Transverse non-gravitational parameter A2."),
            ColumnSchema(
                id: 26, name: "a3", type: .float64, unit: "m**2/Mg", ucd: "src.orbital",
                description: "Normal non-gravitational parameter A3."),
            ColumnSchema(
                id: 27, name: "dt", type: .float64, ucd: "src.orbital",
                description: "Delay of the non-gravitational acceleration with respect to perihelion."),
            ColumnSchema(
                id: 28, name: "mean_anomaly", type: .float64, unit: "deg", ucd: "src.orbital.meanAnomaly",
                description: "Mean anomaly at the epoch."),
            ColumnSchema(
                id: 29, name: "period", type: .float64, unit: "d", ucd: "time.period.revolution;src.orbital",
                description: "Orbital period."),
            ColumnSchema(
                id: 30, name: "mean_motion", type: .float64, unit: "deg/d", ucd: "src.orbital.meanMotion",
                description: "Mean angular rate along the orbit."),
            ColumnSchema(
                id: 31, name: "a_unc", type: .float64, unit: "AU", ucd: "stat.error;pos.distance;src.orbital",
                description: "Uncertainty of a."),
            ColumnSchema(
                id: 32, name: "q_unc", type: .float64, unit: "AU", ucd: "stat.error;pos.distance;src.orbital",
                description: "Uncertainty of q."),
            ColumnSchema(
                id: 33, name: "e_unc", type: .float64, ucd: "stat.error;src.orbital.eccentricity",
                description: "Uncertainty of e."),
            ColumnSchema(
                id: 34, name: "i_unc", type: .float64, unit: "deg", ucd: "stat.error;src.orbital.inclination",
                description: "Uncertainty of i."),
            ColumnSchema(
                id: 35, name: "node_unc", type: .float64, unit: "deg", ucd: "stat.error;src.orbital.node",
                description: "Uncertainty of node."),
            ColumnSchema(
                id: 36, name: "argperi_unc", type: .float64, unit: "deg", ucd: "stat.error;src.orbital.periastron",
                description: "Uncertainty of argperi."),
            ColumnSchema(
                id: 37, name: "peri_time_unc", type: .float64, unit: "d",
                ucd: "stat.error;time.epoch;src.orbital.periastron",
                description: "Uncertainty of peri_time."),
            ColumnSchema(
                id: 38, name: "yarkovsky_unc", type: .float64, unit: "1e-10AU.d**-2",
                ucd: "stat.error;phys.acceleration;src.orbital",
                description: "Uncertainty of yarkovsky."),
            ColumnSchema(
                id: 39, name: "srp_unc", type: .float64, unit: "m**2/Mg", ucd: "stat.error;src.orbital",
                description: "Uncertainty of srp."),
            ColumnSchema(
                id: 40, name: "a1_unc", type: .float64, unit: "m**2/Mg", ucd: "stat.error;src.orbital",
                description: "Uncertainty of a1."),
            ColumnSchema(
                id: 41, name: "a2_unc", type: .float64, unit: "m**2/Mg", ucd: "stat.error;src.orbital",
                description: "Uncertainty of a2."),
            ColumnSchema(
                id: 42, name: "a3_unc", type: .float64, unit: "m**2/Mg", ucd: "stat.error;src.orbital",
                description: "Uncertainty of a3."),
            ColumnSchema(
                id: 43, name: "dt_unc", type: .float64, ucd: "stat.error;src.orbital",
                description: "Uncertainty of dt."),
            ColumnSchema(
                id: 44, name: "mean_anomaly_unc", type: .float64, unit: "deg",
                ucd: "stat.error;src.orbital.meanAnomaly",
                description: "Uncertainty of mean_anomaly."),
            ColumnSchema(
                id: 45, name: "period_unc", type: .float64, unit: "d",
                ucd: "stat.error;time.period.revolution;src.orbital",
                description: "Uncertainty of period."),
            ColumnSchema(
                id: 46, name: "mean_motion_unc", type: .float64, unit: "deg/d",
                ucd: "stat.error;src.orbital.meanMotion",
                description: "Uncertainty of mean_motion."),
            ColumnSchema(
                id: 47, name: "epoch_mjd", type: .float64, unit: "d", ucd: "time.epoch;src.orbital",
                description: "Epoch of the elements, MJD in TT."),
            ColumnSchema(
                id: 48, name: "h", type: .float64, unit: "mag", ucd: "phys.magAbs",
                description: "Absolute magnitude H."),
            ColumnSchema(
                id: 49, name: "g", type: .float64, ucd: "stat.fit.param",
                description: "Slope parameter G of the brightness against phase angle."),
            ColumnSchema(
                id: 50, name: "not_normalized_rms", type: .float64, unit: "arcsec", ucd: "stat.rms;stat.fit",
                description: "Root mean square of the residuals of the fit."),
            ColumnSchema(
                id: 51, name: "normalized_rms", type: .float64, ucd: "stat.rms;stat.fit",
                description: "Root mean square of the residuals divided by their uncertainties."),
            ColumnSchema(
                id: 52, name: "earth_moid", type: .float64, unit: "AU", ucd: "pos.distance;src.orbital",
                description: "Least distance between the orbits of the object and the Earth."),
            ColumnSchema(
                id: 53, name: "fitting_datetime", type: .int64, unit: "us", ucd: "time.processing",
                description: "When the orbit was last fitted, since 1970 (UTC)."),
        ])
}
