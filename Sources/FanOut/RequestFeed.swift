/// What a lane sends: the engine asks, the feed answers. Every call comes on the loop thread and must not block.
///
/// `Sendable` because the feed is handed over to that thread; state touched only in these calls is guarded by it.
package protocol RequestFeed: AnyObject, Sendable {
    /// A stream is free: write the request and return its ticket (any number of the feed's choice), or return nil when
    /// there is nothing to send now. After nil the engine asks again after `wake(lane)` or after an answer on this lane.
    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64?

    /// Exactly once per ticket, at shutdown too.
    func finished(_ ticket: UInt64, _ result: RequestResult, on connection: ConnectionInfo) -> AfterAnswer

    /// A fact about the lane as a whole, for its breaker and for the operator.
    func laneEvent(_ event: LaneEvent)

    /// The end of a loop turn in which at least one ticket finished or the lane was woken, with a connection or without: the place to hand a
    /// batch of outcomes to another thread, and to obey orders.
    func turnEnded()
}

/// Why there is no connection. The text is a sentence for the operator.
package enum ConnectError: Error, Sendable, Equatable, CustomStringConvertible {
    case nameNotResolved(String)
    case refused(String)
    /// The proxy is not reached, does not let us through or does not answer; what became of the host is unknown.
    case proxy(String)
    /// The lane's address policy forbids an address of the host. The text does not name the address, so it may be shown outside.
    case forbiddenAddress(String)
    case tls(String)
    /// TLS works, and the peer does not choose `h2`: another client may reach it with HTTP/1.1.
    case noHTTP2(String)
    case timedOut(String)
    /// TLS and ALPN worked, then the peer broke HTTP/2 or hung up before its SETTINGS.
    case protocolError(String)

    package var description: String {
        switch self {
        case .nameNotResolved(let text), .refused(let text), .tls(let text), .noHTTP2(let text), .timedOut(let text),
            .protocolError(let text), .proxy(let text), .forbiddenAddress(let text):
            text
        }
    }
}
