import Avro
import Core
import Testing

@Suite struct SchemaParserTests {
    @Test func namespacesAndReferencesResolve() throws {
        let schema = try AvroSchema(
            json: """
                {"type":"record","name":"a.b.Outer","fields":[
                  {"name":"x","type":{"type":"record","name":"Inner","aliases":["Old"],"fields":[{"name":"i","type":"int"}]}},
                  {"name":"y","type":["null","Inner"],"default":"invalid, and nobody minds"},
                  {"name":"z","type":{"type":"enum","name":"c.E","symbols":["A","B"],"default":"A"}},
                  {"name":"w","type":"c.E"},
                  {"name":"self","type":["null","Outer"],"default":null}]}
                """)
        let outer = try #require(schema.rootRecord)
        #expect(outer.name.full == "a.b.Outer" && outer.name.unqualified == "Outer")
        #expect(schema[outer.fields[0].type].kind.definedName?.full == "a.b.Inner")
        #expect(outer.fields[2].type == outer.fields[3].type)
        #expect(
            schema.canonicalForm
                == #"{"name":"a.b.Outer","type":"record","fields":[{"name":"x","type":{"name":"a.b.Inner","type":"record","fields":[{"name":"i","type":"int"}]}},{"name":"y","type":["null","a.b.Inner"]},{"name":"z","type":{"name":"c.E","type":"enum","symbols":["A","B"]}},{"name":"w","type":"c.E"},{"name":"self","type":["null","a.b.Outer"]}]}"#
        )
        #expect(try AvroSchema(json: schema.json).json == schema.json)
    }

    /// Vectors of the specification's own test suite (share/test/data/schema-tests.txt).
    @Test(arguments: [
        (#""null""#, 7_195_948_357_588_979_594 as Int64), (#"{"type":"boolean"}"#, -6_970_731_678_124_411_036),
        (#""int""#, 8_247_732_601_305_521_295), (#""string""#, -8_142_146_995_180_207_161),
    ])
    func fingerprintsAreThoseOfTheSpecification(json: String, expected: Int64) throws {
        #expect(Int64(bitPattern: try AvroSchema(json: json).fingerprint) == expected)
    }

    @Test func logicalTypesAreKeptWhereTheyFit() throws {
        let schema = try AvroSchema(
            json: """
                {"type":"record","name":"R","fields":[
                  {"name":"t","type":{"type":"long","logicalType":"timestamp-micros"}},
                  {"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
                  {"name":"u","type":{"type":"int","logicalType":"uuid"}}]}
                """)
        let record = try #require(schema.rootRecord)
        #expect(schema[record.fields[0].type].logicalType == .timestampMicros)
        #expect(schema[record.fields[1].type].logicalType == .decimal(precision: 9, scale: 2))
        #expect(schema[record.fields[2].type].logicalType == nil)
    }

    @Test(arguments: [
        "", "{", #""unknown""#, #"{"type":"record","name":"R"}"#,
        #"{"type":"record","name":"R","fields":[{"name":"a b","type":"int"}]}"#,
        #"["int","int"]"#, #"["null",["int"]]"#, #"{"type":"enum","name":"E","symbols":["A","A"]}"#,
        #"{"type":"fixed","name":"F","size":-1}"#, #"{"type":"fixed","name":"F","size":99999999999}"#,
        #"{"type":"record","name":"int","fields":[]}"#, #"{"type":"array"}"#, "17",
        #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
        #"{"type":"record","name":"R","fields":[{"name":"a","type":"R2"},{"name":"b","type":{"type":"fixed","name":"R2","size":1}}]}"#,
    ])
    func brokenSchemasAreSchemaFaults(json: String) {
        do {
            _ = try AvroSchema(json: json)
            Issue.record("accepted \(json)")
        } catch {
            #expect(error.reason == .schema)
        }
    }

    @Test func deepSchemasAreRefused() {
        let json =
            String(repeating: #"{"type":"array","items":"#, count: 100) + #""int""# + String(repeating: "}", count: 100)
        #expect(throws: RecordFault.self) { try AvroSchema(json: json) }
    }

    @Test(arguments: [
        "01", "1.", "[1,]", #"{"a":1,"a":2}"#, "\"\u{1}\"", #""\ud800""#, "nul", #""a"#, "1 2", #"{"a"}"#, "-", "[",
    ])
    func brokenJSONIsRefused(text: String) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.parse(text) }
    }

    @Test func jsonKeepsWhatItReads() throws {
        let value = try JSONReader.parse(#" {"a":[1,-2.5e3,"\u00e9\ud83d\ude00\n"],"b":9223372036854775807,"c":{}} "#)
        #expect(value["b"]?.integer == .max)
        #expect(value["a"] == .array([.number("1"), .number("-2.5e3"), .string("é😀\n")]))
        #expect(try JSONReader.parse(value.json) == value)
    }
}
