import Core
import Service

/// The 25 filters of the ingest benchmarks: each lets about one alert in a hundred through, after all its conditions.
enum BenchFilterSet {
    static let count = 25
    static let catalogues = [
        (name: "bench_large", rows: 0.5), (name: "bench_middle", rows: 0.3), (name: "bench_small", rows: 0.2),
    ]

    /// - Parameter readsHistory: whether a fifth of them has an aggregate over forced points, which makes the database
    ///   bring what packets lack.
    static func texts(readsHistory: Bool) -> [(name: String, text: String)] {
        (0..<count).map { index in
            let catalogue = catalogues[index % catalogues.count].name
            let kind = readsHistory && index % 5 == 4 ? 4 : index % 4
            let text =
                "-- title: Benchmark \(index)\n-- owner: bench\n" + head(kind, catalogue)
                + " AND MOD(a.diaSourceId / 7, 100) = \(index * 3)"
            return ("bench_\(index)", text)
        }
    }

    private static func head(_ kind: Int, _ catalogue: String) -> String {
        let quality = "a.psfFluxErr > 0 AND a.is_sso = 0 AND ABS(a.dec) <= 90"
        let select = "SELECT a.diaSourceId, a.diaObjectId, a.ra, a.dec, a.psfFlux FROM alert AS a"
        return switch kind {
        case 0: select + " WHERE " + quality
        case 1:
            "SELECT a.diaObjectId, a.ra, a.dec, m.separation_arcsec, m.mag FROM alert AS a "
                + "LEFT JOIN nearest.\(catalogue) AS m USING (diaSourceId) "
                + "WHERE (m.status = 'unmatched' OR m.mag > 5) AND " + quality
        case 2: select + " WHERE a.ra >= 0 AND a.ra <= 360 AND a.midpointMjdTai > 50000 AND " + quality
        case 3: "SELECT a.diaObjectId, ABMAG(a.psfFlux) AS mag, a.band FROM alert AS a WHERE " + quality
        default:
            select + " WHERE " + quality
                + " AND (SELECT COUNT(*) FROM forced AS f WHERE f.psfFluxErr > 0) >= 1"
        }
    }

    static func deploy(readsHistory: Bool, to broker: Broker) throws {
        for (name, text) in texts(readsHistory: readsHistory) {
            let response = try broker.router.perform(
                DataAccess.request("POST", "/api/v1/filters", [("name", name)], body: Array(text.utf8)), onBody: nil)
            guard response.status < 400 else { throw APIFault.userFault(response) }
        }
    }
}
