package import Domain

/// Sums of one lane over what is open now.
package struct LaneBacklog: Sendable {
    package var pending = 0
    package var deferred = 0
    package var dead = 0
    /// By an operator; neither pending nor deferred.
    package var held = 0
    /// When the page of the oldest pending delivery was made.
    package var oldest: Instant?
    /// Open pages that cannot be read; what waits on them is counted nowhere else.
    package var unreadable: [UnreadableRowError] = []

    package init() {}
}
