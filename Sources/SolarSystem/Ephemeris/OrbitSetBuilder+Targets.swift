import Core

extension OrbitSetBuilder {
    /// How the body of a record is called: in a table of the user's own as there, so that both can be joined; else its number,
    /// else its designation, else its own name.
    public func designation(_ index: Int) -> String {
        let row = rows[index]
        if row.given >= 0 { return String(decoding: givenNames[row.given], as: UTF8.self) }
        if let designation = row.key.designation { return designation.unpacked }
        return row.name >= 0 ? String(decoding: names[row.name], as: UTF8.self) : "record \(index + 1)"
    }

    /// A record as it was read, before bodies that occur twice are brought together.
    public func target(_ index: Int) -> PredictionTarget {
        let row = rows[index]
        let slope: Double? = row.g.isNaN ? nil : Self.rounded(row.g)
        let isG12 = row.flags.contains(.slopeIsG12)
        let elements = CometaryElements(
            qAu: row.qAu, eccentricity: row.eccentricity, inclinationDeg: row.inclinationDeg, nodeDeg: row.nodeDeg,
            argPeriDeg: row.argPeriDeg, timeOfPerihelionMjdTT: row.timeOfPerihelionMjdTT, epochMjdTT: row.epochMjdTT,
            h: row.h.isNaN ? nil : Self.rounded(row.h), g: isG12 ? nil : slope, g12: isG12 ? slope : nil,
            kind: row.flags.contains(.comet) ? .comet : .asteroid,
            nonGravitational: row.terms >= 0 ? terms[Int(row.terms)] : nil)
        return PredictionTarget(
            elements: elements, covariance: row.covariance >= 0 ? covariances[Int(row.covariance)] : nil)
    }

    /// The double of the same five decimals.
    private static func rounded(_ value: Float) -> Double { (Double(value) * 100_000).rounded() / 100_000 }
}
