import Avro

/// Compares our NDJSON with the reference decode, whose 64-bit ids are numbers and whose NaN is "NaN".
enum ReferenceComparison {
    static func differences(_ ours: JSONValue, _ theirs: JSONValue, _ path: String = "") -> [String] {
        switch (ours, theirs) {
        case (.object(let mine), .object(let other)):
            var found: [String] = []
            for member in other {
                guard let value = ours[member.name] else {
                    found.append("\(path).\(member.name) is missing")
                    continue
                }
                found += differences(value, member.value, "\(path).\(member.name)")
            }
            found += mine.filter { theirs[$0.name] == nil }.map { "\(path).\($0.name) is not in the reference" }
            return found
        case (.array(let mine), .array(let other)):
            guard mine.count == other.count else { return ["\(path): \(mine.count) and \(other.count) elements"] }
            return zip(mine, other).enumerated().flatMap { differences($1.0, $1.1, "\(path)[\($0)]") }
        case (.null, .string("NaN")), (.null, .null): return []
        case (.string(let mine), .number(let other)): return mine == other ? [] : ["\(path): \(mine) and \(other)"]
        case (.number, .number):
            // The reference widened floats: equal as a double, or as the float that both stand for.
            guard let mine = ours.double, let other = theirs.double else { return ["\(path): not numbers"] }
            return mine == other || Float(mine) == Float(other) ? [] : ["\(path): \(mine) and \(other)"]
        default: return ours == theirs ? [] : ["\(path): \(ours.json.prefix(80)) and \(theirs.json.prefix(80))"]
        }
    }
}
