import Core

/// A table that queries over an alert may name.
public struct CatalogTable: Sendable {
    /// What one alert has of it.
    public enum Role: Sendable, Equatable {
        /// One row: the alert itself.
        case alert
        /// One row or none: its diaObject.
        case object
        /// One row or none: the packet's Solar System quantities.
        case packetSSO
        /// Always one row, with a status: the orbit that we attribute the alert to.
        case sso
        /// Always one row, with a status: the nearest entry of a catalogue.
        case nearest(catalogue: String)
        /// Many rows: the detections of its object, the triggering one included.
        case detections
        /// Many rows: the forced photometry of its object.
        case forced

        public var hasManyRows: Bool { self == .detections || self == .forced }
        public var mayBeMissing: Bool { self == .object || self == .packetSSO }
    }

    public let name: String
    public let role: Role
    public let schema: TableSchema
    /// The column by which it is joined to the alert.
    public let key: String

    public init(name: String, role: Role, schema: TableSchema, key: String) {
        self.name = name
        self.role = role
        self.schema = schema
        self.key = key
    }
}

/// The tables that a query may name.
public struct Catalog: Sendable {
    public let tables: [CatalogTable]

    public init(tables: [CatalogTable]) { self.tables = tables }

    /// A table by name, in any case.
    public func table(named name: String) -> CatalogTable? {
        let wanted = name.lowercased()
        return tables.first { $0.name.lowercased() == wanted }
    }
}
