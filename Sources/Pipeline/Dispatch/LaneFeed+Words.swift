import Domain
import FanOut
import Providers
import Store

/// What passes between a lane's thread, the dispatcher and the operator.
extension LaneFeed {
    /// What the dispatcher and the operator may see and say at any time.
    struct Shared: Sendable {
        var batches: [LoadedBatch] = []
        var orders: [Order] = []
        var status = Status()
        /// Deliveries handed over and not yet begun.
        var loaded = 0
    }

    struct Status: Sendable, Equatable {
        var state = "active"
        var reason = ""
        var isActive = true
        var isSendingAllowed = true
        /// Monotonic milliseconds at which the lane must be woken.
        var wakeAt: Int64?
        var inFlight = 0
        /// Highest tag of a page of which something was sent; urgent ones apart.
        var startedTag = Int64.min
        /// Requests that may be under way now.
        var window = 0
        /// The mass guard has stopped removals; a person has to look.
        var isFrozen = false
        var lastError: String?
    }

    enum Order: Sendable {
        case pause(String, draining: Bool)
        case resume
        case credentialFailed(Classification)
        case credentialRenewed
        /// One message outside the queue; its `reply` gets the provider's word.
        case test(LoadedDelivery)
        /// A reloaded credential.
        case use(LaneProtocol)
        /// Removals were frozen before a restart.
        case freeze
        /// A person has looked at what the mass guard held.
        case thaw
        /// One request now, if the provider closed the lane.
        case probe
        /// An order takes deliveries out; `reply` gets those under way.
        case bar(OrderBar, reply: @Sendable (Set<DeliveryID>) -> Void)
        /// The order is on the disk, or did not get there.
        case concluded(order: Int, isCommitted: Bool)
    }

    enum Signal: Sendable {
        /// Less than half of the loaded deliveries are left.
        case wantsDeliveries
        /// The batch is too old to be trusted with its addresses.
        case stale(LoadedBatch)
        case needsCredential(rejected: AccessToken?)
        case conditionChanged
        /// Too many targets of this lane were called bad in a short time.
        case removalsFrozen
        /// The push service has no HTTP/2.
        case needsOrdinaryClient
    }

    struct InFlight {
        var delivery: LoadedDelivery
        var sentAt: Instant
        var credential: UsedCredential
        /// How it ends when it is not accepted: an order came while it was under way.
        var ending: SlotResult?
        /// The order that said so.
        var endingOrder = 0
    }
}
