import Core
import Service

/// The query of an operation: every name must be one of its own.
struct OperationArguments {
    private let values: [String: String]

    init(_ request: APIRequest, _ known: [String]) throws(UserFault) {
        var values: [String: String] = [:]
        for (name, value) in request.query {
            guard known.contains(name) else {
                throw UserFault(
                    .usage, "this operation has no parameter \(name)",
                    hint: known.isEmpty ? "it takes none" : "it takes " + known.joined(separator: ", "))
            }
            values[name] = value
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }

    func required(_ name: String) throws(UserFault) -> String {
        guard let value = values[name], !value.isEmpty else { throw UserFault(.usage, "parameter \(name) is missing") }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(UserFault) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw UserFault(
                .usage, "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    func night(_ name: String) throws(UserFault) -> Night? {
        guard let text = values[name] else { return nil }
        guard let night = Night(named: text) else {
            throw UserFault(.usage, "\(name) is no date: \"\(text.prefix(100))\"", hint: Night.rule)
        }
        return night
    }
}
