import Domain
import Providers
import Store

/// What all deliveries of one event on one lane share while they are loaded: the message rendered once, and the event's times.
final class LoadedEvent: Sendable {
    enum Body: Sendable {
        case apns(APNsMessage)
        case fcm(FCMMessage)
        case webpush(WebPushMessage)
        /// The message cannot be made to fit: every delivery of it ends rejected.
        case tooLarge
    }

    let id: EventID
    let body: Body
    let urgency: Urgency
    let acceptedAt: Instant
    let expiresAt: Instant

    init(id: EventID, body: Body, urgency: Urgency, acceptedAt: Instant, expiresAt: Instant) {
        self.id = id
        self.body = body
        self.urgency = urgency
        self.acceptedAt = acceptedAt
        self.expiresAt = expiresAt
    }
}

/// A delivery ready to be sent: everything that needs the store or cryptography is done.
struct LoadedDelivery: Sendable {
    let event: LoadedEvent
    let id: DeliveryID
    let person: PersonID
    let device: DeviceID
    /// The token, or the installation id when `isInstallation`.
    let target: String
    let isInstallation: Bool
    /// nil: the app did not say.
    let platform: Platform?
    let targetHash: [UInt8]
    /// The owner's name outside.
    let receiver: String
    /// 32 lower-case hex characters.
    let collapseID: String
    /// Attempts made before.
    let attempts: Int
    /// It comes from its `retry` row.
    let isRetry: Bool
    /// The device waits for a provider's word; the first acceptance makes it its account's own (``TargetFault/Kind/proven``).
    var isUnproven = false
    /// Web Push: the encrypted message and where it goes.
    var sealed: SealedMessage?
    /// Times it was sent for nothing (not processed); bounded, then it counts as an attempt.
    var resends = 0
    /// Monotonic milliseconds; an old address is looked up anew before it is used, since devices move.
    var loadedAt: Int64 = 0
}

/// A browser's message, encrypted for its subscription alone.
final class SealedMessage: Sendable {
    /// Of the endpoint, query included.
    let path: String
    let body: [UInt8]

    init(path: String, body: [UInt8]) {
        self.path = path
        self.body = body
    }
}

/// Deliveries of one page, or retries that are due, on their way to the engine. Made by the dispatcher, then owned by the loop thread.
struct LoadedBatch: Sendable {
    /// Order among the batches of a lane: the page's tag, urgent ones first.
    let tag: Int64
    var isUrgent = false
    var deliveries: [LoadedDelivery]
    var position = 0
    /// Monotonic milliseconds; an old batch is looked up anew before it is sent, since devices move.
    let loadedAt: Int64
    /// The last operator's order that was on the disk when it was read; what a later order took out is not sent (``DeliveryBars``).
    let generation: Int

    var remaining: Int { deliveries.count - position }
}
