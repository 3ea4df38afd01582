extension Tables {
    /// Fields of the alert packet outside its records.
    public static let packet = TableSchema(
        name: "packet", description: "Fields of the alert packet outside its records.",
        columns: [
            ColumnSchema(
                id: 1, name: "observation_reason", type: .string,
                description: "Why the visit was taken, in the scheduler's words."),
            ColumnSchema(
                id: 2, name: "target_name", type: .string,
                description: "Name of the field or target that the visit was taken for."),
            ColumnSchema(
                id: 3, name: "cutoutDifference", type: .bytes,
                description: "FITS stamp of the difference image around the detection."),
            ColumnSchema(
                id: 4, name: "cutoutScience", type: .bytes,
                description: "FITS stamp of the science image around the detection."),
            ColumnSchema(
                id: 5, name: "cutoutTemplate", type: .bytes,
                description: "FITS stamp of the template image around the detection."),
            ColumnSchema(
                id: 6, name: "diaSourceId", type: .int64, ucd: "meta.id;obs", isNullable: false,
                description: "Number of the detection that raised the alert; it identifies the alert."),
        ])
}
