/// What one slice of pruning deleted.
package struct PruneReport: Sendable, Equatable {
    package var events = 0
    package var pages = 0
    /// A slice that met its bound: there may be more.
    package var isFull = false

    package init(events: Int = 0, pages: Int = 0, isFull: Bool = false) {
        self.events = events
        self.pages = pages
        self.isFull = isFull
    }
}
