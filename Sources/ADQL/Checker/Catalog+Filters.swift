import Core

extension Catalog {
    /// The tables of a filter over one alert, with the nearest-match tables of the given catalogues.
    public static func filters(nearest: [(catalogue: String, schema: TableSchema)] = []) -> Catalog {
        var tables = [
            CatalogTable(name: "alert", role: .alert, schema: alertSchema, key: "diaSourceId"),
            CatalogTable(name: "object", role: .object, schema: Tables.diaObject, key: "diaObjectId"),
            CatalogTable(name: "packet_sso", role: .packetSSO, schema: Tables.ssSource, key: "diaSourceId"),
            CatalogTable(name: "sso", role: .sso, schema: Tables.sso, key: "diaSourceId"),
            CatalogTable(name: "detections", role: .detections, schema: Tables.diaSource, key: "diaObjectId"),
            CatalogTable(name: "forced", role: .forced, schema: Tables.diaForcedSource, key: "diaObjectId"),
        ]
        for (catalogue, schema) in nearest {
            tables.append(
                CatalogTable(
                    name: "nearest." + catalogue, role: .nearest(catalogue: catalogue), schema: schema, key: "diaSourceId"))
        }
        return Catalog(tables: tables)
    }

    /// The trigger's columns, the packet's own fields, and what follows from them.
    public static let alertSchema = TableSchema(
        name: "alert", description: "The triggering detection, the packet's own fields, and what follows from them.",
        columns: Tables.diaSource.columns + [
            ColumnSchema(
                id: 1001, name: "observation_reason", type: .string,
                description: "Why the visit was taken, in the scheduler's words."),
            ColumnSchema(
                id: 1002, name: "target_name", type: .string,
                description: "Name of the field or target that the visit was taken for."),
            ColumnSchema(
                id: 1003, name: "is_sso", type: .bool, ucd: "meta.code", isNullable: false,
                description: "Whether the packet attributes the detection to a Solar System object: its ssObjectId is neither "
                    + "null nor 0. What we say is sso.status."),
            ColumnSchema(
                id: 1004, name: "night", type: .int32, ucd: "time.epoch;obs", isNullable: false,
                description: "The observatory's day_obs as YYYYMMDD, from the visit."),
        ])
}
