/// Whether history may go before its time. That cannot be undone, so a disk that is short for a moment (a copy, a log that is turned over) is
/// no reason yet. Value type: what was seen comes in.
package struct RoomShortage: Hashable, Sendable {
    /// How long the disk has to be short of room, without a break; half of it and a person still has time to make room.
    package static let patience = Duration.seconds(15 * 60)

    /// Monotonic milliseconds.
    private var since: Int64?

    package init() {}

    /// - Parameters:
    ///   - isShort: the disk lacks room although the store has pages to use again.
    ///   - isUrgent: nothing new is accepted any more for lack of room: no time to wait.
    ///   - now: monotonic milliseconds.
    /// - Returns: true when history has to go.
    package mutating func look(isShort: Bool, isUrgent: Bool, at now: Int64) -> Bool {
        guard isShort else {
            since = nil
            return false
        }
        let start = since ?? now
        since = start
        return isUrgent || now - start >= Self.patience.wholeMilliseconds
    }
}
