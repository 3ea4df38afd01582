extension Tables {
    /// Objects: detections associated by place.
    public static let diaObject = TableSchema(
        name: "diaObject", description: "Objects: detections associated by place.",
        columns: [
            ColumnSchema(
                id: 1, name: "diaObjectId", type: .int64, ucd: "meta.id;src;meta.main", isNullable: false,
                description: "Unique number of this object."),
            ColumnSchema(
                id: 2, name: "validityStartMjdTai", type: .float64, unit: "d", ucd: "time.epoch", isNullable: false,
                description: "From when on this version of the record holds, MJD in TAI."),
            ColumnSchema(
                id: 3, name: "ra", type: .float64, unit: "deg", ucd: "pos.eq.ra", isNullable: false,
                description: "Right ascension (ICRS) of the object."),
            ColumnSchema(
                id: 4, name: "raErr", type: .float32, unit: "deg", ucd: "stat.error;pos.eq.ra",
                description: "Uncertainty of ra on the sky, with the factor cos(dec)."),
            ColumnSchema(
                id: 5, name: "dec", type: .float64, unit: "deg", ucd: "pos.eq.dec", isNullable: false,
                description: "Declination (ICRS) of the object."),
            ColumnSchema(
                id: 6, name: "decErr", type: .float32, unit: "deg", ucd: "stat.error;pos.eq.dec",
                description: "Uncertainty of dec."),
            ColumnSchema(
                id: 7, name: "ra_dec_Cov", type: .float32, unit: "deg**2", ucd: "stat.covariance;pos.eq.ra;pos.eq.dec",
                description: "Covariance of ra (with the factor cos(dec)) and dec."),
            ColumnSchema(
                id: 8, name: "u_psfFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Inverse-variance weighted mean of the u-band psfFlux of the detections."),
            ColumnSchema(
                id: 9, name: "u_psfFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of u_psfFluxMean."),
            ColumnSchema(
                id: 10, name: "u_psfFluxSigma", type: .float32, unit: "nJy", ucd: "stat.stdev;phot.flux.density",
                description: "Sample standard deviation of the u-band psfFlux of the detections."),
            ColumnSchema(
                id: 11, name: "u_psfFluxNdata", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of u-band detections in the statistics."),
            ColumnSchema(
                id: 12, name: "u_fpFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the u-band fluxes forced on difference images."),
            ColumnSchema(
                id: 13, name: "u_fpFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of u_fpFluxMean."),
            ColumnSchema(
                id: 14, name: "g_psfFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Inverse-variance weighted mean of the g-band psfFlux of the detections."),
            ColumnSchema(
                id: 15, name: "g_psfFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of g_psfFluxMean."),
            ColumnSchema(
                id: 16, name: "g_psfFluxSigma", type: .float32, unit: "nJy", ucd: "stat.stdev;phot.flux.density",
                description: "Sample standard deviation of the g-band psfFlux of the detections."),
            ColumnSchema(
                id: 17, name: "g_psfFluxNdata", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of g-band detections in the statistics."),
            ColumnSchema(
                id: 18, name: "g_fpFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the g-band fluxes forced on difference images."),
            ColumnSchema(
                id: 19, name: "g_fpFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of g_fpFluxMean."),
            ColumnSchema(
                id: 20, name: "r_psfFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Inverse-variance weighted mean of the r-band psfFlux of the detections."),
            ColumnSchema(
                id: 21, name: "r_psfFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of r_psfFluxMean."),
            ColumnSchema(
                id: 22, name: "r_psfFluxSigma", type: .float32, unit: "nJy", ucd: "stat.stdev;phot.flux.density",
                description: "Sample standard deviation of the r-band psfFlux of the detections."),
            ColumnSchema(
                id: 23, name: "r_psfFluxNdata", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of r-band detections in the statistics."),
            ColumnSchema(
                id: 24, name: "r_fpFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the r-band fluxes forced on difference images."),
            ColumnSchema(
                id: 25, name: "r_fpFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of r_fpFluxMean."),
            ColumnSchema(
                id: 26, name: "i_psfFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Inverse-variance weighted mean of the i-band psfFlux of the detections."),
            ColumnSchema(
                id: 27, name: "i_psfFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of i_psfFluxMean."),
            ColumnSchema(
                id: 28, name: "i_psfFluxSigma", type: .float32, unit: "nJy", ucd: "stat.stdev;phot.flux.density",
                description: "Sample standard deviation of the i-band psfFlux of the detections."),
            ColumnSchema(
                id: 29, name: "i_psfFluxNdata", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of i-band detections in the statistics."),
            ColumnSchema(
                id: 30, name: "i_fpFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the i-band fluxes forced on difference images."),
            ColumnSchema(
                id: 31, name: "i_fpFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of i_fpFluxMean."),
            ColumnSchema(
                id: 32, name: "z_psfFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Inverse-variance weighted mean of the z-band psfFlux of the detections."),
            ColumnSchema(
                id: 33, name: "z_psfFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of z_psfFluxMean."),
            ColumnSchema(
                id: 34, name: "z_psfFluxSigma", type: .float32, unit: "nJy", ucd: "stat.stdev;phot.flux.density",
                description: "Sample standard deviation of the z-band psfFlux of the detections."),
            ColumnSchema(
                id: 35, name: "z_psfFluxNdata", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of z-band detections in the statistics."),
            ColumnSchema(
                id: 36, name: "z_fpFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the z-band fluxes forced on difference images."),
            ColumnSchema(
                id: 37, name: "z_fpFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of z_fpFluxMean."),
            ColumnSchema(
                id: 38, name: "y_psfFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Inverse-variance weighted mean of the y-band psfFlux of the detections."),
            ColumnSchema(
                id: 39, name: "y_psfFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of y_psfFluxMean."),
            ColumnSchema(
                id: 40, name: "y_psfFluxSigma", type: .float32, unit: "nJy", ucd: "stat.stdev;phot.flux.density",
                description: "Sample standard deviation of the y-band psfFlux of the detections."),
            ColumnSchema(
                id: 41, name: "y_psfFluxNdata", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of y-band detections in the statistics."),
            ColumnSchema(
                id: 42, name: "y_fpFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the y-band fluxes forced on difference images."),
            ColumnSchema(
                id: 43, name: "y_fpFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of y_fpFluxMean."),
            ColumnSchema(
                id: 44, name: "u_scienceFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the u-band fluxes forced on visit images."),
            ColumnSchema(
                id: 45, name: "u_scienceFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of u_scienceFluxMean."),
            ColumnSchema(
                id: 46, name: "g_scienceFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the g-band fluxes forced on visit images."),
            ColumnSchema(
                id: 47, name: "g_scienceFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of g_scienceFluxMean."),
            ColumnSchema(
                id: 48, name: "r_scienceFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the r-band fluxes forced on visit images."),
            ColumnSchema(
                id: 49, name: "r_scienceFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of r_scienceFluxMean."),
            ColumnSchema(
                id: 50, name: "i_scienceFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the i-band fluxes forced on visit images."),
            ColumnSchema(
                id: 51, name: "i_scienceFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of i_scienceFluxMean."),
            ColumnSchema(
                id: 52, name: "z_scienceFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the z-band fluxes forced on visit images."),
            ColumnSchema(
                id: 53, name: "z_scienceFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of z_scienceFluxMean."),
            ColumnSchema(
                id: 54, name: "y_scienceFluxMean", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.mean",
                description: "Weighted mean of the y-band fluxes forced on visit images."),
            ColumnSchema(
                id: 55, name: "y_scienceFluxMeanErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Standard error of y_scienceFluxMean."),
            ColumnSchema(
                id: 56, name: "u_psfFluxMin", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.min",
                description: "Lowest u-band psfFlux of the detections."),
            ColumnSchema(
                id: 57, name: "u_psfFluxMax", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.max",
                description: "Highest u-band psfFlux of the detections."),
            ColumnSchema(
                id: 58, name: "u_psfFluxMaxSlope", type: .float32, unit: "nJy/d", ucd: "arith.rate;phot.flux.density",
                description: "Greatest slope of psfFlux against time between u-band detections."),
            ColumnSchema(
                id: 59, name: "u_psfFluxErrMean", type: .float32, unit: "nJy",
                ucd: "stat.error;phot.flux.density;stat.mean",
                description: "Mean of the u-band psfFluxErr of the detections."),
            ColumnSchema(
                id: 60, name: "g_psfFluxMin", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.min",
                description: "Lowest g-band psfFlux of the detections."),
            ColumnSchema(
                id: 61, name: "g_psfFluxMax", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.max",
                description: "Highest g-band psfFlux of the detections."),
            ColumnSchema(
                id: 62, name: "g_psfFluxMaxSlope", type: .float32, unit: "nJy/d", ucd: "arith.rate;phot.flux.density",
                description: "Greatest slope of psfFlux against time between g-band detections."),
            ColumnSchema(
                id: 63, name: "g_psfFluxErrMean", type: .float32, unit: "nJy",
                ucd: "stat.error;phot.flux.density;stat.mean",
                description: "Mean of the g-band psfFluxErr of the detections."),
            ColumnSchema(
                id: 64, name: "r_psfFluxMin", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.min",
                description: "Lowest r-band psfFlux of the detections."),
            ColumnSchema(
                id: 65, name: "r_psfFluxMax", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.max",
                description: "Highest r-band psfFlux of the detections."),
            ColumnSchema(
                id: 66, name: "r_psfFluxMaxSlope", type: .float32, unit: "nJy/d", ucd: "arith.rate;phot.flux.density",
                description: "Greatest slope of psfFlux against time between r-band detections."),
            ColumnSchema(
                id: 67, name: "r_psfFluxErrMean", type: .float32, unit: "nJy",
                ucd: "stat.error;phot.flux.density;stat.mean",
                description: "Mean of the r-band psfFluxErr of the detections."),
            ColumnSchema(
                id: 68, name: "i_psfFluxMin", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.min",
                description: "Lowest i-band psfFlux of the detections."),
            ColumnSchema(
                id: 69, name: "i_psfFluxMax", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.max",
                description: "Highest i-band psfFlux of the detections."),
            ColumnSchema(
                id: 70, name: "i_psfFluxMaxSlope", type: .float32, unit: "nJy/d", ucd: "arith.rate;phot.flux.density",
                description: "Greatest slope of psfFlux against time between i-band detections."),
            ColumnSchema(
                id: 71, name: "i_psfFluxErrMean", type: .float32, unit: "nJy",
                ucd: "stat.error;phot.flux.density;stat.mean",
                description: "Mean of the i-band psfFluxErr of the detections."),
            ColumnSchema(
                id: 72, name: "z_psfFluxMin", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.min",
                description: "Lowest z-band psfFlux of the detections."),
            ColumnSchema(
                id: 73, name: "z_psfFluxMax", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.max",
                description: "Highest z-band psfFlux of the detections."),
            ColumnSchema(
                id: 74, name: "z_psfFluxMaxSlope", type: .float32, unit: "nJy/d", ucd: "arith.rate;phot.flux.density",
                description: "Greatest slope of psfFlux against time between z-band detections."),
            ColumnSchema(
                id: 75, name: "z_psfFluxErrMean", type: .float32, unit: "nJy",
                ucd: "stat.error;phot.flux.density;stat.mean",
                description: "Mean of the z-band psfFluxErr of the detections."),
            ColumnSchema(
                id: 76, name: "y_psfFluxMin", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.min",
                description: "Lowest y-band psfFlux of the detections."),
            ColumnSchema(
                id: 77, name: "y_psfFluxMax", type: .float32, unit: "nJy", ucd: "phot.flux.density;stat.max",
                description: "Highest y-band psfFlux of the detections."),
            ColumnSchema(
                id: 78, name: "y_psfFluxMaxSlope", type: .float32, unit: "nJy/d", ucd: "arith.rate;phot.flux.density",
                description: "Greatest slope of psfFlux against time between y-band detections."),
            ColumnSchema(
                id: 79, name: "y_psfFluxErrMean", type: .float32, unit: "nJy",
                ucd: "stat.error;phot.flux.density;stat.mean",
                description: "Mean of the y-band psfFluxErr of the detections."),
            ColumnSchema(
                id: 80, name: "firstDiaSourceMjdTai", type: .float64, unit: "d", ucd: "time.epoch",
                description: "Time of the first detection of the object, MJD in TAI."),
            ColumnSchema(
                id: 81, name: "lastDiaSourceMjdTai", type: .float64, unit: "d", ucd: "time.epoch",
                description: "Time of the newest detection of the object, MJD in TAI."),
            ColumnSchema(
                id: 82, name: "nDiaSources", type: .int32, ucd: "meta.number", isNullable: false,
                description: "Number of detections assigned to the object."),
        ])
}
