import Crypto
import Domain
import Providers
import Store

/// Makes planned deliveries ready to be sent: their event's message rendered once per provider, the device's address of this moment
/// opened, the collapse identifier computed. Used on the dispatcher's thread.
struct DeliveryLoader {
    private let queue: QueueReader
    let registry: RegistryReader
    private let installationKey: SymmetricKey
    private let limits: Limits
    private var events: [EventKey: LoadedEvent] = [:]

    /// Events whose rendered message is kept; a lane rarely works on more than a few at a time.
    private static let eventsMax = 128

    private struct EventKey: Hashable {
        var event: EventID
        var provider: Provider
    }

    /// What became of the deliveries asked for.
    struct Loaded {
        var deliveries: [LoadedDelivery] = []
        /// Those that end without being sent: the device has gone or belongs to somebody else now.
        var ended: [Outcome] = []
    }

    init(queue: QueueReader, registry: RegistryReader, installationKey: [UInt8], limits: Limits) {
        self.queue = queue
        self.registry = registry
        self.installationKey = SymmetricKey(data: installationKey)
        self.limits = limits
    }

    /// The pending slots of a page. `now`: monotonic milliseconds, the age of the addresses.
    mutating func load(_ page: PageID, provider: Provider, now: Int64) throws -> Loaded {
        guard let page = try queue.page(page) else { throw StoreError.damaged("page \(page.rawValue) is missing") }
        let slots = page.plan.slots.indices.filter { page.result[$0].state == .pending }
        return try load(page, slots: slots.map { ($0, 0) }, isRetry: false, provider: provider, now: now)
    }

    /// Deliveries by their retry rows.
    mutating func load(_ retries: [QueueReader.Retry], provider: Provider, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        for (page, retries) in Dictionary(grouping: retries, by: \.delivery.page) {
            guard let page = try queue.page(page) else { throw StoreError.damaged("page \(page.rawValue) is missing") }
            let more = try load(
                page,
                slots: retries.map { ($0.delivery.slot, $0.attempts) },
                isRetry: true,
                provider: provider,
                now: now
            )
            loaded.deliveries += more.deliveries
            loaded.ended += more.ended
        }
        return loaded
    }

    /// The same deliveries with the addresses of this moment.
    mutating func reload(_ batch: LoadedBatch, provider: Provider, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        for old in batch.deliveries[batch.position...] {
            try add(
                old.id,
                person: old.person,
                device: old.device,
                event: old.event,
                attempts: old.attempts,
                isRetry: old.isRetry,
                collapse: old.collapseID,
                now: now,
                to: &loaded
            )
        }
        return loaded
    }

    /// A message that says it is a test, for one device; nil when the device is gone.
    func test(_ device: DeviceRow, now: Instant) throws -> LoadedDelivery? {
        let message = Message(
            event: EventID(rawValue: 0),
            app: "TIMELINE",
            action: "TEST",
            title: "Carillon",
            body: "Notification de test",
            authorID: nil,
            resourceID: nil,
            resourceSubID: nil,
            params: .object(JSONObject()),
            urgency: .normal,
            channel: "timeline"
        )
        let body: LoadedEvent.Body =
            device.provider == .apns
            ? .apns(try APNsMessage(message, limits: limits)) : .fcm(try FCMMessage(message, limits: limits))
        let event = LoadedEvent(
            id: message.event,
            body: body,
            urgency: .normal,
            acceptedAt: now,
            expiresAt: now + .seconds(60)
        )
        var loaded = Loaded()
        try add(
            DeliveryID(rawValue: 0),
            person: device.owner,
            device: device.id,
            event: event,
            attempts: 0,
            isRetry: false,
            collapse: nil,
            now: .max,
            to: &loaded
        )
        return loaded.deliveries.first
    }

    private mutating func load(
        _ page: StoredPage,
        slots: [(slot: Int, attempts: Int)],
        isRetry: Bool,
        provider: Provider,
        now: Int64
    ) throws -> Loaded {
        var loaded = Loaded()
        let (event, collapseKey) = try event(page.event, provider: provider)
        for (slot, attempts) in slots {
            let planned = page.plan.slots[slot]
            try add(
                DeliveryID(page: page.id, slot: slot),
                person: planned.person,
                device: planned.device,
                event: event,
                attempts: attempts,
                isRetry: isRetry,
                collapse: nil,
                collapseKey: collapseKey,
                now: now,
                to: &loaded
            )
        }
        return loaded
    }

    private func add(
        _ id: DeliveryID,
        person: PersonID,
        device: DeviceID,
        event: LoadedEvent,
        attempts: Int,
        isRetry: Bool,
        collapse: String?,
        collapseKey: EventID? = nil,
        now: Int64,
        to loaded: inout Loaded
    ) throws {
        guard let address = try registry.address(of: device), address.owner == person, address.state != .disabled else {
            // Signed out, moved to another account, or proven gone since the audience was resolved.
            loaded.ended.append(ended(id, .tokenGone, attempts, isRetry))
            return
        }
        guard address.state == .active else {
            loaded.ended.append(ended(id, .tokenSuspect, attempts, isRetry))
            return
        }
        let (target, isInstallation): (String, Bool)
        switch address.target {
        case .fcmToken(let token), .apns(let token): (target, isInstallation) = (token, false)
        case .fcmInstallation(let installation): (target, isInstallation) = (installation, true)
        case .webpush: preconditionFailure("No lane takes Web Push yet")
        }
        loaded.deliveries.append(
            LoadedDelivery(
                event: event,
                id: id,
                person: person,
                device: device,
                target: target,
                isInstallation: isInstallation,
                targetHash: address.targetHash,
                receiver: address.ownerID,
                collapseID: collapse ?? collapseID(key: collapseKey ?? event.id, user: address.ownerID),
                attempts: attempts,
                isRetry: isRetry,
                loadedAt: now
            )
        )
    }

    private func ended(_ id: DeliveryID, _ reason: Reason, _ attempts: Int, _ isRetry: Bool) -> Outcome {
        Outcome(
            page: id.page,
            slot: id.slot,
            result: SlotResult(.rejected, reason: reason),
            attempts: attempts,
            isRetry: isRetry
        )
    }

    /// 32 lower-case hex characters of HMAC-SHA-256(installation key, collapse key ‖ user): a second copy replaces the first.
    private func collapseID(key: EventID, user: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array((key.description + user).utf8), using: installationKey)
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 32) { text in
            for (index, byte) in code.prefix(16).enumerated() {
                text[index * 2] = digits[Int(byte >> 4)]
                text[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return 32
        }
    }

    private mutating func event(_ id: EventID, provider: Provider) throws -> (LoadedEvent, collapseKey: EventID) {
        guard let stored = try queue.event(id) else { throw StoreError.damaged("event \(id) is missing") }
        let key = EventKey(event: id, provider: provider)
        if let known = events[key] { return (known, stored.collapse) }
        guard let publication = try queue.publication(of: id) else {
            throw StoreError.damaged("event \(id) has no content")
        }
        let message = MessageBuilder.message(publication, event: id, dataClass: stored.dataClass)
        let body: LoadedEvent.Body
        do {
            switch provider {
            case .apns: body = .apns(try APNsMessage(message, limits: limits))
            case .fcm: body = .fcm(try FCMMessage(message, limits: limits))
            case .webpush: preconditionFailure("No lane takes Web Push yet")
            }
        } catch {
            body = .tooLarge
        }
        if events.count >= Self.eventsMax { events.removeAll() }
        let loaded = LoadedEvent(
            id: id,
            body: body,
            urgency: stored.urgency,
            acceptedAt: stored.acceptedAt,
            expiresAt: stored.expiresAt
        )
        events[key] = loaded
        return (loaded, stored.collapse)
    }
}
