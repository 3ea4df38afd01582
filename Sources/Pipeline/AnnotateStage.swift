import Core
import Crossmatch
import Sky

/// The nearest source of every catalogue and the orbits near every alert of a batch. Runs on the reader's thread.
final class AnnotateStage {
    private let catalogues: CatalogueSet?
    private let solar: SolarAssociation?
    private let radiusArcsec: (String) -> Double
    private let clock: any WallClock
    private let stop: StopFlag
    private var refreshAt = 0.0
    /// The alerts sorted by place, shared by all catalogues.
    private let sky = SkyBatch()
    private var matchers: [NearestMatcher] = []
    /// What they were made for.
    private var matched: [CatalogueSet.Version] = []

    /// How often new catalogues and new versions are looked for.
    static let refreshSeconds = 5.0

    init(
        catalogues: CatalogueSet?, solar: SolarAssociation?, radiusArcsec: @escaping (String) -> Double,
        clock: any WallClock, stop: StopFlag = StopFlag()
    ) {
        self.catalogues = catalogues
        self.solar = solar
        self.radiusArcsec = radiusArcsec
        self.clock = clock
        self.stop = stop
    }

    /// False when told to stop while orbits were waited for: the batch is to be thrown away, and read again next time.
    @discardableResult
    func match(_ decoded: DecodedBatch) -> Bool {
        let isTimeToRefresh = clock.monotonicSeconds > refreshAt
        if isTimeToRefresh { refreshAt = clock.monotonicSeconds + AnnotateStage.refreshSeconds }
        if let solar {
            guard let candidates = solar.associate(decoded.batch, isStopped: { stop.isRequested }) else { return false }
            decoded.solar = candidates
        }
        guard let catalogues else { return true }
        if isTimeToRefresh {
            catalogues.refresh()
            catalogues.adoptNewNames()
        }
        sky.load(decoded.batch)
        // Others may have refreshed the set; a new version may have other columns to fill.
        let versions = catalogues.versions
        if versions != matched {
            matched = versions
            matchers = versions.map { matcher($0.name, catalogues) }
        }
        decoded.nearest = matchers.map { $0.match(sky) }
        return true
    }

    private func matcher(_ name: String, _ catalogues: CatalogueSet) -> NearestMatcher {
        let columns = catalogues.nearestSchema(name)?.columns.map(\.name) ?? []
        return NearestMatcher(
            set: catalogues, catalogue: name, radius: Angle(arcsec: radiusArcsec(name)), neededColumns: Set(columns))
    }
}
