/// What one connection may do next: the rules of HTTP/1.1 that the server library leaves out, and the bounds on what a peer may cost
/// before it is anybody. Inputs in, decisions out; no channel, no clock.
struct ConnectionRules: Hashable, Sendable {
    /// How long each state may last.
    struct Times: Hashable, Sendable {
        /// From the first byte of a head, or from the connection's start, to its last.
        var head = Duration.seconds(10)
        /// Between an answer and the next request.
        var idle = Duration.seconds(75)
        /// Between two pieces of an answer that the peer takes.
        var write = Duration.seconds(30)
        /// From the last answer of a connection to its end: a peer that still sends should see the answer first [RFC 9112 §9.6].
        var linger = Duration.seconds(2)
    }

    /// Bytes of a request line and its fields; beyond: 431.
    static let headBytesMax = 16 << 10

    /// What a head says of the connection.
    struct Head: Hashable, Sendable {
        var isHTTP10 = false
        var hosts = 1
        var expectsContinue = false
        var wantsClose = false
        var wantsKeepAlive = false
    }

    private enum Reading: Hashable, Sendable {
        /// Nothing of the next request has come.
        case nothing
        /// So many bytes of a head that has not ended.
        case head(bytes: Int)
        case body
    }

    private enum Ending: Hashable, Sendable {
        case open
        /// The last request has come; those before it are still answered.
        case draining
        /// The answer under way is the last.
        case last
        /// The last answer has left; `reads`: the peer's end is waited for, since nothing more of it is to be expected.
        case lingering(reads: Bool)
    }

    private var reading = Reading.nothing
    private var hasServed = false
    /// Heads handed on whose answer has not left.
    private var owed = 0
    private var isAnswering = false
    private var ending = Ending.open
    private var isContinueOwed = false
    private var isRefused = false
    /// Of the request whose answer is next.
    private var keepsAlive10 = false

    // MARK: - The peer's side

    mutating func received(bytes: Int) {
        switch reading {
        case .nothing: reading = .head(bytes: bytes)
        case .head(let before): reading = .head(bytes: before + bytes)
        case .body: break
        }
    }

    /// After the bytes were decoded: a head that still has not ended is too large.
    var refusal: ConnectionRefusal? {
        if case .head(let bytes) = reading, bytes > Self.headBytesMax { return .headTooLarge }
        return nil
    }

    mutating func received(_ head: Head) -> ConnectionRefusal? {
        reading = .body
        guard head.hosts == 1 || head.hosts == 0 && head.isHTTP10 else { return .hosts }
        owed += 1
        isContinueOwed = head.expectsContinue && !head.isHTTP10
        keepsAlive10 = head.isHTTP10 && head.wantsKeepAlive
        // HTTP/1.0 ends a connection unless it says otherwise [RFC 9112 §9.3].
        if head.wantsClose || head.isHTTP10 && !head.wantsKeepAlive { ending = .draining }
        return nil
    }

    mutating func receivedEnd() {
        reading = .nothing
        isContinueOwed = false
    }

    /// The handler wants the body.
    ///
    /// - Returns: whether `100 Continue` has to be sent.
    mutating func wantsBody() -> Bool {
        defer { isContinueOwed = false }
        return isContinueOwed && !isAnswering
    }

    /// A request's answer leaves before the next request is read; nothing is read after a refusal.
    var mayRead: Bool {
        switch ending {
        case .lingering(let reads): reads
        case .open, .draining, .last: owed == 0 || reading == .body
        }
    }

    /// Whether what comes is of any use.
    var takesRequests: Bool { !isRefused && (ending == .open || reading == .body && !isLingering) }

    var isReadingHead: Bool { if case .head = reading { true } else { false } }

    var isLingering: Bool { if case .lingering = ending { true } else { false } }

    // MARK: - The answer

    /// What the answer's head says of the connection; nil: nothing.
    enum ConnectionField: String, Hashable, Sendable {
        case close
        case keepAlive = "keep-alive"
    }

    /// `saysClose`: what the handler wrote.
    mutating func answerBegins(saysClose: Bool) -> ConnectionField? {
        isAnswering = true
        // The rest of the body is not read to find the next request behind it.
        let isLastOwed = owed <= 1
        if saysClose || isLastOwed && (reading == .body || ending == .draining) { ending = .last }
        if ending == .last { return .close }
        return keepsAlive10 ? .keepAlive : nil
    }

    /// - Returns: whether the connection ends.
    mutating func answerLeft() -> Bool {
        owed = max(0, owed - 1)
        isAnswering = false
        hasServed = true
        guard ending == .last else { return false }
        ending = .lingering(reads: reading != .body)
        return true
    }

    /// A refusal is written by the channel itself: the last answer.
    mutating func refuse() {
        isRefused = true
        ending = .last
        reading = .body
        isAnswering = true
    }

    // MARK: - Time

    /// How long this may go on without anything happening; nil while the handler works, which has its own times.
    func allowance(_ times: Times) -> Duration? {
        if case .lingering = ending { return times.linger }
        if isAnswering { return times.write }
        if owed > 0 { return nil }
        switch reading {
        case .head: return times.head
        case .nothing: return hasServed ? times.idle : times.head
        case .body: return nil
        }
    }

    /// Whether another request, or the first, is waited for.
    var isIdle: Bool { owed == 0 && !isAnswering }
}
