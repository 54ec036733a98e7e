/// What a commit promises. The class of a batch is that of its most demanding job.
package enum Durability: Sendable, Equatable {
    /// On the disk when the job is answered (`synchronous=FULL`, one fsync): accepts and operator orders. Taken at once.
    case full
    /// Survives the death of the process, not of the machine (`synchronous=NORMAL`, no fsync): outcomes, expansion. Waits up
    /// to the writer's linger for company. A later FULL commit makes earlier NORMAL ones durable too.
    case normal
}
