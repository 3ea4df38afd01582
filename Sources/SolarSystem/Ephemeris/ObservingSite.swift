import Core
import Glibc
import Sky

/// A place on the Earth by its parallax constants, as the Minor Planet Center gives them.
public struct ObservingSite: Sendable, Equatable {
    public let code: String
    public let name: String
    /// East, degrees.
    public let longitudeDeg: Double
    /// ρ cos φ′ and ρ sin φ′ in radii of the Earth's equator.
    public let rhoCosPhi: Double
    public let rhoSinPhi: Double

    public init(code: String, name: String, longitudeDeg: Double, rhoCosPhi: Double, rhoSinPhi: Double) {
        self.code = code
        self.name = name
        self.longitudeDeg = longitudeDeg
        self.rhoCosPhi = rhoCosPhi
        self.rhoSinPhi = rhoSinPhi
    }

    /// From the axis and the equator of the Earth: au.
    var positionAu: Vec3 {
        let longitude: Double = longitudeDeg * Angle.radiansPerDegree
        let radius: Double = SolarConstants.earthRadiusAu
        return Vec3(
            x: radius * rhoCosPhi * cos(longitude), y: radius * rhoCosPhi * sin(longitude), z: radius * rhoSinPhi)
    }

    /// The Simonyi Survey Telescope of the Vera C. Rubin Observatory.
    public static let rubin = ObservingSite(
        code: "X05", name: "Simonyi Survey Telescope, Rubin Observatory", longitudeDeg: 289.25058,
        rhoCosPhi: 0.864981, rhoSinPhi: -0.500958)

    /// The sites known by name: the Minor Planet Center's codes and constants.
    public static let all: [ObservingSite] = [
        rubin,
        site("000", "Greenwich", 0, 0.62411, 0.77873),
        site("005", "Meudon", 2.23100, 0.659891, 0.748875),
        site("309", "Cerro Paranal", 289.59569, 0.909943, -0.414336),
        site("500", "Geocentre", 0, 0, 0),
        site("568", "Maunakea", 204.5278, 0.94171, 0.33725),
        site("644", "Palomar Mountain", 243.14022, 0.836325, 0.546877),
        site("691", "Steward Observatory, Kitt Peak-Spacewatch", 248.39966, 0.849466, 0.526479),
        site("703", "Catalina Sky Survey", 249.26736, 0.845315, 0.533213),
        site("705", "Apache Point", 254.17942, 0.841945, 0.538563),
        site("E12", "Siding Spring Survey", 149.0642, 0.85563, -0.51621),
        site("F51", "Pan-STARRS 1, Haleakala", 203.74409, 0.936241, 0.351543),
        site("W84", "Cerro Tololo-DECam", 289.19358, 0.865572, -0.499793),
    ]

    private static func site(
        _ code: String, _ name: String, _ longitude: Double, _ cosine: Double, _ sine: Double
    ) -> ObservingSite {
        ObservingSite(code: code, name: name, longitudeDeg: longitude, rhoCosPhi: cosine, rhoSinPhi: sine)
    }

    /// Reads a site that a person named: a code of the list, or `LONGITUDE,RHO_COS_PHI,RHO_SIN_PHI`.
    /// - Throws: `UserFault` (usage).
    public init(parsing text: String) throws(UserFault) {
        if let known = Self.all.first(where: { $0.code == text.uppercased() }) {
            self = known
            return
        }
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard numbers.count == 3, let longitude = numbers[0], let cosine = numbers[1], let sine = numbers[2] else {
            throw UserFault(
                .usage, "not a site: \(text)",
                detail: "known codes: " + Self.all.map(\.code).joined(separator: " "),
                hint: "or write the longitude (deg east) and the parallax constants: 289.25058,0.864981,-0.500958")
        }
        let square: Double = cosine * cosine + sine * sine
        guard abs(longitude) <= 360, cosine >= 0, square < 1.1 else {
            throw UserFault(
                .usage, "not a site: \(text)", detail: "that is not on the Earth",
                hint: "longitude -360 to 360 degrees; rho cos phi' and rho sin phi' in radii of the Earth")
        }
        self.init(code: text, name: text, longitudeDeg: longitude, rhoCosPhi: cosine, rhoSinPhi: sine)
    }
}
