import Domain
import Providers
import Store

/// A delivery ready to be sent: everything that needs the store or cryptography is done.
struct LoadedDelivery: Sendable {
    /// What its request is written of.
    let push: Push
    let person: PersonID
    let device: DeviceID
    /// nil: the app did not say.
    let platform: Platform?
    let targetHash: TargetHash
    /// Attempts made before.
    let attempts: Int
    /// It comes from its `retry` row.
    let isRetry: Bool
    /// The deliveries that it announces beside itself (record 0033).
    var announces: [DeliveryID] = []
    /// The device waits for a provider's word; the first acceptance makes it its account's own (``TargetFault/Kind/proven``).
    var isUnproven = false
    /// Times it was sent for nothing (not processed); bounded, then it counts as an attempt.
    var resends = 0
    /// Monotonic milliseconds; an old address is looked up anew before it is used, since devices move.
    var loadedAt: Int64 = 0

    /// It announces several events of which its own is one.
    var isRecap: Bool { !announces.isEmpty }
    var event: LoadedEvent { push.event }
    var id: DeliveryID { push.id }
    var collapseID: String { push.collapseID }
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
    /// The last operator's order that was on the disk when it was read; what a later order took out is not sent (``StoppedDeliveries``).
    let generation: Int

    var remaining: Int { deliveries.count - position }
}
