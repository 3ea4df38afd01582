/// The topic of what follows from all detections of a Solar System object: a record a body and night in which it was seen.
public enum SSObjectTopic {
    public static let name = "nightjar_ssobject"
    /// Version of the schema below; another set of columns needs another.
    public static let schemaVersion: Int32 = 1

    /// The night, the orbit set in use, then the columns of `Tables.ssObject`; those that may be missing are unions with null.
    public static let schemaJSON: String = {
        var writer = TextWriter()
        writer.append(#"{"type":"record","name":"nightjar_ssobject","namespace":"nightjar","fields":["#)
        writer.append(#"{"name":"night","type":"int","doc":"The night whose detections caused the record, YYYYMMDD."},"#)
        writer.append(#"{"name":"orbitSet","type":"string","doc":"Version of the orbit set in use, empty without one."}"#)
        for column in Tables.ssObject.columns {
            let type = column.type.avroName
            writer.append(",{\"name\":")
            writer.append(jsonString: column.name)
            writer.append(string: ",\"type\":" + (column.isNullable ? "[\"null\",\"\(type)\"],\"default\":null" : "\"\(type)\""))
            writer.append(",\"doc\":")
            writer.append(jsonString: column.unit.isEmpty ? column.description : "\(column.description) [\(column.unit)]")
            writer.append("}")
        }
        writer.append("]}")
        return writer.text
    }()
}
