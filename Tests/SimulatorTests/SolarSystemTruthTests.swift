import Core
import Simulator
import Sky
import SolarSystem
import Testing

/// The bodies of a simulation against the night's index: two ways from the same published orbits to places on the sky.
@Suite struct SolarSystemTruthTests {
    private static func configuration() -> SimulationConfiguration {
        var configuration = SimulationConfiguration()
        configuration.alertsPerVisit = 400
        configuration.visits = 8
        configuration.nights = 4
        configuration.sparseVisits = 4
        configuration.sparseShare = 0.5
        configuration.solarSystemFraction = 0.3
        return configuration
    }

    private struct Orbits: OrbitSource {
        let list: [SimulatedBody]
        var count: Int { list.count }
        func elements(_ row: Int) -> CometaryElements { list[row].elements }
        func epochMjdTT(_ row: Int) -> Double { list[row].elements.epochMjdTT }
        func qAu(_ row: Int) -> Double { list[row].elements.qAu }
    }

    /// Every population flies; what is predictable is attributed to the right body, nothing else is; noise is as stated.
    @Test func bodiesAreFoundByTheirOrbits() throws {
        let source = SimulatorSource(configuration: Self.configuration())
        print("seed \(Self.configuration().seed)")
        let known = Orbits(list: source.orbits.bodies.filter(\.hasPublishedOrbit))
        let all = Set(source.orbits.bodies.map(\.population))
        #expect(all == Set(BodyPopulation.allCases))
        #expect(Set(source.orbits.bodies.map(\.ssObjectId)).count == source.orbits.bodies.count)
        let planets = PlanetTable()
        var nights: [Night: VisitMatcher] = [:]
        var (predictable, right, wrong) = (0, 0, 0)
        var separations: [Double] = []
        var kinds: Set<BodyPopulation> = []
        let generator = AlertGenerator(configuration: Self.configuration())
        while let visit = generator.nextVisit() {
            let night = visit.visit.night
            let matcher =
                nights[night]
                ?? VisitMatcher(index: NightlyIndex(known, options: NightlyOptions(night: night), planets: planets))
            nights[night] = matcher
            let truth = generator.truth
            let places = (0..<truth.count).map { Self.place(of: generator.packet($0).message, truth[$0]) }
            let columns = SourceColumns(
                raDegrees: places.map(\.raDegrees), decDegrees: places.map(\.decDegrees),
                midpointMjdTai: places.map { _ in visit.visit.midpoint.days })
            let result = matcher.match(columns)
            #expect(result.unknownSources.isEmpty)
            // Simulated detections are farther apart than two of them could be near one body.
            for match in result.matches where match.orbitRank == 1 && match.separationArcsec <= SolarClaim.mostArcsec {
                let body = known.list[match.orbit]
                if truth[match.source].ssObjectID == body.ssObjectId {
                    right += 1
                    separations.append(match.separationArcsec)
                    kinds.insert(body.population)
                } else {
                    wrong += 1
                }
            }
            predictable += truth.count { $0.hasPublishedOrbit }
        }
        separations.sort()
        print("predictable \(predictable), right \(right), wrong \(wrong), median \(separations[separations.count / 2])″")
        #expect(predictable > 500 && kinds == all)
        #expect(Double(right) >= 0.999 * Double(predictable))
        // Chance gives 5e-5 a prediction at this density.
        #expect(wrong <= 2)
        #expect(separations[separations.count / 2] > 0.02 && separations[separations.count / 2] < 0.1)
        #expect(separations[separations.count * 99 / 100] < 1)
    }

    /// The detection's place, read where the wire has it: after its id come two texts, then diaSource from its start.
    private static func place(of message: UnsafeRawBufferPointer, _ truth: AlertTruth) -> SkyPosition {
        let decoded = PacketPlace(message)
        #expect(decoded.diaSourceId == truth.diaSourceID.rawValue)
        return decoded.place
    }

    /// All flags that a comparison with the packet can have occur, in the stated shares.
    @Test func knowledgeIsMixed() {
        let generator = AlertGenerator(configuration: Self.configuration())
        var counts: [String: Int] = [:]
        while generator.nextVisit() != nil {
            for one in generator.truth where one.population != nil {
                let packet =
                    one.packetBody.isNone ? "unnamed" : one.packetBody == one.ssObjectID ? "named" : "misnamed"
                counts["\(packet) \(one.hasPublishedOrbit ? "orbit" : "none")", default: 0] += 1
            }
        }
        for kind in ["named orbit", "named none", "misnamed orbit", "unnamed orbit", "unnamed none"] {
            #expect(counts[kind, default: 0] > 0, "\(kind): \(counts)")
        }
        #expect(counts["named orbit", default: 0] > 4 * counts["named none", default: 0])
    }

    /// The exported file reads as the bodies' own elements, comets and open orbits with them.
    @Test func theOrbitFileIsExact() throws {
        let orbits = AlertGenerator(configuration: Self.configuration()).orbits
        var text = ""
        orbits.writeCSV { text += $0 }
        let lines = text.split(separator: "\n").dropFirst()
        let known = orbits.bodies.filter(\.hasPublishedOrbit)
        #expect(lines.count == known.count)
        for (line, body) in zip(lines, known) {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            #expect(cells[0] == body.designation.unpacked)
            #expect(Designation(cells[0]) == body.designation)
            #expect(Double(cells[1]) == body.elements.qAu && Double(cells[6]) == body.elements.timeOfPerihelionMjdTT)
            #expect(body.designation.kind == body.elements.kind)
        }
        #expect(known.contains { $0.elements.eccentricity > 1 } || known.contains { $0.population == .comet })
        #expect(orbits.bodies.contains { $0.elements.nonGravitational != nil })
    }

    /// Trojans lead or follow Jupiter, the main belt lies where it does, nothing is brighter than its kind may be.
    @Test func populationsAreWhereTheyBelong() {
        for body in AlertGenerator(configuration: Self.configuration()).orbits.bodies {
            let (q, e) = (body.elements.qAu, body.elements.eccentricity)
            switch body.population {
            case .mainBelt: #expect((1.3...3.4).contains(q) && (2...3.4).contains(q / (1 - e)))
            case .nearEarth: #expect((0.2...1.35).contains(q))
            case .trojan: #expect((5...5.45).contains(q / (1 - e)), "\(body.designation)")
            case .transNeptunian: #expect(q > 28 && e < 0.9)
            case .comet: #expect((0.4...5.2).contains(q) && e < 4.5)
            }
        }
    }
}
