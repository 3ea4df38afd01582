import Core
import Glibc
import Simulator
import Testing

/// Runs the Python check with fastavro, as `make test` sets it up; prints that it skips when there is none.
private func check(_ packets: String, schema: AlertSchemaVersion, mode: String) -> Int32? {
    guard let python = getenv("NIGHTJAR_PYTHON").map({ String(cString: $0) }) else {
        print("skipped: NIGHTJAR_PYTHON names no interpreter with fastavro")
        return nil
    }
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let command = [
        python, "\(root)/Tests/conformance/simulator/packets.py", "\(root)/Schemas/lsst/\(schema.rawValue).json",
        packets, mode,
    ]
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    guard posix_spawn(&child, python, nil, nil, &arguments, environ) == 0 else { return -1 }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    return status
}

private func temporaryPath(_ name: String) -> String {
    "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/nightjar-\(name)-\(getpid())"
}

@Test("fastavro reads every packet, and the facts of real packets hold", arguments: AlertSchemaVersion.allCases)
func packetsAgainstFastavro(schema: AlertSchemaVersion) throws {
    let path = temporaryPath("packets-\(schema.registryID)")
    defer { unlink(path) }
    let sink = try #require(PacketSink(path: path))
    let generator = AlertGenerator(configuration: smallConfiguration(schema))
    while generator.nextVisit() != nil { generator.forEachPacket { message, _ in sink.write(message) } }
    sink.close()
    if let status = check(path, schema: schema, mode: "nights") { #expect(status == 0) }
}

@Test(
    "Packets of the benchmarks: 20 + 60 points, the same in every packet",
    arguments: [AlertSchemaVersion.v10_0, .v11_1])
func steadyStateAgainstFastavro(schema: AlertSchemaVersion) throws {
    let path = temporaryPath("steady-\(schema.registryID)")
    defer { unlink(path) }
    let sink = try #require(PacketSink(path: path))
    var configuration = SteadyStateConfiguration()
    configuration.fields = 3
    configuration.alertsPerVisit = 5
    configuration.schema = schema
    let generator = SteadyStateGenerator(configuration: configuration)
    for visit in 0..<configuration.visitCount {
        for index in 0..<generator.beginVisit(visit) { sink.write(generator.packet(index)) }
    }
    sink.close()
    if let status = check(path, schema: schema, mode: "steady") { #expect(status == 0) }
}

@Test("Points are revised and withdrawn when asked")
func revisionsAgainstFastavro() throws {
    let path = temporaryPath("revisions")
    defer { unlink(path) }
    let sink = try #require(PacketSink(path: path))
    var configuration = smallConfiguration()
    configuration.revisionFraction = 0.2
    configuration.withdrawFraction = 0.1
    let generator = AlertGenerator(configuration: configuration)
    while generator.nextVisit() != nil { generator.forEachPacket { message, _ in sink.write(message) } }
    sink.close()
    if let status = check(path, schema: .v11_1, mode: "revisions") { #expect(status == 0) }
}

@Test("Packets are sent twice when asked, byte for byte")
func duplicates() {
    var configuration = smallConfiguration()
    configuration.duplicateFraction = 0.1
    let generator = AlertGenerator(configuration: configuration)
    var messages: Set<[UInt8]> = []
    var count = 0
    var target = 0
    while let info = generator.nextVisit() {
        target += info.visit.alertTarget
        generator.forEachPacket { message, _ in
            messages.insert(Array(message))
            count += 1
        }
    }
    #expect(messages.count == target)
    #expect(count > target && count < target + target / 5)
}
