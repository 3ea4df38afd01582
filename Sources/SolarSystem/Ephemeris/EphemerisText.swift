import Core

/// An ephemeris as text: CSV, JSON or VOTable with the same columns.
public struct EphemerisText {
    public enum Format: String, CaseIterable, Sendable {
        case csv, json, votable
    }

    /// A column: name, unit, UCD, what it is.
    private static let columns: [(name: String, unit: String, ucd: String, description: String)] = [
        ("mjd_tai", "d", "time.epoch;obs", "Time of the observation, MJD in TAI."),
        ("ra", "deg", "pos.eq.ra;meta.main", "Predicted right ascension, ICRS, astrometric."),
        ("dec", "deg", "pos.eq.dec;meta.main", "Predicted declination, ICRS, astrometric."),
        ("delta", "AU", "pos.distance", "Distance from the observer when the light left the object."),
        ("r", "AU", "pos.distance;pos.heliocentric", "Distance from the Sun when the light left the object."),
        ("phase", "deg", "pos.phaseAng", "Angle between the Sun and the observer, seen from the object."),
        ("mag_v", "mag", "phot.mag;em.opt.V", "Predicted V magnitude."),
        ("rate_ra_cosdec", "deg/d", "pos.pm;pos.eq.ra", "Motion along right ascension, with the factor cos(dec)."),
        ("rate_dec", "deg/d", "pos.pm;pos.eq.dec", "Motion along declination."),
        ("sigma_major", "arcsec", "stat.error;pos.errorEllipse;phys.angSize.smajAxis", "1 sigma, major axis."),
        ("sigma_minor", "arcsec", "stat.error;pos.errorEllipse;phys.angSize.sminAxis", "1 sigma, minor axis."),
        ("sigma_pa", "deg", "pos.posAng;pos.errorEllipse", "Position angle of the major axis, north through east."),
    ]

    public private(set) var writer = TextWriter()
    private let format: Format
    private var rows = 0

    public init(_ format: Format) {
        self.format = format
        switch format {
        case .csv:
            writer.append("designation")
            for column in Self.columns { writer.append(string: "," + column.name) }
            writer.append("\n")
        case .json: writer.append("[")
        case .votable: beginVOTable()
        }
    }

    private mutating func beginVOTable() {
        writer.append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
            <RESOURCE type="results">
            <INFO name="QUERY_STATUS" value="OK"/>
            <TABLE name="ephemeris">
            <FIELD name="designation" datatype="char" arraysize="*" ucd="meta.id;meta.main"/>

            """)
        for column in Self.columns {
            writer.append(
                string: "<FIELD name=\"\(column.name)\" datatype=\"double\" unit=\"\(column.unit)\" ucd=\"\(column.ucd)\">"
                    + "<DESCRIPTION>\(column.description)</DESCRIPTION></FIELD>\n")
        }
        writer.append("<DATA><TABLEDATA>\n")
    }

    public mutating func append(_ predictions: [Prediction], designation: String) {
        for prediction in predictions { append(prediction, designation) }
    }

    private mutating func append(_ prediction: Prediction, _ designation: String) {
        let sighting = prediction.sighting
        let (place, rates) = (sighting.place, sighting.rates)
        let values: [Double] = [
            prediction.mjdTai, place.raDegrees, place.decDegrees, sighting.delta, sighting.r, sighting.phaseDeg,
            prediction.magnitudeV, rates.raCosDec, rates.dec, prediction.error?.majorArcsec ?? .nan,
            prediction.error?.minorArcsec ?? .nan, prediction.error?.positionAngleDeg ?? .nan,
        ]
        switch format {
        case .csv:
            writer.append(csvField: designation)
            for value in values {
                writer.append(",")
                if value.isFinite { writer.append(double: value) }
            }
            writer.append("\n")
        case .json:
            writer.append(string: rows == 0 ? "{\"designation\":" : ",\n{\"designation\":")
            writer.append(jsonString: designation)
            for (column, value) in zip(Self.columns, values) {
                writer.append(string: ",\"\(column.name)\":")
                writer.append(double: value)
            }
            writer.append("}")
        case .votable:
            writer.append(string: "<TR><TD>\(Self.escaped(designation))</TD>")
            for value in values {
                writer.append("<TD>")
                if value.isFinite { writer.append(double: value) } else { writer.append("NaN") }
                writer.append("</TD>")
            }
            writer.append("</TR>\n")
        }
        rows += 1
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
    }

    /// To be called once, last.
    public mutating func end() {
        switch format {
        case .csv: break
        case .json: writer.append("]\n")
        case .votable: writer.append("</TABLEDATA></DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n")
        }
    }

    /// What was written since the last call, and a clean buffer: long ephemerides leave piece by piece.
    public mutating func take() -> TextWriter {
        let taken = writer
        writer = TextWriter()
        return taken
    }
}
