import Core

/// Work of the commit stage beside its batches: a step at a time between two of them, each in a commit of its own.
///
/// A step finds its work in the database, so that one whose outcome is not known is simply taken again.
protocol BackgroundStep: AnyObject {
    /// Whether there is work that can be done now.
    var isPending: Bool { get }
    /// Looks for work: now and then, or at once.
    /// - Parameter isUrgent: no more alerts will come, and everything that can be done shall be.
    func look(isUrgent: Bool) throws(DependencyFault)
    /// Does a bounded part of it; answers what was committed, nil when nothing was.
    func step() throws(DependencyFault) -> CommitPlan?
}
