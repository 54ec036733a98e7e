import Domain
import Providers
import Store
import Synchronization

/// What passes between a lane's thread and the others: batches and orders in, its condition out. From any thread; held for nanoseconds.
final class LaneMail: Sendable {
    /// Changed devices kept one by one while the lane sleeps; twice as many as it remembers make no difference to it.
    private static let changedMax = 2 * Freshness.changesMax

    enum Message: Sendable {
        case rule(LaneOrder)
        /// A reloaded definition.
        case use(any Wire, LaneBounds)
        /// `answer` gets the provider's answer.
        case test(Int, LoadedDelivery, until: Int64, answer: @Sendable (Classification) -> Void)
    }

    struct Letters {
        var batches: [LoadedBatch] = []
        var orders: [(Message, reply: (@Sendable (Set<DeliveryID>) -> Void)?)] = []
        var changed: [DeviceID] = []
        /// When the last of them was on the disk (monotonic milliseconds).
        var changedAt = Int64.min

        var isEmpty: Bool { batches.isEmpty && orders.isEmpty && changed.isEmpty }
    }

    private struct State {
        var letters = Letters()
        var condition = LaneCondition()
        var waiting = 0
    }

    private let state = Mutex(State())

    func add(_ batch: LoadedBatch) { state.withLock { $0.letters.batches.append(batch) } }

    /// In force at the loop's next turn; then `reply` gets those under way.
    ///
    /// A pause shows at once, also while nothing is connected.
    func order(_ order: Message, reply: (@Sendable (Set<DeliveryID>) -> Void)? = nil) {
        state.withLock { state in
            state.letters.orders.append((order, reply))
            if case .rule(.pause(let why, let draining)) = order {
                state.condition.state = draining ? "draining" : "paused"
                state.condition.reason = why
                state.condition.isActive = false
                state.condition.isSendingAllowed = false
            }
        }
    }

    /// Rows of the registry that have changed, on the disk at `now` (monotonic milliseconds). What begins after this returns has met them.
    func devicesChanged(_ devices: [DeviceID], at now: Int64) {
        state.withLock { state in
            state.letters.changedAt = max(state.letters.changedAt, now)
            guard state.letters.changed.count < Self.changedMax else { return }
            state.letters.changed += devices
        }
    }

    /// nil when nothing has come.
    func take() -> Letters? {
        state.withLock { state in
            guard !state.letters.isEmpty else { return nil }
            defer { state.letters = Letters() }
            state.waiting += state.letters.batches.reduce(0) { $0 + $1.remaining }
            return state.letters
        }
    }

    func publish(_ condition: LaneCondition, waiting: Int) {
        state.withLock { state in
            state.condition = condition
            state.waiting = waiting
        }
    }

    var condition: LaneCondition { state.withLock { $0.condition } }

    /// Deliveries handed over and not yet begun.
    var loaded: Int {
        state.withLock { state in state.waiting + state.letters.batches.reduce(0) { $0 + $1.remaining } }
    }
}

/// What a lane tells the dispatcher.
enum LaneSignal: Sendable {
    /// Less than half of the loaded deliveries are left.
    case wantsDeliveries
    /// Read a while ago, its addresses are to be looked up anew.
    case stale(LoadedBatch)
    case needsCredential(rejected: UsedCredential?)
    case conditionChanged
    /// Too many targets of this lane were called bad; what was changed since (monotonic milliseconds) is in doubt.
    case removalsFrozen(since: Int64)
    /// The push service has no HTTP/2.
    case needsOrdinaryClient
}
