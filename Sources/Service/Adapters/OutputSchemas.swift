import Avro
import Core
import FilterEngine

/// The registry id of an output schema when our own endpoint is the registry: made from topic and schema, so that it is the
/// same after every restart and on every replica. Below the ids of containers' schemas, above those of Rubin.
public enum OutputSchemaID {
    public static let first: Int32 = 1 << 29

    public static func id(topic: String, json: String) -> Int32 {
        let hash = FilterVersion.hash(topic + "\n" + json)
        return first | Int32(truncatingIfNeeded: (hash ^ (hash >> 32)) & 0x1FFF_FFFF)
    }
}
