package struct ConnectionInfo: Sendable, Equatable {
    package let id: ConnectionID
    /// Requests given to this connection so far, the present one not counted.
    package let requestsSent: UInt64
    /// When the peer's SETTINGS had arrived.
    package let openedAt: MonotonicTime

    package init(id: ConnectionID, requestsSent: UInt64, openedAt: MonotonicTime) {
        self.id = id
        self.requestsSent = requestsSent
        self.openedAt = openedAt
    }
}
