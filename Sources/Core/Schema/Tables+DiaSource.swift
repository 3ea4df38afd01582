extension Tables {
    /// Detections on difference images.
    public static let diaSource = TableSchema(
        name: "diaSource", description: "Detections on difference images.",
        columns: [
            ColumnSchema(
                id: 1, name: "diaSourceId", type: .int64, ucd: "meta.id;meta.main", isNullable: false,
                description: "Unique number of this detection."),
            ColumnSchema(
                id: 2, name: "visit", type: .int64, ucd: "meta.id;obs.image", isNullable: false,
                description: "Visit (exposure) in which the source was detected."),
            ColumnSchema(
                id: 3, name: "detector", type: .int32, ucd: "meta.id;instr.det", isNullable: false,
                description: "Camera detector on which the source was detected."),
            ColumnSchema(
                id: 4, name: "diaObjectId", type: .int64, ucd: "meta.id;src",
                description: "Object to which the detection was assigned; 0 or null when there is none."),
            ColumnSchema(
                id: 5, name: "ssObjectId", type: .int64, ucd: "meta.id;src",
                description: "Solar System object to which the detection was assigned; 0 or null when there is none."),
            ColumnSchema(
                id: 6, name: "parentDiaSourceId", type: .int64, ucd: "meta.id;src",
                description: "Detection from which this one was deblended; 0 or null when it is not a child."),
            ColumnSchema(
                id: 7, name: "midpointMjdTai", type: .float64, unit: "d",
                ucd: "time.epoch;obs.exposure", isNullable: false,
                description: "Effective middle of the exposure, MJD in TAI."),
            ColumnSchema(
                id: 8, name: "exposureTime", type: .float32, unit: "s", ucd: "time.duration;obs.exposure",
                description: "Effective length of the exposure."),
            ColumnSchema(
                id: 9, name: "ra", type: .float64, unit: "deg", ucd: "pos.eq.ra", isNullable: false,
                description: "Right ascension (ICRS) of the centroid."),
            ColumnSchema(
                id: 10, name: "raErr", type: .float32, unit: "deg", ucd: "stat.error;pos.eq.ra",
                description: "Uncertainty of ra on the sky, with the factor cos(dec)."),
            ColumnSchema(
                id: 11, name: "dec", type: .float64, unit: "deg", ucd: "pos.eq.dec", isNullable: false,
                description: "Declination (ICRS) of the centroid."),
            ColumnSchema(
                id: 12, name: "decErr", type: .float32, unit: "deg", ucd: "stat.error;pos.eq.dec",
                description: "Uncertainty of dec."),
            ColumnSchema(
                id: 13, name: "ra_dec_Cov", type: .float32, unit: "deg**2", ucd: "stat.covariance;pos.eq.ra;pos.eq.dec",
                description: "Covariance of ra (with the factor cos(dec)) and dec."),
            ColumnSchema(
                id: 14, name: "x", type: .float32, unit: "pixel", ucd: "pos.cartesian.x", isNullable: false,
                description: "Column of the centroid on the detector."),
            ColumnSchema(
                id: 15, name: "xErr", type: .float32, unit: "pixel", ucd: "stat.error;pos.cartesian.x",
                description: "Uncertainty of x."),
            ColumnSchema(
                id: 16, name: "y", type: .float32, unit: "pixel", ucd: "pos.cartesian.y", isNullable: false,
                description: "Row of the centroid on the detector."),
            ColumnSchema(
                id: 17, name: "yErr", type: .float32, unit: "pixel", ucd: "stat.error;pos.cartesian.y",
                description: "Uncertainty of y."),
            ColumnSchema(
                id: 18, name: "centroid_flag", type: .bool, ucd: "meta.code.qual",
                description: "The centroid could not be measured reliably."),
            ColumnSchema(
                id: 19, name: "apFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Difference-image flux inside a circular aperture of 12 pixels radius."),
            ColumnSchema(
                id: 20, name: "apFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of apFlux."),
            ColumnSchema(
                id: 21, name: "apFlux_flag", type: .bool, ucd: "meta.code.qual",
                description: "Aperture photometry failed."),
            ColumnSchema(
                id: 22, name: "apFlux_flag_apertureTruncated", type: .bool, ucd: "meta.code.qual",
                description: "Part of the aperture lies outside the image."),
            ColumnSchema(
                id: 23, name: "isNegative", type: .bool, ucd: "meta.code",
                description: "The source is fainter than the template: the detection is negative."),
            ColumnSchema(
                id: 24, name: "snr", type: .float32, ucd: "stat.snr",
                description: "Signal-to-noise ratio of the detection on the difference image."),
            ColumnSchema(
                id: 25, name: "psfFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Point-source flux on the difference image; negative where the source has faded."),
            ColumnSchema(
                id: 26, name: "psfFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of psfFlux."),
            ColumnSchema(
                id: 27, name: "psfLnL", type: .float32, ucd: "stat.likelihood",
                description: "Natural logarithm of the likelihood of the pixels under the point-source model."),
            ColumnSchema(
                id: 28, name: "psfChi2", type: .float32, ucd: "stat.fit.chi2",
                description: "Chi-squared of the point-source fit."),
            ColumnSchema(
                id: 29, name: "psfNdata", type: .int32, ucd: "meta.number;stat.fit", isNullable: false,
                description: "Pixels that entered the point-source fit."),
            ColumnSchema(
                id: 30, name: "psfFlux_flag", type: .bool, ucd: "meta.code.qual",
                description: "The point-source fit failed."),
            ColumnSchema(
                id: 31, name: "psfFlux_flag_edge", type: .bool, ucd: "meta.code.qual",
                description: "The image edge cuts the point-source model."),
            ColumnSchema(
                id: 32, name: "psfFlux_flag_noGoodPixels", type: .bool, ucd: "meta.code.qual",
                description: "Too few good pixels for the point-source fit."),
            ColumnSchema(
                id: 33, name: "trailFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Difference-image flux of the trailed-source model."),
            ColumnSchema(
                id: 34, name: "trailFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of trailFlux."),
            ColumnSchema(
                id: 35, name: "trailRa", type: .float64, unit: "deg", ucd: "pos.eq.ra",
                description: "Right ascension (ICRS) of the middle of the fitted trail."),
            ColumnSchema(
                id: 36, name: "trailRaErr", type: .float32, unit: "deg", ucd: "stat.error;pos.eq.ra",
                description: "Uncertainty of trailRa on the sky, with the factor cos(dec)."),
            ColumnSchema(
                id: 37, name: "trailDec", type: .float64, unit: "deg", ucd: "pos.eq.dec",
                description: "Declination (ICRS) of the middle of the fitted trail."),
            ColumnSchema(
                id: 38, name: "trailDecErr", type: .float32, unit: "deg", ucd: "stat.error;pos.eq.dec",
                description: "Uncertainty of trailDec."),
            ColumnSchema(
                id: 39, name: "trailLength", type: .float32, unit: "arcsec", ucd: "phys.angSize",
                description: "Length of the fitted trail."),
            ColumnSchema(
                id: 40, name: "trailLengthErr", type: .float32, unit: "arcsec", ucd: "stat.error;phys.angSize",
                description: "Uncertainty of trailLength."),
            ColumnSchema(
                id: 41, name: "trailAngle", type: .float32, unit: "deg", ucd: "pos.posAng",
                description: "Bearing of the fitted trail, measured from the meridian through its middle."),
            ColumnSchema(
                id: 42, name: "trailAngleErr", type: .float32, unit: "deg", ucd: "stat.error;pos.posAng",
                description: "Uncertainty of trailAngle."),
            ColumnSchema(
                id: 43, name: "trailChi2", type: .float32, ucd: "stat.fit.chi2",
                description: "Chi-squared of the trailed-source fit."),
            ColumnSchema(
                id: 44, name: "trailNdata", type: .int32, ucd: "meta.number;stat.fit", isNullable: false,
                description: "Pixels that entered the trailed-source fit."),
            ColumnSchema(
                id: 45, name: "trailAlgorithm", type: .int32, ucd: "meta.code",
                description: "Algorithm that measured the trail: 1 is SDSSShape, 2 is HSMShape."),
            ColumnSchema(
                id: 46, name: "trail_flag_edge", type: .bool, ucd: "meta.code.qual",
                description: "The trail reaches the edge of the image."),
            ColumnSchema(
                id: 47, name: "trail_flag", type: .bool, ucd: "meta.code.qual",
                description: "The trailed-source fit failed."),
            ColumnSchema(
                id: 48, name: "dipoleMeanFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Mean of the absolute fluxes of the two lobes of the dipole model."),
            ColumnSchema(
                id: 49, name: "dipoleMeanFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of dipoleMeanFlux."),
            ColumnSchema(
                id: 50, name: "dipoleFluxDiff", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Difference of the absolute fluxes of the two lobes of the dipole model."),
            ColumnSchema(
                id: 51, name: "dipoleFluxDiffErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of dipoleFluxDiff."),
            ColumnSchema(
                id: 52, name: "dipoleLength", type: .float32, unit: "arcsec", ucd: "pos.angDistance",
                description: "Distance between the two lobes of the dipole model."),
            ColumnSchema(
                id: 53, name: "dipoleAngle", type: .float32, unit: "deg", ucd: "pos.posAng",
                description: "Bearing from the negative to the positive lobe of the dipole model."),
            ColumnSchema(
                id: 54, name: "dipoleChi2", type: .float32, ucd: "stat.fit.chi2",
                description: "Chi-squared of the dipole fit."),
            ColumnSchema(
                id: 55, name: "dipoleNdata", type: .int32, ucd: "meta.number;stat.fit", isNullable: false,
                description: "Pixels that entered the dipole fit."),
            ColumnSchema(
                id: 56, name: "scienceFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Point-source flux forced at the detection on the undifferenced visit image."),
            ColumnSchema(
                id: 57, name: "scienceFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of scienceFlux."),
            ColumnSchema(
                id: 58, name: "forced_PsfFlux_flag", type: .bool, ucd: "meta.code.qual",
                description: "Forced photometry on the visit image failed."),
            ColumnSchema(
                id: 59, name: "forced_PsfFlux_flag_edge", type: .bool, ucd: "meta.code.qual",
                description: "The image edge cuts the model of the forced photometry."),
            ColumnSchema(
                id: 60, name: "forced_PsfFlux_flag_noGoodPixels", type: .bool, ucd: "meta.code.qual",
                description: "Too few good pixels for the forced photometry."),
            ColumnSchema(
                id: 61, name: "templateFlux", type: .float32, unit: "nJy", ucd: "phot.flux.density",
                description: "Point-source flux forced at the same place on the template image."),
            ColumnSchema(
                id: 62, name: "templateFluxErr", type: .float32, unit: "nJy", ucd: "stat.error;phot.flux.density",
                description: "Uncertainty of templateFlux."),
            ColumnSchema(
                id: 63, name: "ixx", type: .float32, unit: "arcsec**2", ucd: "src.morph.param",
                description: "Adaptive second moment of the source along x."),
            ColumnSchema(
                id: 64, name: "iyy", type: .float32, unit: "arcsec**2", ucd: "src.morph.param",
                description: "Adaptive second moment of the source along y."),
            ColumnSchema(
                id: 65, name: "ixy", type: .float32, unit: "arcsec**2", ucd: "src.morph.param",
                description: "Adaptive mixed second moment of the source."),
            ColumnSchema(
                id: 66, name: "ixxPSF", type: .float32, unit: "arcsec**2", ucd: "instr.det.psf",
                description: "Second moment along x of the point-spread function at the source."),
            ColumnSchema(
                id: 67, name: "iyyPSF", type: .float32, unit: "arcsec**2", ucd: "instr.det.psf",
                description: "Second moment along y of the point-spread function at the source."),
            ColumnSchema(
                id: 68, name: "ixyPSF", type: .float32, unit: "arcsec**2", ucd: "instr.det.psf",
                description: "Mixed second moment of the point-spread function at the source."),
            ColumnSchema(
                id: 69, name: "shape_flag", type: .bool, ucd: "meta.code.qual",
                description: "The moments could not be measured reliably."),
            ColumnSchema(
                id: 70, name: "shape_flag_no_pixels", type: .bool, ucd: "meta.code.qual",
                description: "No usable pixels for the moments."),
            ColumnSchema(
                id: 71, name: "shape_flag_not_contained", type: .bool, ucd: "meta.code.qual",
                description: "The centroid lies outside the box of the footprint."),
            ColumnSchema(
                id: 72, name: "shape_flag_parent_source", type: .bool, ucd: "meta.code.qual",
                description: "The moments belong to a blend that was not yet separated."),
            ColumnSchema(
                id: 73, name: "extendedness", type: .float32, ucd: "src.class.starGalaxy",
                description: "How extended the source looks: 0 like a point, 1 surely extended."),
            ColumnSchema(
                id: 74, name: "reliability", type: .float32, ucd: "stat.probability",
                description: "Score from 0 to 1, by machine learning, that the detection is astrophysical."),
            ColumnSchema(
                id: 75, name: "reliabilityVersion", type: .string, ucd: "meta.version",
                description: "Version of the model that computed reliability."),
            ColumnSchema(
                id: 76, name: "band", type: .string, ucd: "meta.id;instr.filter",
                description: "Filter of the visit: u, g, r, i, z or y."),
            ColumnSchema(
                id: 77, name: "isDipole", type: .bool, ucd: "meta.code",
                description: "The dipole model describes the source well."),
            ColumnSchema(
                id: 78, name: "dipoleFitAttempted", type: .bool, ucd: "meta.code",
                description: "A dipole model was tried on the source."),
            ColumnSchema(
                id: 79, name: "timeProcessedMjdTai", type: .float64, unit: "d",
                ucd: "time.processing", isNullable: false,
                description: "When the record was made, MJD in TAI."),
            ColumnSchema(
                id: 80, name: "timeWithdrawnMjdTai", type: .float64, unit: "d", ucd: "time.epoch",
                description: "When the record was declared invalid, MJD in TAI; null while it is valid."),
            ColumnSchema(
                id: 81, name: "bboxSize", type: .int32, unit: "pixel",
                ucd: "phys.angSize;instr.pixel", isNullable: false,
                description: "Side of the square that encloses the footprint of the detection."),
            ColumnSchema(
                id: 82, name: "pixelFlags", type: .bool, ucd: "meta.code.qual",
                description: "The flags of the pixels could not be set completely."),
            ColumnSchema(
                id: 83, name: "pixelFlags_bad", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a bad pixel."),
            ColumnSchema(
                id: 84, name: "pixelFlags_cr", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a pixel hit by a cosmic ray."),
            ColumnSchema(
                id: 85, name: "pixelFlags_crCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a pixel hit by a cosmic ray."),
            ColumnSchema(
                id: 86, name: "pixelFlags_edge", type: .bool, ucd: "meta.code.qual",
                description: "Part of the footprint lies outside the usable area of the image."),
            ColumnSchema(
                id: 87, name: "pixelFlags_nodata", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a pixel without data."),
            ColumnSchema(
                id: 88, name: "pixelFlags_nodataCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a pixel without data."),
            ColumnSchema(
                id: 89, name: "pixelFlags_interpolated", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains an interpolated pixel."),
            ColumnSchema(
                id: 90, name: "pixelFlags_interpolatedCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain an interpolated pixel."),
            ColumnSchema(
                id: 91, name: "pixelFlags_offimage", type: .bool, ucd: "meta.code.qual",
                description: "The centroid lies outside the image."),
            ColumnSchema(
                id: 92, name: "pixelFlags_saturated", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a saturated pixel."),
            ColumnSchema(
                id: 93, name: "pixelFlags_saturatedCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a saturated pixel."),
            ColumnSchema(
                id: 94, name: "pixelFlags_suspect", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a pixel close to saturation (suspect)."),
            ColumnSchema(
                id: 95, name: "pixelFlags_suspectCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a pixel close to saturation (suspect)."),
            ColumnSchema(
                id: 96, name: "pixelFlags_streak", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a streak."),
            ColumnSchema(
                id: 97, name: "pixelFlags_streakCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a streak."),
            ColumnSchema(
                id: 98, name: "pixelFlags_injected", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a synthetic source of the visit image."),
            ColumnSchema(
                id: 99, name: "pixelFlags_injectedCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a synthetic source of the visit image."),
            ColumnSchema(
                id: 100, name: "pixelFlags_injected_template", type: .bool, ucd: "meta.code.qual",
                description: "The footprint contains a synthetic source of the template."),
            ColumnSchema(
                id: 101, name: "pixelFlags_injected_templateCenter", type: .bool, ucd: "meta.code.qual",
                description: "The 3 x 3 pixels at the centroid contain a synthetic source of the template."),
            ColumnSchema(
                id: 102, name: "glint_trail", type: .bool, ucd: "meta.code",
                description: "The source belongs to a trail of satellite glints."),
        ])
}
