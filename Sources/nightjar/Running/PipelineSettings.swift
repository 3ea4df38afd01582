import Core
import Pipeline

extension PipelineOptions {
    /// What the configuration says of batches and match radii.
    init(_ configuration: Configuration) throws(UserFault) {
        self.init()
        batchAlerts = configuration.integer("batch.alerts")
        batchBytes = configuration.integer("batch.bytes")
        batchSeconds = Double(configuration.integer("batch.milliseconds")) / 1000
        visitClosesAfterSeconds = configuration.number("sso.visit_closes_seconds")
        acceptsDeadLetters = configuration.flag("accept_dead_letters")
        defaultRadiusArcsec = configuration.number("catalogues.radius_arcsec")
        let limits = Configuration.matchRadiiArcsec
        for (name, value) in configuration.group("catalogues.radii") {
            guard let radius = Double(value), limits.contains(radius) else {
                throw UserFault(
                    .usage,
                    "catalogues.radii.\(name) is \"\(value)\", which is no radius from \(limits.lowerBound) to \(limits.upperBound) arcsec"
                )
            }
            radiiArcsec[name] = radius
        }
    }
}
