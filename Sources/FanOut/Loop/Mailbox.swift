internal import CNGHTTP2
internal import Glibc
internal import Synchronization

/// An order from another thread to the loop.
enum LoopCommand: Sendable {
    case add(LaneSetup)
    case remove(EngineLane)
    case retireConnections(EngineLane)
    case resolved(EngineLane, ConnectionID, Result<[SocketAddress], ConnectError>)
    case shutDown(within: Duration, stopped: CheckedContinuation<Void, Never>)
}

/// What a lane is made of, ready before the loop sees it.
struct LaneSetup: Sendable {
    let lane: EngineLane
    let configuration: LaneConfiguration
    let tls: TLSContext
    let pseudoFields: HeaderBlock
    let feed: any RequestFeed
    let snapshot: SnapshotCell
}

/// Where the loop leaves a lane's snapshot for any thread.
final class SnapshotCell: Sendable {
    private let value = Mutex(LaneSnapshot())

    func read() -> LaneSnapshot { value.withLock { $0 } }

    func write(_ snapshot: LaneSnapshot) { value.withLock { $0 = snapshot } }
}

/// The way into the loop: a small array under a lock, and an eventfd that ends the loop's wait.
final class Mailbox: Sendable {
    private struct Content {
        var commands: [LoopCommand] = []
        /// Each lane at most once, however often it is woken.
        var woken: [EngineLane] = []
        var isSignalled = false
    }

    let descriptor: Int32
    private let content = Mutex(Content())

    init() {
        descriptor = fanout_eventfd()
        precondition(descriptor >= 0, "the system has no eventfd to give (descriptor limit)")
    }

    deinit {
        close(descriptor)
    }

    func post(_ command: LoopCommand) {
        signal { $0.commands.append(command) }
    }

    func wake(_ lane: EngineLane) {
        signal { if !$0.woken.contains(lane) { $0.woken.append(lane) } }
    }

    /// Everything posted since the last call. Loop thread only.
    func empty() -> (commands: [LoopCommand], woken: [EngineLane]) {
        var counter: UInt64 = 0
        _ = Glibc.read(descriptor, &counter, 8)
        return content.withLock { content in
            defer { content = Content() }
            return (content.commands, content.woken)
        }
    }

    /// One system call per batch: while the loop has not looked, further posts need none.
    private func signal(_ change: (inout Content) -> Void) {
        let mustWrite = content.withLock { content in
            change(&content)
            defer { content.isSignalled = true }
            return !content.isSignalled
        }
        guard mustWrite else { return }
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, 8)
    }
}
