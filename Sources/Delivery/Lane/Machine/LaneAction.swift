import Domain
import Providers

/// What a lane's machine wants done by somebody else.
enum LaneAction: Sendable {
    /// Fewer deliveries wait than the low-water mark.
    case needMore
    /// Read a while ago: their addresses are to be looked up anew, and what is still to be sent comes back as a new batch.
    case lookUpAgain(LoadedBatch)
    /// `rejected`: the credential that was refused; nil: there is none at hand, or it ends soon.
    case refreshCredential(rejected: UInt64?)
    case conditionChanged
    /// Too many targets of this lane were called bad; what was changed since (monotonic milliseconds) is in doubt.
    case removalsFrozen(since: Int64)
    /// The host has no HTTP/2.
    case needsOrdinaryClient
    /// The answer to a test; nothing of it is left here.
    case testEnded(Int, Classification)
}

/// An operator's or the dispatcher's order to a lane.
enum LaneOrder: Sendable {
    case pause(String, draining: Bool)
    /// Ends a pause as well as an open breaker, the host's too.
    case resume
    /// One request now, if the provider closed the lane or its host.
    case probe
    case credentialRenewed
    case credentialFailed(Classification)
    /// A reloaded definition: other credentials, perhaps other bounds.
    case reloaded(LaneBounds)
    /// Removals were frozen before a restart.
    case freeze
    /// A person has looked at what the mass guard held.
    case thaw
    /// One message outside the queue, answered under this number. Not begun after `until` (monotonic milliseconds).
    case test(Int, LoadedDelivery, until: Int64)
    /// An order takes deliveries out.
    case stop(StopOrder)
    /// The order is on the disk, or did not get there.
    case concluded(order: Int, isCommitted: Bool)
}

/// What the wire says of a connection.
enum ConnectionEvent: Sendable {
    case opened
    /// `retryAt`: monotonic milliseconds.
    case failed(String, retryAt: Int64, hasNoHTTP2: Bool)
    case goingAway(String)
    /// `retryAt`: when the next may be opened, if it has to wait.
    case closed(String, retryAt: Int64?)
}

/// How a request ended, as the wire reads it.
struct LaneAnswer: Sendable {
    var classification: Classification
    var latency: Duration
    /// The provider answered; else the request was not processed or nobody knows.
    var isAnswered: Bool
    var advice = CredentialAdvice.none
}

/// What the protocol makes of an answer that refuses the credential of a request.
enum CredentialAdvice: Sendable {
    /// It does not.
    case none
    /// Another has to be fetched.
    case refresh
    /// The next request has another already; not on this connection.
    case replaced
    /// The connection goes on with the one before.
    case reverted
    /// Another would not help: the key, the project or a clock is wrong.
    case hopeless
}

/// What the answer means for the connection, and what the measurements want to know.
struct Landing: Sendable {
    var retiresConnection = false
    /// Accepted: what was sent, and how long it took from its acceptance.
    var accepted: (urgency: Urgency, after: Duration)?
    /// Of which event a delivery was answered, whatever the answer; nil of tests.
    var answered: EventID?
}

/// What the dispatcher and the operator may see of a lane at any time.
struct LaneCondition: Sendable, Equatable {
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
    /// A connection has stood.
    var hasConnected = false
    /// The last try to connect failed.
    var isRefused = false
    var lastError: String?
}
