import Core

/// What the pipeline measures of its own work. The conservation counters are the database's: they are written with each
/// commit and outlive the process, and `/metrics` takes them from there.
enum PipelineMetrics {
    private static let registry = MetricRegistry.process

    private static let points = registry.counter("nightjar_points_total", help: "Light-curve points stored.")
    private static let commits = registry.counter("nightjar_commits_total", help: "Synced commits.")
    private static let latency = registry.histogram(
        "nightjar_commit_latency_seconds", help: "From a message's timestamp to its synced commit.")

    static func record(_ plan: CommitPlan, latency seconds: Double?) {
        points.add(Int64(plan.points.count))
        commits.add()
        if let seconds { latency.observe(seconds) }
    }
}
