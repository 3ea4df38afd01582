import Core

/// What `/metrics` shows of the nights' indexes.
enum NightlyMetrics {
    private static let registry = MetricRegistry.process

    private static let builds = registry.counter(
        "nightjar_solar_system_indexes_total", help: "Nightly indexes of orbits made.")
    private static let seconds = registry.gauge(
        "nightjar_solar_system_index_seconds", help: "What the newest index took to make.")

    static func note(_ made: OrbitNight) {
        builds.add()
        seconds.set(made.seconds)
    }

    /// A later host takes the place of an earlier one.
    static func show(_ host: NightlyHost) {
        registry.gauge("nightjar_solar_system_orbits", help: "Orbits of the set that alerts are compared with.") {
            [weak host] in Double(host?.currentSet?.count ?? 0)
        }
        registry.gauge("nightjar_solar_system_night", help: "The newest night that has an index; 0 without one.") {
            [weak host] in Double(host?.loaded.last?.night.dayObs ?? 0)
        }
        registry.gauge(
            "nightjar_solar_system_index_age_seconds", help: "Since the newest night's index was made; NaN without one."
        ) { [weak host] in host?.newestAgeSeconds ?? .nan }
        registry.gauge(
            "nightjar_solar_system_not_predicted", help: "Orbits without a place in the newest night that has an index."
        ) { [weak host] in Double(host?.loaded.last?.index.lost ?? 0) }
        registry.gauge("nightjar_solar_system_index_bytes", help: "Memory of all indexes that are loaded.") {
            [weak host] in Double(host?.loaded.reduce(0) { $0 + $1.index.residentBytes } ?? 0)
        }
    }
}
