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
    private let siblings: SiblingNames
    private let time: TimeSource
    private let again: SecondLook
    private var scratch: [UInt8] = []

    /// What became of the deliveries asked for.
    struct Loaded {
        var deliveries: [LoadedDelivery] = []
        /// Those that are not sent now: the device has gone or belongs to somebody else, or cannot be addressed; the person is not concerned
        /// any more, or not to be rung at this hour.
        var ended: [Outcome] = []
        /// Rows that could not be read; what was asked of them ended as such, or does with their page.
        var unreadable: [UnreadableRow] = []

        /// Ends a delivery without a push.
        mutating func end(_ id: DeliveryID, _ result: SlotResult, attempts: Int, isRetry: Bool) {
            ended.append(
                Outcome(page: id.page, slot: id.slot, result: result, attempts: attempts, isRetry: isRetry)
            )
        }
    }

    /// What all deliveries of a call share.
    private struct Load {
        var lane: any ProviderLane
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
        kinds: Current<PublicationCatalogue>,
        messages: Current<MessageCatalogue>,
        rules: Current<DeliveryRules> = Current(.none),
        limits: Limits,
        time: TimeSource
    ) {
        self.queue = queue
        self.registry = registry
        self.time = time
        siblings = SiblingNames(queue: queue, registry: registry)
        again = SecondLook(queue: queue, registry: registry, rules: rules, time: time)
        self.installationKey = SymmetricKey(data: installationKey)
        rendered = RenderedEvents(limits: limits, kinds: kinds, messages: messages)
    }

    /// The pending slots of a page. `now`: monotonic milliseconds, the age of the addresses.
    mutating func load(_ page: PageID, on lane: any ProviderLane, now: Int64) throws -> Loaded {
        let row = try queue.pages([page])[page]
        guard let page = row?.value else {
            return Loaded(unreadable: [row?.failure ?? UnreadableRow(.page, page.rawValue, .incomplete)])
        }
        let slots = page.plan.slots.indices.filter { page.result[$0].state == .pending }
        return try load(page, slots: slots.map { ($0, 0) }, isRetry: false, on: lane, now: now)
    }

    /// Deliveries by their retry rows.
    mutating func load(_ retries: [QueueReader.Retry], on lane: any ProviderLane, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        let byPage = Dictionary(grouping: retries, by: \.delivery.page)
        let pages = try queue.pages(byPage.keys)
        for (id, retries) in byPage {
            guard let page = pages[id]?.value else {
                loaded.unreadable.append(pages[id]?.failure ?? UnreadableRow(.page, id.rawValue, .incomplete))
                continue
            }
            let slots = retries.map { ($0.delivery.slot, $0.attempts) }
            let more = try load(page, slots: slots, isRetry: true, on: lane, now: now)
            loaded.deliveries += more.deliveries
            loaded.ended += more.ended
            loaded.unreadable += more.unreadable
        }
        return loaded
    }

    /// The same deliveries with the addresses of this moment.
    mutating func reload(_ batch: LoadedBatch, on lane: any ProviderLane, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        var endings: [EventID: SlotResult?] = [:]
        try registry.snapshot { registry in
            let addresses = try registry.addresses(of: Set(batch.deliveries[batch.position...].map(\.device)))
            for old in batch.deliveries[batch.position...] {
                // Withdrawn or replaced since it was loaded.
                let ending = try endings[old.event.id] ?? queue.event(old.event.id)?.ending
                endings[old.event.id] = .some(ending)
                if let ending {
                    loaded.end(old.id, ending, attempts: old.attempts, isRetry: old.isRetry)
                    continue
                }
                let load = Load(lane: lane, event: old.event, collapseKey: old.event.id, now: now, isRetry: old.isRetry)
                add(
                    old.id,
                    old.person,
                    old.device,
                    addresses[old.device],
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
    mutating func test(_ device: DeviceRow, on lane: any ProviderLane, _ now: Moment) throws -> LoadedDelivery? {
        let message = Message(
            event: EventID(rawValue: 0),
            app: "TIMELINE",
            action: "TEST",
            title: "Carillon",
            body: rendered.texts(for: device.locale).text(.test),
            authorID: nil,
            resourceID: nil,
            resourceSubID: nil,
            params: .object(JSONObject()),
            urgency: .normal,
            channel: "timeline"
        )
        let event = LoadedEvent(
            id: message.event,
            body: rendered.body(message, on: lane),
            urgency: .normal,
            acceptedAt: now.wall,
            expiresAt: now.wall + .seconds(60)
        )
        var loaded = Loaded()
        add(
            DeliveryID(rawValue: 0),
            device.owner,
            device.id,
            try registry.addresses(of: [device.id])[device.id],
            attempts: 0,
            collapseID: nil,
            of: Load(lane: lane, event: event, collapseKey: event.id, now: now.monotonic, isRetry: false),
            to: &loaded
        )
        return loaded.deliveries.first
    }

    private mutating func load(
        _ page: StoredPage,
        slots: [(slot: Int, attempts: Int)],
        isRetry: Bool,
        on lane: any ProviderLane,
        now: Int64
    ) throws -> Loaded {
        var loaded = Loaded()
        let shown: RenderedEvents.Rendered
        let rendering: RenderedEvents.Rendering
        do { rendering = try rendered.event(page.event, on: lane, in: queue) } catch {
            guard case .damaged = StoreError(error) else { throw error }
            // Nobody can be told anything of an event that cannot be read.
            loaded.unreadable.append(UnreadableRow(.event, page.event.rawValue, .damaged))
            rendering = .ended(SlotResult(.rejected, reason: .unreadable))
        }
        switch rendering {
        case .loaded(let known): shown = known
        case .ended(let result):
            for (slot, attempts) in slots {
                loaded.end(DeliveryID(page: page.id, slot: slot), result, attempts: attempts, isRetry: isRetry)
            }
            return loaded
        }
        var load = Load(
            lane: lane,
            event: shown.event,
            collapseKey: shown.stored.collapse,
            now: now,
            isRetry: isRetry
        )
        let planned = page.plan.slots
        let findings = try again.look(
            at: page,
            of: shown.publication,
            slots: slots.map(\.slot),
            isRetry: isRetry
        )
        loaded.unreadable += findings.unreadable
        let concerned = slots.filter { slot, attempts in
            guard planned.indices.contains(slot), let verdict = findings.verdicts[planned[slot].person] else {
                return true
            }
            loaded.ended.append(again.outcome(verdict, of: page, slot, attempts: attempts, isRetry: isRetry, findings))
            return false
        }
        let slots = isRetry ? try endMerged(concerned, of: page, shown, &loaded) : concerned
        loaded.deliveries.reserveCapacity(slots.count)
        let devices = slots.lazy.filter { planned.indices.contains($0.slot) }.map { planned[$0.slot].device }
        // One statement for the page, and with it one snapshot.
        let addresses = try registry.addresses(of: Array(devices))
        let children = shown.isClear ? try siblings.names(of: page, slots: slots.map(\.slot)) : [:]
        for (slot, attempts) in slots {
            let id = DeliveryID(page: page.id, slot: slot)
            guard planned.indices.contains(slot) else {
                // Of a damaged retry row: recording its end removes it.
                loaded.end(id, SlotResult(.rejected, reason: .unreadable), attempts: attempts, isRetry: isRetry)
                continue
            }
            load.event = rendered.event(
                shown,
                locale: addresses[planned[slot].device]?.value?.locale,
                about: children[planned[slot].person],
                on: lane
            )
            add(
                id,
                planned[slot].person,
                planned[slot].device,
                addresses[planned[slot].device],
                attempts: attempts,
                collapseID: nil,
                of: load,
                to: &loaded
            )
        }
        return loaded
    }

    /// Those of the slots that are sent: of what waited for another event that says the same, only what that one does not ring (any more).
    private func endMerged(
        _ slots: [(slot: Int, attempts: Int)],
        of page: StoredPage,
        _ shown: RenderedEvents.Rendered,
        _ loaded: inout Loaded
    ) throws -> [(slot: Int, attempts: Int)] {
        guard !shown.stored.mergedWith.isEmpty else { return slots }
        let planned = page.plan.slots
        let waiting = slots.map(\.slot).filter { planned.indices.contains($0) && page.result[$0].isBeforeFirstAttempt }
        let coverage = try queue.coverage(by: shown.stored.mergedWith, of: Set(waiting.map { planned[$0].person }))
        guard !coverage.isEmpty else { return slots }
        let now = time.now()
        return slots.filter { slot, attempts in
            guard waiting.contains(slot), let covered = coverage[planned[slot].person] else { return true }
            let id = DeliveryID(page: page.id, slot: slot)
            switch covered {
            case .reached: loaded.end(id, SlotResult(.withheld, reason: .merged), attempts: attempts, isRetry: true)
            case .waiting:
                loaded.ended.append(
                    Outcome(
                        page: page.id,
                        slot: slot,
                        result: .merging,
                        retryAt: now + .mergeLook(after: now - shown.event.acceptedAt),
                        attempts: attempts,
                        isRetry: true
                    )
                )
            }
            return false
        }
    }

    private mutating func add(
        _ id: DeliveryID,
        _ person: PersonID,
        _ device: DeviceID,
        _ row: RowResult<DeviceAddress>?,
        attempts: Int,
        collapseID: String?,
        of load: Load,
        to loaded: inout Loaded
    ) {
        func end(_ reason: Reason) {
            loaded.end(id, SlotResult(.rejected, reason: reason), attempts: attempts, isRetry: load.isRetry)
        }
        if let failure = row?.failure {
            loaded.unreadable.append(failure)
            return end(.addressUnreadable)
        }
        // Signed out, moved to another account, or proven gone since the audience was resolved.
        guard let address = row?.value, address.owner == person, address.state != .disabled else {
            return end(.tokenGone)
        }
        guard !address.isRestricted else {
            let result = SlotResult(.withheld, reason: .restricted)
            return loaded.end(id, result, attempts: attempts, isRetry: load.isRetry)
        }
        guard address.state != .suspect else { return end(.tokenSuspect) }
        let collapse = collapseID ?? self.collapseID(key: load.collapseKey, user: address.ownerID)
        let prepared: PushAddress
        do throws(AddressFault) {
            prepared = try load.lane.address(
                address.target,
                for: AddressedDelivery(event: load.event, receiver: address.ownerID, collapseID: collapse),
                scratch: &scratch
            )
        } catch {
            switch error {
            // It registers elsewhere now: what was planned for its old address is gone with it.
            case .foreign: return end(.tokenGone)
            case .unusable: return end(.payloadRefused)
            }
        }
        loaded.deliveries.append(
            LoadedDelivery(
                push: Push(
                    event: load.event,
                    id: id,
                    address: prepared,
                    receiver: address.ownerID,
                    collapseID: collapse
                ),
                person: person,
                device: device,
                platform: address.platform,
                targetHash: address.targetHash,
                attempts: attempts,
                isRetry: load.isRetry,
                isUnproven: address.state == .unproven,
                loadedAt: load.now
            )
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
}
