import Core
import Crossmatch
import Sky

/// The nearest source of every catalogue for every alert of a batch. Runs on the reader's thread.
final class AnnotateStage {
    private let catalogues: CatalogueSet?
    private let radiusArcsec: (String) -> Double
    private let clock: any WallClock
    private var refreshAt = 0.0
    /// The alerts sorted by place, shared by all catalogues.
    private let sky = SkyBatch()
    private var matchers: [NearestMatcher] = []

    /// How often new catalogues and new versions are looked for.
    static let refreshSeconds = 5.0

    init(catalogues: CatalogueSet?, radiusArcsec: @escaping (String) -> Double, clock: any WallClock) {
        self.catalogues = catalogues
        self.radiusArcsec = radiusArcsec
        self.clock = clock
    }

    func match(_ decoded: DecodedBatch) {
        guard let catalogues else { return }
        if clock.monotonicSeconds > refreshAt {
            refreshAt = clock.monotonicSeconds + AnnotateStage.refreshSeconds
            let changed = catalogues.refresh() + catalogues.adoptNewNames()
            // A new version may have other columns to fill.
            if !changed.isEmpty { matchers = [] }
        }
        sky.load(decoded.batch)
        let names = catalogues.names
        if matchers.map(\.catalogueName) != names {
            matchers = names.map { matcher($0, catalogues) }
        }
        decoded.nearest = matchers.map { $0.match(sky) }
    }

    private func matcher(_ name: String, _ catalogues: CatalogueSet) -> NearestMatcher {
        let columns = catalogues.nearestSchema(name)?.columns.map(\.name) ?? []
        return NearestMatcher(
            set: catalogues, catalogue: name, radius: Angle(arcsec: radiusArcsec(name)), neededColumns: Set(columns))
    }
}
