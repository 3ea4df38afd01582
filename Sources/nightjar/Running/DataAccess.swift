import Core
import Glibc
import Service

/// Where a question goes: to a broker elsewhere, to the owner of the data directory, or to the directory itself.
enum DataAccess {
    static let options = [
        OptionSpec("--data", "DIR", "the data directory (default: nightjar-data, or NIGHTJAR_DATA)"),
        OptionSpec("--server", "URL", "a broker elsewhere instead of a directory"),
        OptionSpec("--token-file", "FILE", "token for writes over --server"),
    ]

    static func directory(_ arguments: Arguments) -> String {
        if let directory = arguments.text("--data") { return directory }
        return getenv("NIGHTJAR_DATA").map { String(cString: $0) } ?? "nightjar-data"
    }

    /// Runs `body` with a transport; a directory that this process opens is closed again.
    static func with<Result>(
        _ arguments: Arguments, writes: Bool = false, _ body: (any APITransport) throws -> Result
    ) throws -> Result {
        if let url = arguments.text("--server") {
            let token = try arguments.text("--token-file").map { String(try TextFile.require($0).trimmingSpaces) }
            try refuseSettings(arguments, "the broker at \(url)")
            return try body(APIClient(.url(url), token: token))
        }
        let directory = directory(arguments)
        let socket = directory + "/control"
        if APIClient.isAlive(socket: socket) {
            try refuseSettings(arguments, "the owner of \(directory)")
            return try body(APIClient(.socket(socket)))
        }
        if !writes { try requireData(in: directory) }
        let broker = try Broker(directory: directory, configuration: configuration(arguments), isReadOnly: !writes)
        defer { broker.close() }
        return try body(broker.router)
    }

    /// A directory that is not there is a wrong argument, whichever command names it.
    static func requireData(in directory: String) throws(UserFault) {
        guard access(directory + "/FORMAT", F_OK) == 0 else {
            throw UserFault(
                .usage, "there is no Nightjar data in \(directory)",
                hint: "name another directory with --data, or ingest something first")
        }
    }

    /// Who does the work does it with settings of its own.
    private static func refuseSettings(_ arguments: Arguments, _ owner: String) throws(UserFault) {
        for option in ["--registry", "--config"] where arguments.has(option) {
            throw UserFault(
                .conflict, "\(owner) works with its own settings", detail: "\(option) has no effect there",
                hint: "leave it out, or change the settings of the owner")
        }
    }

    /// What the environment says, and the options of the command that are settings too.
    private static func configuration(_ arguments: Arguments) throws(UserFault) -> Configuration {
        var configuration = try Settings.read(file: arguments.text("--config"))
        if let url = arguments.text("--registry") { try configuration.set("registry.url", to: url, from: "--registry") }
        return configuration
    }

    /// Performs a request and prints its answer as it comes.
    static func printAnswer(
        _ arguments: Arguments, _ method: String = "GET", _ path: String, _ query: [(String, String?)] = [],
        body: [UInt8] = [],
        writes: Bool = false
    ) throws -> ExitStatus {
        try with(arguments, writes: writes) { transport in
            let response = try transport.perform(request(method, path, query, body: body)) { bytes in
                bytes.withUnsafeBytes { Console.write($0, to: 1) }
                return true
            }
            guard response.status < 400 else { throw APIFault.userFault(response) }
            return .done
        }
    }

    static func request(
        _ method: String, _ path: String, _ query: [(String, String?)], body: [UInt8] = []
    ) -> APIRequest {
        let given = query.compactMap { name, value in value.map { "\(name)=\(PercentCoding.encode($0))" } }
        let target = path + (given.isEmpty ? "" : "?" + given.joined(separator: "&"))
        return APIRequest(method: method, target: target, body: body)
    }
}
