extension Tables {
    /// Solar System quantities of a detection, as the packet brings them.
    public static let ssSource = TableSchema(
        name: "ssSource", description: "Solar System quantities of a detection, as the packet brings them.",
        columns: [
            ColumnSchema(
                id: 1, name: "diaSourceId", type: .int64, ucd: "meta.id;src", isNullable: false,
                description: "Detection that this record belongs to."),
            ColumnSchema(
                id: 2, name: "ssObjectId", type: .int64, ucd: "meta.id;src", isNullable: false,
                description: "Number that Rubin gives to the Solar System object."),
            ColumnSchema(
                id: 3, name: "designation", type: .string, ucd: "meta.id;src",
                description: "Primary provisional designation in readable form."),
            ColumnSchema(
                id: 4, name: "eclLambda", type: .float64, unit: "deg", ucd: "pos.ecliptic.lon", isNullable: false,
                description: "Ecliptic longitude of the observed position."),
            ColumnSchema(
                id: 5, name: "eclBeta", type: .float64, unit: "deg", ucd: "pos.ecliptic.lat", isNullable: false,
                description: "Ecliptic latitude of the observed position."),
            ColumnSchema(
                id: 6, name: "galLon", type: .float64, unit: "deg", ucd: "pos.galactic.lon", isNullable: false,
                description: "Galactic longitude of the observed position."),
            ColumnSchema(
                id: 7, name: "galLat", type: .float64, unit: "deg", ucd: "pos.galactic.lat", isNullable: false,
                description: "Galactic latitude of the observed position."),
            ColumnSchema(
                id: 8, name: "elongation", type: .float32, unit: "deg", ucd: "pos.angDistance",
                description: "Angle between the object and the Sun, seen by the observer."),
            ColumnSchema(
                id: 9, name: "phaseAngle", type: .float32, unit: "deg", ucd: "pos.phaseAng",
                description: "Angle between the Sun and the observer, seen from the object."),
            ColumnSchema(
                id: 10, name: "topoRange", type: .float32, unit: "AU", ucd: "pos.distance",
                description: "Distance from the observer when the light left the object."),
            ColumnSchema(
                id: 11, name: "topoRangeRate", type: .float32, unit: "km/s", ucd: "phys.veloc",
                description: "Speed along the line of sight, positive when receding from the observer."),
            ColumnSchema(
                id: 12, name: "helioRange", type: .float32, unit: "AU", ucd: "pos.distance;pos.heliocentric",
                description: "Distance from the Sun when the light left the object."),
            ColumnSchema(
                id: 13, name: "helioRangeRate", type: .float32, unit: "km/s", ucd: "phys.veloc;pos.heliocentric",
                description: "Radial speed with respect to the Sun, positive when receding."),
            ColumnSchema(
                id: 14, name: "ephRa", type: .float64, unit: "deg", ucd: "pos.eq.ra;meta.modelled;pos.ephem",
                description: "Right ascension (ICRS) predicted from the orbit."),
            ColumnSchema(
                id: 15, name: "ephDec", type: .float64, unit: "deg", ucd: "pos.eq.dec;meta.modelled;pos.ephem",
                description: "Declination (ICRS) predicted from the orbit."),
            ColumnSchema(
                id: 16, name: "ephVmag", type: .float32, unit: "mag", ucd: "phot.mag;em.opt.V",
                description: "V magnitude predicted from the orbit and the parameters H and G."),
            ColumnSchema(
                id: 17, name: "ephRate", type: .float32, unit: "deg/d", ucd: "pos.pm;pos.ephem",
                description: "Predicted rate of motion on the sky."),
            ColumnSchema(
                id: 18, name: "ephRateRa", type: .float32, unit: "deg/d", ucd: "pos.pm;pos.eq.ra;pos.ephem",
                description: "Predicted rate along right ascension, with the factor cos(dec)."),
            ColumnSchema(
                id: 19, name: "ephRateDec", type: .float32, unit: "deg/d", ucd: "pos.pm;pos.eq.dec;pos.ephem",
                description: "Predicted rate along declination."),
            ColumnSchema(
                id: 20, name: "ephOffset", type: .float32, unit: "arcsec", ucd: "pos.angDistance;stat.fit.omc",
                description: "Angle between the observed and the predicted position."),
            ColumnSchema(
                id: 21, name: "ephOffsetRa", type: .float64, unit: "arcsec", ucd: "pos.eq.ra;stat.fit.omc",
                description: "Observed minus predicted right ascension, with the factor cos(dec)."),
            ColumnSchema(
                id: 22, name: "ephOffsetDec", type: .float64, unit: "arcsec", ucd: "pos.eq.dec;stat.fit.omc",
                description: "Observed minus predicted declination."),
            ColumnSchema(
                id: 23, name: "ephOffsetAlongTrack", type: .float32, unit: "arcsec",
                ucd: "pos.angDistance;stat.fit.omc",
                description: "Part of the offset along the predicted motion."),
            ColumnSchema(
                id: 24, name: "ephOffsetCrossTrack", type: .float32, unit: "arcsec",
                ucd: "pos.angDistance;stat.fit.omc",
                description: "Part of the offset across the predicted motion."),
            ColumnSchema(
                id: 25, name: "helio_x", type: .float32, unit: "AU", ucd: "pos.cartesian.x;pos.heliocentric",
                description: "X of the position from the Sun (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 26, name: "helio_y", type: .float32, unit: "AU", ucd: "pos.cartesian.y;pos.heliocentric",
                description: "Y of the position from the Sun (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 27, name: "helio_z", type: .float32, unit: "AU", ucd: "pos.cartesian.z;pos.heliocentric",
                description: "Z of the position from the Sun (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 28, name: "helio_vx", type: .float32, unit: "km/s",
                ucd: "phys.veloc;pos.cartesian.x;pos.heliocentric",
                description: "X of the velocity relative to the Sun (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 29, name: "helio_vy", type: .float32, unit: "km/s",
                ucd: "phys.veloc;pos.cartesian.y;pos.heliocentric",
                description: "Y of the velocity relative to the Sun (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 30, name: "helio_vz", type: .float32, unit: "km/s",
                ucd: "phys.veloc;pos.cartesian.z;pos.heliocentric",
                description: "Z of the velocity relative to the Sun (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 31, name: "helio_vtot", type: .float32, unit: "km/s", ucd: "phys.veloc;pos.heliocentric",
                description: "Speed with respect to the Sun."),
            ColumnSchema(
                id: 32, name: "topo_x", type: .float32, unit: "AU", ucd: "pos.cartesian.x",
                description: "X of the position from the observer (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 33, name: "topo_y", type: .float32, unit: "AU", ucd: "pos.cartesian.y",
                description: "Y of the position from the observer (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 34, name: "topo_z", type: .float32, unit: "AU", ucd: "pos.cartesian.z",
                description: "Z of the position from the observer (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 35, name: "topo_vx", type: .float32, unit: "km/s", ucd: "phys.veloc;pos.cartesian.x",
                description: "X of the velocity relative to the observer (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 36, name: "topo_vy", type: .float32, unit: "km/s", ucd: "phys.veloc;pos.cartesian.y",
                description: "Y of the velocity relative to the observer (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 37, name: "topo_vz", type: .float32, unit: "km/s", ucd: "phys.veloc;pos.cartesian.z",
                description: "Z of the velocity relative to the observer (ICRS axes) when the light left the object."),
            ColumnSchema(
                id: 38, name: "topo_vtot", type: .float32, unit: "km/s", ucd: "phys.veloc",
                description: "Speed with respect to the observer."),
            ColumnSchema(
                id: 39, name: "diaDistanceRank", type: .int32, ucd: "stat.rank",
                description: "Place of the detection among those near the prediction; 1 is the nearest."),
        ])
}
