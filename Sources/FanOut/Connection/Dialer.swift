internal import CNGHTTP2
internal import Glibc

/// Connects TCP to the first of several addresses that answers.
final class Dialer {
    private let addresses: [SocketAddress]
    private let poller: Poller
    private var race: AddressRace
    private var attempts: [Attempt] = []
    private var lastError = "no address"
    /// Called once: a connected socket with its address, or why none.
    private let finished: (Result<(Int32, String), ConnectError>) -> Void
    private let host: String

    init(
        _ addresses: [SocketAddress],
        host: String,
        poller: Poller,
        now: MonotonicTime,
        finished: @escaping (Result<(Int32, String), ConnectError>) -> Void
    ) {
        self.addresses = addresses
        self.host = host
        self.poller = poller
        self.finished = finished
        race = AddressRace(addressCount: addresses.count, now)
    }

    deinit {
        for attempt in attempts { attempt.abandon(poller) }
    }

    var nextTimer: MonotonicTime? { race.nextTimer }

    /// Starts what is due; call it at first and at `nextTimer`.
    func advance(_ now: MonotonicTime) {
        while let index = race.startDue(now) {
            guard start(addresses[index]) else {
                race.failed(now)
                continue
            }
        }
        if race.isLost { finished(.failure(.refused("\(host): \(lastError)"))) }
    }

    private func start(_ address: SocketAddress) -> Bool {
        let descriptor = fanout_tcp_socket(address.family, 30_000)
        guard descriptor >= 0 else { return note(address, errno) }
        var storage = address.storage
        let result = withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, address.length) }
        }
        guard result == 0 || errno == EINPROGRESS else {
            let code = errno
            close(descriptor)
            return note(address, code)
        }
        let attempt = Attempt(descriptor, address) { [unowned self] in decided($0) }
        attempts.append(attempt)
        attempt.key = poller.add(descriptor, attempt, wantsWrite: true)
        return true
    }

    private func note(_ address: SocketAddress, _ code: Int32) -> Bool {
        lastError = "\(address.text): \(SystemText.error(code))"
        return false
    }

    private func decided(_ attempt: Attempt) {
        attempts.removeAll { $0 === attempt }
        let code = fanout_socket_error(attempt.descriptor)
        guard code == 0 else {
            attempt.abandon(poller)
            _ = note(attempt.address, code)
            let now = MonotonicTime.now()
            race.failed(now)
            return advance(now)
        }
        poller.remove(attempt.descriptor, attempt.key)
        for other in attempts { other.abandon(poller) }
        attempts = []
        finished(.success((attempt.descriptor, attempt.address.text)))
    }

    /// One socket on its way.
    private final class Attempt: IOHandler {
        let descriptor: Int32
        let address: SocketAddress
        var key: UInt64 = 0
        private let decided: (Attempt) -> Void

        init(_ descriptor: Int32, _ address: SocketAddress, decided: @escaping (Attempt) -> Void) {
            self.descriptor = descriptor
            self.address = address
            self.decided = decided
        }

        func ready(canRead: Bool, canWrite: Bool) {
            decided(self)
        }

        func abandon(_ poller: Poller) {
            poller.remove(descriptor, key)
            close(descriptor)
        }
    }
}
