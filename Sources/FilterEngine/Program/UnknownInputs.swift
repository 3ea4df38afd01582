import Core

/// What a filter reads and could not know of an alert: an undetermined verdict may be another once it is known.
public struct UnknownInputs: Sendable, Equatable {
    /// Catalogues that could not be asked at all, in the order in which the filter names them.
    public var catalogues: [String] = []
    /// Whether it reads `sso`, and nobody could say whose the alert is.
    public var sso = false

    public var isEmpty: Bool { catalogues.isEmpty && !sso }

    public init(catalogues: [String] = [], sso: Bool = false) {
        self.catalogues = catalogues
        self.sso = sso
    }
}

extension FilterProgram {
    /// What is unknown to it of one alert, a row of the input's tables.
    ///
    /// A verdict that is undetermined though nothing is missing here is so for good: an alert without a place has no nearest
    /// source.
    public func unknownInputs(ofRow row: Int, in input: FilterInput) -> UnknownInputs {
        UnknownInputs(
            catalogues: catalogues.filter { name in !input.nearest.contains { $0.catalogue == name } },
            sso: readsSSO && StatusBinding(sso: input.sso).isUnknown(row))
    }
}
