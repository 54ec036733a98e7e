internal import CNGHTTP2
import POSIX
internal import Synchronization

/// Sends HTTP/2 requests of many lanes from one thread of its own.
///
/// Pull, never push: a lane is asked for its next request when a stream is free, so nothing queues up in the engine. The
/// engine retries nothing; it says exactly what became of each request. The thread runs until `shutDown`, also when nobody
/// holds the engine any more.
package final class FanOutEngine: Sendable {
    private enum Phase {
        /// Can transition to: running.
        case idle
        /// Can transition to: stopping.
        case running
        case stopping
    }

    private struct State {
        var phase = Phase.idle
        var snapshots: [EngineLane: SnapshotCell] = [:]
    }

    private let state = Mutex(State())
    private let mailbox = Mailbox()
    private let seed: UInt64

    /// - Parameter seed: of the jitter in reconnecting.
    package init(seed: UInt64 = .random(in: .min ... .max)) {
        self.seed = seed
    }

    /// Starts the thread; once.
    ///
    /// - Throws: when the system has no thread to give.
    package func start() throws {
        state.withLock { state in
            precondition(state.phase == .idle, "the engine is started once")
            state.phase = .running
        }
        do {
            try DetachedThread.start("fanout") { [mailbox, seed] in
                // See the shim: OpenSSL writes without MSG_NOSIGNAL.
                fanout_block_sigpipe()
                EventLoop(mailbox: mailbox, seed: seed).run()
            }
        } catch {
            state.withLock { $0.phase = .idle }
            throw error
        }
    }

    /// Connects at the first `wake`. Reads the trust store, so it may take some milliseconds.
    ///
    /// - Parameters:
    ///   - lane: a number not in use.
    ///   - configuration: fixed; to change it, remove the lane and add it under another number.
    ///   - feed: kept until the lane is removed and its last ticket has finished.
    /// - Throws: what makes the lane impossible; then nothing has changed.
    package func add(
        _ lane: EngineLane,
        _ configuration: LaneConfiguration,
        feed: any RequestFeed
    ) throws(LaneConfigurationError) {
        try check(configuration)
        let tls = try TLSContext(host: configuration.host, extraCAFile: configuration.extraCAFile)
        let setup = LaneSetup(
            lane: lane,
            configuration: configuration,
            tls: tls,
            pseudoFields: try pseudoFields(configuration),
            feed: feed,
            snapshot: SnapshotCell()
        )
        let refusal: LaneConfigurationError? = state.withLock { state in
            guard state.phase == .running else { return .notRunning }
            guard state.snapshots[lane] == nil else { return .laneExists(lane) }
            state.snapshots[lane] = setup.snapshot
            // Under the lock, so that a remove of another thread cannot overtake it.
            mailbox.post(.add(setup))
            return nil
        }
        if let refusal { throw refusal }
    }

    /// No further question to the feed; what is in flight finishes, then connections close.
    package func remove(_ lane: EngineLane) {
        state.withLock { state in
            guard state.snapshots.removeValue(forKey: lane) != nil else { return }
            mailbox.post(.remove(lane))
        }
    }

    /// Work may be there now. From any thread, as often as you like: a lock held for nanoseconds, and a system call only when
    /// the loop has not been signalled yet.
    package func wake(_ lane: EngineLane) {
        mailbox.wake(lane)
    }

    /// After a change of credential: every connection finishes what is in flight and is replaced by a new one on demand.
    package func retireConnections(of lane: EngineLane) {
        mailbox.post(.retireConnections(lane))
    }

    /// From any thread; nil for an unknown lane.
    package func snapshot(of lane: EngineLane) -> LaneSnapshot? {
        state.withLock { $0.snapshots[lane] }?.read()
    }

    /// Finishes what is in flight, at most for `limit`, then reports the rest as ambiguous and ends the thread. Returns when
    /// every ticket has finished and every connection is closed; a second call returns at once.
    package func shutDown(within limit: Duration) async {
        let isRunning = state.withLock { state in
            defer { state.phase = .stopping }
            return state.phase == .running
        }
        guard isRunning else { return }
        await withCheckedContinuation { mailbox.post(.shutDown(within: limit, stopped: $0)) }
    }

    /// What would end up in the text of a CONNECT.
    private func check(_ configuration: LaneConfiguration) throws(LaneConfigurationError) {
        guard let proxy = configuration.proxy else { return }
        guard configuration.host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .host(configuration.host)
        }
        guard !proxy.host.isEmpty else { throw .proxy("the proxy has no host") }
        guard !(proxy.credentials?.user.contains(":") ?? false) else {
            throw .proxy("a colon in the proxy's user name")
        }
    }

    private func pseudoFields(_ configuration: LaneConfiguration) throws(LaneConfigurationError) -> HeaderBlock {
        do {
            return try HeaderBlock([
                .init(":method", "POST"), .init(":scheme", "https"), .init(":authority", configuration.authorityText),
            ])
        } catch {
            throw .host(configuration.host)
        }
    }
}
