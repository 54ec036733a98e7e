import Crypto
import Domain
import Providers
import Store

/// Makes planned deliveries ready to be sent: their event's message rendered, the device's address of this moment opened, the collapse
/// identifier computed, a browser's message encrypted. Used on one thread.
struct DeliveryLoader {
    private let queue: QueueReader
    let registry: RegistryReader
    private let installationKey: SymmetricKey
    private var rendered: RenderedEvents
    private var plaintext: [UInt8] = []

    /// What became of the deliveries asked for.
    struct Loaded {
        var deliveries: [LoadedDelivery] = []
        /// Those that end without being sent: the device has gone or belongs to somebody else now, or cannot be addressed.
        var ended: [Outcome] = []
        /// Of those ended, devices that cannot be read.
        var unreadable = 0

        /// Ends a delivery without a push.
        mutating func end(_ id: DeliveryID, _ result: SlotResult, attempts: Int, isRetry: Bool) {
            ended.append(
                Outcome(page: id.page, slot: id.slot, result: result, attempts: attempts, isRetry: isRetry)
            )
        }
    }

    /// What all deliveries of a call share.
    private struct Load {
        var event: LoadedEvent
        var collapseKey: EventID
        /// Monotonic milliseconds: the age of the addresses.
        var now: Int64
        var isRetry: Bool
    }

    init(
        queue: QueueReader,
        registry: RegistryReader,
        installationKey: [UInt8],
        limits: Limits,
        base: NavigationBase?
    ) {
        self.queue = queue
        self.registry = registry
        self.installationKey = SymmetricKey(data: installationKey)
        rendered = RenderedEvents(limits: limits, base: base)
    }

    /// The pending slots of a page. `now`: monotonic milliseconds, the age of the addresses.
    mutating func load(_ page: PageID, form: MessageForm, now: Int64) throws -> Loaded {
        guard let page = try queue.page(page) else { throw StoreError.damaged("page \(page.rawValue) is missing") }
        let slots = page.plan.slots.indices.filter { page.result[$0].state == .pending }
        return try load(page, slots: slots.map { ($0, 0) }, isRetry: false, form: form, now: now)
    }

    /// Deliveries by their retry rows.
    mutating func load(_ retries: [QueueReader.Retry], form: MessageForm, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        for (page, retries) in Dictionary(grouping: retries, by: \.delivery.page) {
            guard let page = try queue.page(page) else { throw StoreError.damaged("page \(page.rawValue) is missing") }
            let slots = retries.map { ($0.delivery.slot, $0.attempts) }
            let more = try load(page, slots: slots, isRetry: true, form: form, now: now)
            loaded.deliveries += more.deliveries
            loaded.ended += more.ended
            loaded.unreadable += more.unreadable
        }
        return loaded
    }

    /// The same deliveries with the addresses of this moment.
    mutating func reload(_ batch: LoadedBatch, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        var endings: [EventID: SlotResult?] = [:]
        try registry.snapshot { _ in
            for old in batch.deliveries[batch.position...] {
                // Withdrawn or replaced since it was loaded.
                let ending = try endings[old.event.id] ?? queue.event(old.event.id)?.ending
                endings[old.event.id] = .some(ending)
                if let ending {
                    loaded.end(old.id, ending, attempts: old.attempts, isRetry: old.isRetry)
                    continue
                }
                let load = Load(event: old.event, collapseKey: old.event.id, now: now, isRetry: old.isRetry)
                try add(
                    old.id,
                    old.person,
                    old.device,
                    attempts: old.attempts,
                    collapseID: old.collapseID,
                    of: load,
                    to: &loaded
                )
            }
        }
        return loaded
    }

    /// A message that says it is a test, for one device; nil when the device is gone.
    mutating func test(_ device: DeviceRow, form: MessageForm, _ now: Moment) throws -> LoadedDelivery? {
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
        let event = LoadedEvent(
            id: message.event,
            body: rendered.body(message, form: form),
            urgency: .normal,
            acceptedAt: now.wall,
            expiresAt: now.wall + .seconds(60)
        )
        var loaded = Loaded()
        try add(
            DeliveryID(rawValue: 0),
            device.owner,
            device.id,
            attempts: 0,
            collapseID: nil,
            of: Load(event: event, collapseKey: event.id, now: now.monotonic, isRetry: false),
            to: &loaded
        )
        return loaded.deliveries.first
    }

    private mutating func load(
        _ page: StoredPage,
        slots: [(slot: Int, attempts: Int)],
        isRetry: Bool,
        form: MessageForm,
        now: Int64
    ) throws -> Loaded {
        var loaded = Loaded()
        let event: LoadedEvent
        let collapseKey: EventID
        switch try rendered.event(page.event, form: form, in: queue) {
        case .loaded(let known, let key): (event, collapseKey) = (known, key)
        case .ended(let result):
            for (slot, attempts) in slots {
                loaded.end(DeliveryID(page: page.id, slot: slot), result, attempts: attempts, isRetry: isRetry)
            }
            return loaded
        }
        let load = Load(event: event, collapseKey: collapseKey, now: now, isRetry: isRetry)
        loaded.deliveries.reserveCapacity(slots.count)
        // One snapshot for the page: beginning and ending a read for each device costs more than the read.
        try registry.snapshot { _ in
            for (slot, attempts) in slots {
                let planned = page.plan.slots[slot]
                try add(
                    DeliveryID(page: page.id, slot: slot),
                    planned.person,
                    planned.device,
                    attempts: attempts,
                    collapseID: nil,
                    of: load,
                    to: &loaded
                )
            }
        }
        return loaded
    }

    private mutating func add(
        _ id: DeliveryID,
        _ person: PersonID,
        _ device: DeviceID,
        attempts: Int,
        collapseID: String?,
        of load: Load,
        to loaded: inout Loaded
    ) throws {
        func end(_ reason: Reason) {
            loaded.end(id, SlotResult(.rejected, reason: reason), attempts: attempts, isRetry: load.isRetry)
        }
        // Signed out, moved to another account, or proven gone since the audience was resolved.
        let found: DeviceAddress?
        do { found = try registry.address(of: device) } catch {
            guard Self.isOfTheRow(error) else { throw error }
            loaded.unreadable += 1
            return end(.addressUnreadable)
        }
        guard let address = found, address.owner == person, address.state != .disabled else { return end(.tokenGone) }
        guard address.state == .active else { return end(.tokenSuspect) }
        let collapse = collapseID ?? self.collapseID(key: load.collapseKey, user: address.ownerID)
        let (target, isInstallation, sealed): (String, Bool, SealedMessage?)
        switch address.target {
        case .fcmToken(let token), .apns(let token): (target, isInstallation, sealed) = (token, false, nil)
        case .fcmInstallation(let installation): (target, isInstallation, sealed) = (installation, true, nil)
        case .webpush(let subscription):
            guard let message = seal(load.event, subscription, receiver: address.ownerID, collapse) else {
                return end(.payloadRefused)
            }
            (target, isInstallation, sealed) = ("", false, message)
        }
        loaded.deliveries.append(
            LoadedDelivery(
                event: load.event,
                id: id,
                person: person,
                device: device,
                target: target,
                isInstallation: isInstallation,
                platform: address.platform,
                targetHash: address.targetHash,
                receiver: address.ownerID,
                collapseID: collapse,
                attempts: attempts,
                isRetry: load.isRetry,
                sealed: sealed,
                loadedAt: load.now
            )
        )
    }

    /// A row that cannot be decoded, or a seal that does not open, ends its own delivery; what ails the file or the disk concerns all.
    private static func isOfTheRow(_ error: any Error) -> Bool {
        switch error {
        case is TargetSeal.Failure, is BlobError, StoreError.damaged: true
        default: false
        }
    }

    /// Encrypts for one browser; nil when the subscription's keys or address cannot be used.
    private mutating func seal(
        _ event: LoadedEvent,
        _ subscription: Subscription,
        receiver: String,
        _ collapseID: String
    ) -> SealedMessage? {
        guard case .webpush(let message) = event.body else {
            // Too large for everybody; the lane ends it with its own reason.
            return SealedMessage(path: "/", body: [])
        }
        plaintext.removeAll(keepingCapacity: true)
        message.appendPlaintext(receiver: receiver.utf8.span, collapseID: collapseID.utf8.span, to: &plaintext)
        do {
            return SealedMessage(
                path: try PushEndpoint(subscription.endpoint).path,
                body: try WebPushEncryption.encrypt(plaintext, for: subscription)
            )
        } catch {
            // Both were checked at registration: what is refused now will be refused for ever.
            return nil
        }
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
}
