import Core

/// The Avro schema of what a filter publishes: an envelope that all filters share around the selected columns.
public enum OutputSchema {
    /// Why an alert is published.
    public enum Kind: String, Sendable, CaseIterable {
        case new
        case update
        case retraction
    }

    /// The schema as JSON: record `nightjar.<topic>` with
    /// `diaSourceId` long, `diaObjectId` and `ssObjectId` null or long, `midpointMjdTai` double, `kind` string (new, update,
    /// retraction), `revision` int, `supersedes` null or string (topic/offset), `commitSeq` long, `filter` string,
    /// `filterVersion` int, `lineage` map of strings (catalogue versions, orbit set, software, and under `reason` why a record was
    /// published that is not the first word about its alert), and the record `selected`, whose fields are all nullable: all are
    /// null in a retraction.
    public static func avroJSON(topic: String, columns: [OutputColumn]) -> String {
        var json = TextWriter(capacity: 1024)
        json.append("{\"type\":\"record\",\"name\":")
        json.append(jsonString: topic)
        json.append(",\"namespace\":\"nightjar\",\"fields\":[")
        for (index, field) in envelope.enumerated() {
            if index > 0 { json.append(",") }
            json.append("{\"name\":")
            json.append(jsonString: field.name)
            json.append(",\"type\":")
            json.append(string: field.type)
            json.append("}")
        }
        json.append(",{\"name\":\"selected\",\"type\":{\"type\":\"record\",\"name\":")
        json.append(jsonString: topic + "_selected")
        json.append(",\"namespace\":\"nightjar\",\"fields\":[")
        for (index, column) in columns.enumerated() {
            if index > 0 { json.append(",") }
            json.append("{\"name\":")
            json.append(jsonString: column.name)
            json.append(",\"type\":[\"null\",\"")
            json.append(string: column.type.avroName)
            json.append("\"],\"default\":null}")
        }
        json.append("]}}]}")
        return json.text
    }

    /// The envelope's fields, in the order of their bytes, with their types as JSON.
    public static let envelope: [(name: String, type: String)] = [
        ("diaSourceId", "\"long\""), ("diaObjectId", "[\"null\",\"long\"]"), ("ssObjectId", "[\"null\",\"long\"]"),
        ("midpointMjdTai", "\"double\""), ("kind", "\"string\""), ("revision", "\"int\""),
        ("supersedes", "[\"null\",\"string\"]"), ("commitSeq", "\"long\""), ("filter", "\"string\""),
        ("filterVersion", "\"int\""), ("lineage", "{\"type\":\"map\",\"values\":\"string\"}"),
    ]

    /// What a reader of the older columns would trip over in the newer ones: columns gone (or renamed) or of another type.
    /// New columns are nullable and break nobody.
    public static func breakingChanges(from old: [OutputColumn], to new: [OutputColumn]) -> [String] {
        old.compactMap { column in
            guard let now = new.first(where: { $0.name == column.name }) else { return "column \(column.name) is gone" }
            if now.type == column.type { return nil }
            return "column \(column.name) was \(column.type.avroName) and would be \(now.type.avroName)"
        }
    }
}
