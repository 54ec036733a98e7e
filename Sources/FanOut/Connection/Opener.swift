/// Brings a connection about: name, TCP, proxy, TLS. Belongs to the loop thread.
final class Opener: IOHandler {
    private enum Phase {
        /// Can transition to: dialling, over.
        case resolving
        /// TCP. Can transition to: tunnelling, handshaking, over.
        case dialling(Dialer)
        /// CONNECT to the proxy. Can transition to: handshaking, over.
        case tunnelling(ProxyTunnel)
        /// TLS with the host. Can transition to: over.
        case handshaking(TLSStream)
        case over
    }

    private let configuration: LaneConfiguration
    private let tls: TLSContext
    private let poller: Poller
    private var phase = Phase.resolving
    private var pollKey: UInt64 = 0
    /// Numeric; empty before TCP is connected. The proxy's, if there is one.
    private(set) var address = ""
    /// Called once, as the last act: a stream that speaks HTTP/2, or why none.
    private let finished: (Result<TLSStream, ConnectError>) -> Void

    init(
        _ configuration: LaneConfiguration,
        tls: TLSContext,
        poller: Poller,
        finished: @escaping (Result<TLSStream, ConnectError>) -> Void
    ) {
        self.configuration = configuration
        self.tls = tls
        self.poller = poller
        self.finished = finished
    }

    func addressesFound(_ result: Result<[SocketAddress], ConnectError>, _ now: MonotonicTime) {
        guard case .resolving = phase else { return }
        switch result {
        case .failure(let failure): end(.failure(inTermsOfProxy(failure)))
        case .success(let addresses):
            let host = configuration.proxy?.host ?? configuration.host
            let dialer = Dialer(addresses, host: host, poller: poller, now: now) { [unowned self] in dialled($0) }
            phase = .dialling(dialer)
            dialer.advance(now)
        }
    }

    /// When `timer` wants to be called: the next address.
    var nextTimer: MonotonicTime? {
        guard case .dialling(let dialer) = phase else { return nil }
        return dialer.nextTimer
    }

    func timer(_ now: MonotonicTime) {
        if case .dialling(let dialer) = phase { dialer.advance(now) }
    }

    func ready(canRead: Bool, canWrite: Bool) {
        switch phase {
        case .tunnelling(let tunnel): advance(tunnel)
        case .handshaking(let stream): handshake(stream)
        case .resolving, .dialling, .over: break
        }
    }

    /// Gives up; `finished` is not called.
    func abandon() {
        unwatch()
        phase = .over
    }

    /// What was missing when the time for connecting was over.
    var timeOutFailure: ConnectError {
        let (missing, isProxys) =
            switch phase {
            case .resolving: ("no answer of the resolver", true)
            case .dialling: ("no TCP connection", true)
            case .tunnelling: ("no answer to CONNECT", true)
            case .handshaking, .over: ("TLS handshake not finished", false)
            }
        let sentence = "\(missing) within \(configuration.rules.connectTimeout)"
        if let proxy = configuration.proxy, isProxys { return .proxy("proxy \(proxy.host): \(sentence)") }
        return .timedOut("\(configuration.host): \(sentence)")
    }

    // MARK: - Steps

    private func dialled(_ result: Result<(Int32, String), ConnectError>) {
        switch result {
        case .failure(let failure): end(.failure(inTermsOfProxy(failure)))
        case .success(let (descriptor, address)):
            self.address = address
            guard let proxy = configuration.proxy else { return beginTLS(descriptor) }
            pollKey = poller.add(descriptor, self, wantsWrite: true)
            phase = .tunnelling(ProxyTunnel(proxy, to: configuration, descriptor: descriptor))
        }
    }

    private func advance(_ tunnel: ProxyTunnel) {
        switch tunnel.advance() {
        case .waits(let forWriting): poller.change(tunnel.descriptor, pollKey, wantsWrite: forWriting)
        case .failed(let reason): end(.failure(.proxy("proxy \(configuration.proxy?.host ?? ""): \(reason)")))
        case .established:
            unwatch()
            beginTLS(tunnel.takeDescriptor())
        }
    }

    private func beginTLS(_ descriptor: Int32) {
        guard let stream = TLSStream(tls, descriptor: descriptor) else {
            return end(.failure(.tls("out of memory for TLS")))
        }
        pollKey = poller.add(descriptor, self, wantsWrite: true)
        phase = .handshaking(stream)
    }

    private func handshake(_ stream: TLSStream) {
        switch stream.handshake(host: configuration.host) {
        case .failure(let failure): end(.failure(failure))
        case .success(false): poller.change(stream.descriptor, pollKey, wantsWrite: false)
        case .success(true): end(.success(stream))
        }
    }

    private func end(_ result: Result<TLSStream, ConnectError>) {
        unwatch()
        phase = .over
        finished(result)
    }

    private func unwatch() {
        switch phase {
        case .tunnelling(let tunnel) where tunnel.descriptor >= 0: poller.remove(tunnel.descriptor, pollKey)
        case .handshaking(let stream): poller.remove(stream.descriptor, pollKey)
        case .tunnelling, .resolving, .dialling, .over: break
        }
    }

    /// With a proxy, name and TCP are the proxy's.
    private func inTermsOfProxy(_ failure: ConnectError) -> ConnectError {
        configuration.proxy == nil ? failure : .proxy("proxy \(failure)")
    }
}
