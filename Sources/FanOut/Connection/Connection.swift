internal import CNGHTTP2
internal import Glibc

/// One connection of a lane, from the name to the last answer. Belongs to the loop thread.
///
/// It decides nothing: rules are the pool's, the protocol's are libnghttp2's. It never calls its lane back from `close`.
final class Connection: IOHandler, HTTP2SessionOwner {
    private enum Phase {
        /// Can transition to: dialling, closed.
        case resolving
        /// Can transition to: handshaking, closed.
        case dialling(Dialer)
        /// TLS. Can transition to: open, closed.
        case handshaking(TLSStream)
        /// HTTP/2; ready for requests once `isReady`. Can transition to: closed.
        case open(TLSStream, HTTP2Session)
        case closed
    }

    let id: ConnectionID
    unowned(unsafe) private let lane: LaneRunner
    private var phase = Phase.resolving
    private var pollKey: UInt64 = 0
    private var wantsWrite = false
    private var output = OutputBuffer()
    private var exchanges = ExchangeTable()
    private var address = ""
    /// Ends the connection at the end of the turn; set inside libnghttp2's callbacks, where it cannot be freed.
    private var failure: String?
    private(set) var isReady = false
    /// Frames wait in libnghttp2 or in `output`.
    private(set) var needsPump = false
    private var requestsSent: UInt64 = 0
    private var openedAt: MonotonicTime
    private var goAwayLastStreamID = Int32.max
    /// Body bytes the peer takes before its next WINDOW_UPDATE, less what this turn has queued.
    private var window = 0
    /// Unsent bytes above which no further request is taken.
    private static let outputBytesMax = 48 << 10

    init(id: ConnectionID, lane: LaneRunner) {
        self.id = id
        self.lane = lane
        openedAt = lane.now
    }

    var info: ConnectionInfo { ConnectionInfo(id: id, requestsSent: requestsSent, openedAt: openedAt) }

    // MARK: - Opening

    func addressesFound(_ result: Result<[SocketAddress], ConnectFailure>) {
        guard case .resolving = phase else { return }
        switch result {
        case .failure(let failure): lane.connectFailed(self, failure)
        case .success(let addresses):
            let dialer = Dialer(addresses, host: lane.configuration.host, poller: lane.poller, now: lane.now) {
                [unowned self] in dialled($0)
            }
            phase = .dialling(dialer)
            dialer.advance(lane.now)
        }
    }

    private func dialled(_ result: Result<(Int32, String), ConnectFailure>) {
        switch result {
        case .failure(let failure): lane.connectFailed(self, failure)
        case .success(let (descriptor, address)):
            self.address = address
            guard let stream = TLSStream(lane.tls, descriptor: descriptor) else {
                return lane.connectFailed(self, .tls("out of memory for TLS"))
            }
            phase = .handshaking(stream)
            wantsWrite = true
            pollKey = lane.poller.add(descriptor, self, wantsWrite: true)
        }
    }

    private func handshake(_ stream: TLSStream) {
        switch stream.handshake(host: lane.configuration.host) {
        case .failure(let failure): lane.connectFailed(self, failure)
        case .success(false): setWantsWrite(false, stream)
        case .success(true):
            phase = .open(stream, HTTP2Session(owner: self))
            needsPump = true
            pump()
            if case .open = phase { read() }
        }
    }

    /// When `timer` wants to be called: the next address, or the oldest request's deadline.
    var nextTimer: MonotonicTime? {
        if case .dialling(let dialer) = phase { return dialer.nextTimer }
        guard let oldest = exchanges.oldest else { return nil }
        return oldest.sentAt + lane.configuration.requestDeadline
    }

    func timer(_ now: MonotonicTime) {
        if case .dialling(let dialer) = phase { return dialer.advance(now) }
        guard case .open(_, let session) = phase else { return }
        while let oldest = exchanges.oldest, oldest.sentAt + lane.configuration.requestDeadline <= now {
            exchanges.detach(oldest)
            oldest.isReported = true
            session.cancel(oldest)
            needsPump = true
            lane.finished(self, oldest, .ambiguous(.deadline), .timedOut(sentAt: oldest.sentAt))
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
        for streamID in session.neverOpened {
            if let exchange = exchanges.exchange(streamID: streamID) {
                streamClosed(exchange, code: NGHTTP2_REFUSED_STREAM.rawValue)
            }
        }
        session.neverOpened.removeAll()
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

    // MARK: - Receiving

    func ready(canRead: Bool, canWrite: Bool) {
        lane.touch()
        switch phase {
        case .handshaking(let stream): handshake(stream)
        case .open:
            if canRead { read() }
            if canWrite, wantsWrite { needsPump = true }
        case .resolving, .dialling, .closed: break
        }
    }

    private func read() {
        guard case .open(let stream, let session) = phase else { return }
        let buffer = lane.readBuffer
        var hasRead = false
        repeat {
            let (progress, count) = stream.read(into: buffer)
            switch progress {
            case .done:
                hasRead = true
                let bytes = UnsafeBufferPointer(start: buffer.bindMemory(to: UInt8.self).baseAddress, count: count)
                if !session.receive(bytes) { fail(session.errorText ?? "the peer broke HTTP/2") }
            case .wouldBlock: return noteRead(hasRead, session)
            case .failed(let reason): fail(reason)
            }
        } while failure == nil && stream.hasBuffered
        noteRead(hasRead, session)
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
        lane.goAway(self, lastStreamID: lastStreamID, code: code, debugData: debugData)
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
        if code == NGHTTP2_REFUSED_STREAM.rawValue {
            let isAbove = exchange.streamID > goAwayLastStreamID
            return lane.finished(self, exchange, .notProcessed(isAbove ? .goAway : .refusedStream), .reset)
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
            if case .handshaking(let stream) = phase { lane.poller.remove(stream.descriptor, pollKey) }
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
            let isWritten = oldest.startOffset < output.attempted
            oldest.isReported = true
            exchanges.detach(oldest)
            lane.finished(self, oldest, isWritten ? .ambiguous(ambiguity) : .notProcessed(.neverWritten), .reset)
        }
    }

    private func setWantsWrite(_ wanted: Bool, _ stream: TLSStream) {
        guard wanted != wantsWrite else { return }
        wantsWrite = wanted
        lane.poller.change(stream.descriptor, pollKey, wantsWrite: wanted)
    }
}
