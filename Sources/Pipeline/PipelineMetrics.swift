import Core

/// The pipeline's part of `/metrics`.
enum PipelineMetrics {
    private static let registry = MetricRegistry.process

    private static let received = registry.counter("nightjar_received_total", help: "Messages read from the sources.")
    private static let decoded = registry.counter("nightjar_decoded_total", help: "Messages that became alerts.")
    private static let deadLettered = registry.counter(
        "nightjar_dead_lettered_total", help: "Messages that became dead letters.")
    private static let new = registry.counter("nightjar_new_total", help: "Alerts that were not known.")
    private static let revised = registry.counter("nightjar_revised_total", help: "Alerts known with another content.")
    private static let duplicates = registry.counter(
        "nightjar_duplicate_total", help: "Alerts known with the same content.")
    private static let points = registry.counter("nightjar_points_total", help: "Light-curve points stored.")
    private static let published = registry.counter("nightjar_published_total", help: "Records put into topics.")
    private static let commits = registry.counter("nightjar_commits_total", help: "Synced commits.")
    private static let latency = registry.histogram(
        "nightjar_commit_latency_seconds", help: "From a message's timestamp to its synced commit.")

    static func record(_ plan: CommitPlan, latency seconds: Double?) {
        let alerts = plan.outcomes.count
        received.add(Int64(alerts + plan.deadLetters.count))
        decoded.add(Int64(alerts))
        deadLettered.add(Int64(plan.deadLetters.count))
        new.add(Int64(plan.outcomes.count { $0.kind == .new }))
        revised.add(Int64(plan.outcomes.count { $0.kind == .revised }))
        duplicates.add(Int64(plan.outcomes.count { $0.kind == .duplicate }))
        points.add(Int64(plan.points.count))
        published.add(Int64(plan.publications.count))
        commits.add()
        if let seconds { latency.observe(seconds) }
    }
}
