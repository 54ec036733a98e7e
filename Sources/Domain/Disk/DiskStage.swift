/// How much room the disk of the stores has, in stages; each does what the ones before it do.
package enum DiskStage: String, Hashable, Sendable, CaseIterable {
    case ample
    /// What is large or not urgent is refused, history is pruned early.
    case soft
    /// Nothing new is accepted; sending and recording go on in what is allocated already.
    case hard
    /// Outcomes cannot be recorded: lanes stand still, the ballast is let go.
    case blocked
}
