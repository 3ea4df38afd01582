extension OrbitSet: OrbitSource {
    public func epochMjdTT(_ row: Int) -> Double { epochMjdTT[row] }
    public func qAu(_ row: Int) -> Double { qAu[row] }

    /// Elements and covariance of a row.
    public func target(_ row: Int) -> PredictionTarget {
        PredictionTarget(elements: elements(row), covariance: covariance(row))
    }

    /// The uncertainties of this set for one night.
    public func nightlyErrors() -> NightlyErrors {
        NightlyErrors { [self] row in flags(row).contains(.hasCovariance) ? target(row) : nil }
    }
}
