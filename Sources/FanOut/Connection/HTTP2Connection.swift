internal import CNGHTTP2
internal import Glibc

/// One connection of a lane, from the name to the last answer. Belongs to the loop thread.
///
/// It decides nothing: rules are the pool's, the protocol's are libnghttp2's. It never calls its lane back from `close`.
final class HTTP2Connection: IOHandler, HTTP2SessionOwner {
    private enum Phase {
        /// Name, TCP, proxy, TLS. Can transition to: open, closed.
        case opening(Opener)
        /// HTTP/2; ready for requests once `isReady`. Can transition to: closed.
        case open(TLSStream, HTTP2Session)
        case closed
    }

    let id: ConnectionID
    unowned(unsafe) private let lane: LaneRunner
    private var phase = Phase.closed
    private var pollKey: UInt64 = 0
    private var wantsWrite = false
    private var output = OutputBuffer()
    private var exchanges = ExchangeTable()
    /// Numeric; empty before TCP is connected. The proxy's, if there is one.
    private(set) var address = ""
    /// Ends the connection at the end of the turn; set inside libnghttp2's callbacks, where it cannot be freed.
    private var failure: String?
    private(set) var isReady = false
    /// Frames wait in libnghttp2 or in `output`.
    private(set) var needsPump = false
    private var requestsSent: UInt64 = 0
    private var openedAt: MonotonicTime
    private var goAwayLastStreamID = Int32.max
    private var goAwayCount = 0
    /// TLS holds bytes that `read` has left for the next turn.
    private var hasUnread = false
    /// Body bytes the peer takes before its next WINDOW_UPDATE, less what this turn has queued.
    private var window = 0
    /// Unsent bytes above which no further request is taken.
    private static let outputBytesMax = 48 << 10
    /// TLS records (16 KiB each) read in a row.
    private static let readRoundsMax = 32
    /// GOAWAYs reported per connection: two are normal, a flood is not news.
    private static let goAwaysMax = 4

    init(id: ConnectionID, lane: LaneRunner) {
        self.id = id
        self.lane = lane
        openedAt = lane.now
        phase = .opening(
            Opener(lane.configuration, tls: lane.tls, poller: lane.poller) { [unowned self] in opened($0) }
        )
    }

    var info: ConnectionInfo { ConnectionInfo(id: id, requestsSent: requestsSent, openedAt: openedAt) }

    // MARK: - Opening

    func addressesFound(_ result: Result<[SocketAddress], ConnectError>) {
        guard case .opening(let opener) = phase else { return }
        opener.addressesFound(result, lane.now)
    }

    private func opened(_ result: Result<TLSStream, ConnectError>) {
        switch result {
        case .failure(let failure): lane.connectFailed(self, failure)
        case .success(let stream):
            if case .opening(let opener) = phase { address = opener.address }
            phase = .open(stream, HTTP2Session(owner: self))
            pollKey = lane.poller.add(stream.descriptor, self, wantsWrite: false)
            needsPump = true
            // The peer's SETTINGS may have come with the end of its handshake, and TLS holds them.
            hasUnread = true
            lane.touch()
        }
    }

    /// What was missing when the time for connecting was over.
    var timeOutFailure: ConnectError {
        if case .opening(let opener) = phase { return opener.timeOutFailure }
        let limit = lane.configuration.rules.connectTimeout
        return .timedOut("\(lane.configuration.host): no HTTP/2 SETTINGS within \(limit)")
    }

    /// When `timer` wants to be called: the next address, or the oldest request's deadline.
    var nextTimer: MonotonicTime? {
        if case .opening(let opener) = phase { return opener.nextTimer }
        guard let oldest = exchanges.oldest else { return nil }
        return oldest.sentAt + lane.configuration.requestDeadline
    }

    func timer(_ now: MonotonicTime) {
        if case .opening(let opener) = phase { return opener.timer(now) }
        guard case .open(_, let session) = phase else { return }
        while let oldest = exchanges.oldest, oldest.sentAt + lane.configuration.requestDeadline <= now {
            let result = endedUnanswered(oldest, .deadline, session)
            session.cancel(oldest)
            needsPump = true
            lane.finished(self, oldest, result, .timedOut(sentAt: oldest.sentAt))
        }
    }

    // MARK: - Sending

    /// Whether another request would leave soon: output not full, the peer's window not closed.
    var hasRoom: Bool { failure == nil && output.count < Self.outputBytesMax && window > 0 }

    func takeExchange() -> Exchange {
        exchanges.take()
    }

    func giveBack(_ exchange: Exchange) {
        exchanges.giveBack(exchange)
    }

    /// Queues the request; false when HTTP/2 cannot carry it, and then nothing is in flight.
    func send(_ exchange: Exchange, ticket: UInt64) -> Bool {
        guard case .open(_, let session) = phase, exchange.request.isSendable else { return false }
        exchange.ticket = ticket
        exchange.sentAt = lane.now
        exchange.startOffset = output.appended
        guard session.submit(exchange, pseudo: lane.pseudoFields) else { return false }
        exchanges.begin(exchange)
        requestsSent += 1
        window -= exchange.request.bodyCount
        needsPump = true
        return true
    }

    func ping() {
        guard case .open(_, let session) = phase else { return }
        session.ping()
        needsPump = true
    }

    /// Serializes what waits and writes it, many frames to a TLS record.
    func pump() {
        guard needsPump, case .open(let stream, let session) = phase, failure == nil else { return }
        needsPump = false
        while true {
            var isDry = false
            while output.count < 64 << 10 {
                guard let frame = session.produce(), let start = frame.baseAddress else {
                    isDry = true
                    break
                }
                output.append(start, count: frame.count)
            }
            guard write(stream) else { break }
            if isDry { break }
        }
        if failure != nil { readLast(stream, session) }
        if !session.neverOpened.isEmpty { collectNeverOpened(session) }
        window = session.sendWindow
        setWantsWrite(output.count > 0, stream)
        if output.count == 0, session.isOver { fail(session.errorText ?? "the peer ended the connection") }
        lane.roomChanged(self)
    }

    /// True when everything is written; otherwise `needsPump` stays set for the next writable turn.
    private func write(_ stream: TLSStream) -> Bool {
        while output.count > 0 {
            let (progress, count) = stream.write(output.offer())
            switch progress {
            case .done: output.consume(count)
            case .wouldBlock:
                needsPump = true
                return false
            case .failed(let reason):
                fail(reason)
                return false
            }
        }
        return true
    }

    private func collectNeverOpened(_ session: HTTP2Session) {
        for (streamID, isOurFault) in session.neverOpened {
            guard let exchange = exchanges.exchange(streamID: streamID) else { continue }
            if !exchange.isReported {
                exchange.isReported = true
                lane.finished(self, exchange, .notProcessed(isOurFault ? .malformed : .goAway), .reset)
            }
            exchanges.end(exchange)
        }
        session.neverOpened.removeAll()
    }

    // MARK: - Receiving

    func ready(canRead: Bool, canWrite: Bool) {
        lane.touch()
        switch phase {
        case .open:
            if canRead || hasUnread { read() }
            if canWrite, wantsWrite { needsPump = true }
        case .opening, .closed: break
        }
    }

    private func read() {
        guard case .open(let stream, let session) = phase else { return }
        let buffer = lane.readBuffer
        var hasRead = false
        var rounds = 0
        hasUnread = false
        repeat {
            rounds += 1
            let (progress, count) = stream.read(into: buffer)
            switch progress {
            case .done:
                hasRead = true
                let bytes = UnsafeBufferPointer(start: buffer.bindMemory(to: UInt8.self).baseAddress, count: count)
                if !session.receive(bytes) { fail(session.errorText ?? "the peer broke HTTP/2") }
            case .wouldBlock: return noteRead(hasRead, session)
            case .failed(let reason): fail(reason)
            }
        } while failure == nil && stream.hasBuffered && rounds < Self.readRoundsMax
        // A peer that sends without pause must not keep the other lanes waiting. What TLS holds already raises no event.
        hasUnread = failure == nil && stream.hasBuffered
        if hasUnread { lane.touch() }
        noteRead(hasRead, session)
    }

    /// Writing failed: what the peer said before it went (answers, a GOAWAY) may still lie in the socket and tells which
    /// requests are safe to send again.
    private func readLast(_ stream: TLSStream, _ session: HTTP2Session) {
        let buffer = lane.readBuffer
        for _ in 0..<Self.readRoundsMax {
            let (progress, count) = stream.read(into: buffer)
            guard case .done = progress else { return }
            let bytes = UnsafeBufferPointer(start: buffer.bindMemory(to: UInt8.self).baseAddress, count: count)
            guard session.receive(bytes) else { return }
        }
    }

    /// Goes on where `read` stopped to let others have their turn.
    func readOn() {
        if hasUnread { read() }
    }

    private func noteRead(_ hasRead: Bool, _ session: HTTP2Session) {
        guard hasRead else { return }
        lane.received(self)
        // Acknowledgements and window updates are due, and perhaps the peer has opened its window.
        window = session.sendWindow
        lane.roomChanged(self)
        needsPump = true
    }

    // MARK: - Facts from the session

    func settingsReceived() {
        guard case .open(let stream, let session) = phase else { return }
        window = session.sendWindow
        if isReady { return lane.peerStreamsMaxChanged(self, session.peerStreamsMax) }
        isReady = true
        openedAt = lane.now
        lane.opened(self, peerStreamsMax: session.peerStreamsMax, address: address, resumed: stream.isResumed)
    }

    func pingAnswered() {
        lane.pingAnswered(self)
    }

    func goAwayReceived(lastStreamID: Int32, code: UInt32, debugData: [UInt8]) {
        goAwayLastStreamID = lastStreamID
        goAwayCount += 1
        if case .open(_, let session) = phase { refuseUnopened(session) }
        guard goAwayCount <= Self.goAwaysMax else { return }
        lane.goAway(self, lastStreamID: lastStreamID, code: code, debugData: debugData)
    }

    /// Requests that libnghttp2 has not serialized yet never will be. The rest it closes itself, right after this.
    private func refuseUnopened(_ session: HTTP2Session) {
        for exchange in exchanges.waiting where !session.isOpen(exchange) {
            exchange.isReported = true
            exchanges.detach(exchange)
            lane.finished(self, exchange, .notProcessed(.goAway), .reset)
        }
    }

    func streamClosed(_ exchange: Exchange, code: UInt32) {
        defer { exchanges.end(exchange) }
        guard !exchange.isReported else { return }
        exchange.isReported = true
        if exchange.isAnswerComplete, exchange.answer.status >= 200 {
            let status = exchange.answer.status
            let answer = Answer(status: status, latency: lane.now - exchange.sentAt, buffer: exchange.answer)
            return lane.finished(self, exchange, .answered(answer), status < 300 ? .succeeded : .answered)
        }
        // A peer that has begun to answer has processed the request, whatever it says afterwards.
        if code == NGHTTP2_REFUSED_STREAM.rawValue, exchange.answer.status == 0 {
            let isAbove = exchange.streamID > goAwayLastStreamID
            return lane.finished(
                self,
                exchange,
                .notProcessed(isAbove ? .goAway : .refusedStream),
                isAbove ? .reset : .refused
            )
        }
        lane.finished(self, exchange, .ambiguous(.reset(code: code)), .reset)
    }

    // MARK: - Ending

    /// Why the connection must be closed at the end of this turn, if it must.
    var endReason: String? { failure }

    /// Marks it for closing at the end of this turn.
    func fail(_ reason: String) {
        if failure == nil { failure = reason }
        lane.touch()
    }

    /// Closes the socket and reports everything still in flight. `polite`: says GOAWAY first, if the socket takes it at once.
    func close(_ ambiguity: Ambiguity, polite: Bool) {
        guard case .open(let stream, let session) = phase else {
            if case .opening(let opener) = phase { opener.abandon() }
            phase = .closed
            return
        }
        if polite, failure == nil {
            session.terminate()
            while output.count < 64 << 10, let frame = session.produce(), let start = frame.baseAddress {
                output.append(start, count: frame.count)
            }
            _ = write(stream)
        }
        lane.poller.remove(stream.descriptor, pollKey)
        phase = .closed
        while let oldest = exchanges.oldest {
            let result = endedUnanswered(oldest, ambiguity, session)
            lane.finished(self, oldest, result, .reset)
        }
    }

    /// Takes it out of those that wait. Ambiguous only if a part of it may have left.
    private func endedUnanswered(_ exchange: Exchange, _ ambiguity: Ambiguity, _ session: HTTP2Session) -> RequestResult
    {
        exchange.isReported = true
        exchanges.detach(exchange)
        let mayHaveLeft = exchange.startOffset < output.attempted && session.isOpen(exchange)
        return mayHaveLeft ? .ambiguous(ambiguity) : .notProcessed(.neverWritten)
    }

    private func setWantsWrite(_ wanted: Bool, _ stream: TLSStream) {
        guard wanted != wantsWrite else { return }
        wantsWrite = wanted
        lane.poller.change(stream.descriptor, pollKey, wantsWrite: wanted)
    }
}
