import CZlib
import Core
import Glibc
import SolarSystem

/// A directory that goes with its owner.
final class OrbitScratch {
    let path: String

    init() {
        var template = Array("/tmp/nightjar-orbits-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no temporary directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { OrbitScratch.remove(path) }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            closedir(directory)
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    var store: OrbitStore { OrbitStore(path: path + "/orbits") }

    func file(_ name: String, _ text: String) -> String { file(name, Array(text.utf8)) }

    func file(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        guard let stream = fopen(file, "wb") else { preconditionFailure("cannot write \(file)") }
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return file
    }

    func gzip(_ name: String, _ text: String) -> String {
        let file = path + "/" + name
        guard let stream = gzopen(file, "wb") else { preconditionFailure("cannot write \(file)") }
        let bytes = Array(text.utf8)
        gzwrite(stream, bytes, UInt32(bytes.count))
        gzclose(stream)
        return file
    }

    func imports(_ files: String..., strict: Bool = false, merges: Bool = false) throws -> OrbitImport.Report {
        var options = OrbitImport.Options(store: store, files: files)
        options.isStrict = strict
        options.merges = merges
        options.now = MJD(61_365)
        return try OrbitImport.run(options)
    }

    func set() throws -> OrbitSet {
        guard let set = try store.openCurrent() else { throw UserFault(.notFound, "no orbit set") }
        return set
    }
}

/// Lines of files as the Minor Planet Center writes them.
enum OrbitText {
    static let ceres =
        "00001    3.34  0.15 K2669 274.41935   73.29420   80.24863   10.58803  0.0796923  0.21430445   2.7655526  0 MPO980521  7297 126 1801-2026 0.83 M-v 30k Veres      4000      (1) Ceres              20260103"
    static let olderCeres =
        "00001    3.34  0.15 K2555 188.70269   73.27343   80.25221   10.58780  0.0794013  0.21424651   2.7660512  0 E2024-V47  7330 125 1801-2024 0.80 M-v 30k MPCLINUX   4000      (1) Ceres              20241101"
    static let numbered =
        "~000A   17.05  0.15 K25BL 312.31742  204.02981  130.10239    5.10912  0.1214500  0.23415920   2.6070330  1 MPO964264   120   6 2001-2024 0.55 M-v 3Ek MPCLINUX   0000 (620010) 2001 QB77          20241015"
    static let provisional =
        "K06T06K 18.20  0.15 K25BL 121.00000   10.50000  200.25000   12.12500  0.2000000  0.25000000   2.4956000  2 MPO964264    60   5 2006-2024 0.55 M-v 3Ek MPCLINUX   0000         2006 TK6           20241015"
    static let shortArc =
        "K26D62F 20.76       K25BL  10.00000  205.70481  225.80700    4.98402  0.1356640  0.28800000   2.2695000  9 E2026-D50    12   1    2 days 0.21         MPCLINUX   0000         2026 DF62          20260220"
    static let noMagnitude =
        "PLS2040             K25BL  10.00000  205.70481  225.80700    4.98402  0.1356640  0.28800000   2.2695000    MPO  1111     8   1   10 days 0.21         MPCLINUX   0000         2040 P-L           19601001"
    static let heading =
        "MINOR PLANET CENTER ORBIT DATABASE (MPCORB)\n\nThis file contains published orbital elements.\n\nDes'n     H     G   Epoch     M        Peri.      Node       Incl.       e            n           a        Reference #Obs #Opp    Arc    rms  Perts   Computer\n\n"
        + String(repeating: "-", count: 160) + "\n"

    static let haleBopp =
        "    CJ95O010  1997 03 30.4374  0.915882  0.994856  130.5887  282.4671   89.4224  20240331  -2.0  4.0  C/1995 O1 (Hale-Bopp)                                    MPC106342"
    static let halley =
        "0001P         2061 07 28.5836  0.574701  0.968023  112.1934   59.0862  161.9588  20240331   6.9  4.0  1P/Halley                                                 98, 1083"
    static let piece =
        "0073P      c  2022 08 25.7000  0.972855  0.685433  199.4200   69.6590   11.2370  20240331  13.0  4.0  73P-C/Schwassmann-Wachmann                                MPC106342"
    static let hyperbola =
        "0003I         2025 10 29.4800  1.356500  6.139000  128.0100  322.1600  175.1100  20251121  12.0  4.0  3I/ATLAS                                                  MPEC 2025"
}
