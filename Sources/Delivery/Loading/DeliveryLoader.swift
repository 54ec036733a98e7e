import Domain
import Providers
import Store

/// Makes planned deliveries ready to be sent: their event's message rendered, the device's address of this moment opened, the collapse
/// identifier computed, a browser's message encrypted. Used on one thread.
struct DeliveryLoader {
    let queue: QueueReader
    let registry: RegistryReader
    private let identifier: CollapseIdentifier
    var rendered: RenderedEvents
    private let siblings: SiblingNames
    let rules: Current<DeliveryRules>
    let time: TimeSource
    let again: Recheck
    /// Deliveries that another announces, in a commit that was not seen on the disk yet (``DeliveryLoader/endAnnounced(_:of:_:_:)``).
    var announced: [DeliveryID: DeliveryID] = [:]
    /// Of the call under way.
    var looked = Looked()
    let found: FoundPersons
    private var scratch: [UInt8] = []

    /// What became of the deliveries asked for.
    struct Loaded {
        var deliveries: [LoadedDelivery] = []
        /// Those that are not sent now: the device has gone or belongs to somebody else, or cannot be addressed; the person is not concerned
        /// any more, or not to be rung at this hour.
        var ended: [Outcome] = []
        /// Rows that could not be read; what was asked of them ended as such, or does with their page.
        var unreadable: [UnreadableRowError] = []

        mutating func add(_ more: Loaded) {
            deliveries += more.deliveries
            ended += more.ended
            unreadable += more.unreadable
        }

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
        /// Of ``CollapseIdentifier``: of a message of its own, and of a recap.
        let collapsePrefix: [UInt8]
        let recapPrefix: [UInt8]
        /// Monotonic milliseconds: the age of the addresses.
        var now: Int64
        var isRetry: Bool
        /// What it announces beside its own event.
        var announces: [DeliveryID] = []

        /// `collapseKey`: nil where each delivery has its identifier already.
        init(lane: any ProviderLane, event: LoadedEvent, collapseKey: EventID?, now: Int64, isRetry: Bool) {
            self.lane = lane
            self.event = event
            collapsePrefix = collapseKey.map { CollapseIdentifier.prefix($0, isRecap: false) } ?? []
            recapPrefix = collapseKey.map { CollapseIdentifier.prefix($0, isRecap: true) } ?? []
            self.now = now
            self.isRetry = isRetry
        }
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
        self.rules = rules
        siblings = SiblingNames(queue: queue, registry: registry)
        found = FoundPersons(queue: queue, registry: registry)
        again = Recheck(queue: queue, registry: registry, found: found, rules: rules, time: time)
        identifier = CollapseIdentifier(installationKey: installationKey)
        rendered = RenderedEvents(limits: limits, kinds: kinds, messages: messages)
    }

    /// The pending slots of a page. `now`: monotonic milliseconds, the age of the addresses.
    mutating func load(_ page: PageID, on lane: any ProviderLane, now: Int64) throws -> Loaded {
        let row = try queue.pages([page])[page]
        guard let page = row?.value else {
            return Loaded(unreadable: [row?.failure ?? UnreadableRowError(.page, page.rawValue, .incomplete)])
        }
        let slots = page.plan.slots.indices.filter { page.result[$0].state == .pending }
        return try load(page, slots: slots.map { ($0, 0) }, isRetry: false, on: lane, now: now)
    }

    /// Deliveries by their retry rows.
    mutating func load(_ retries: [QueueReader.Retry], on lane: any ProviderLane, now: Int64) throws -> Loaded {
        var loaded = Loaded()
        let byPage = Dictionary(grouping: retries, by: \.delivery.page)
        let pages = try queue.pages(byPage.keys)
        looked = Looked()
        defer { looked = Looked() }
        // Of what waits for one device the first that is due announces the others.
        let inOrder = byPage.map { (id: $0.key, retries: $0.value, dueAt: $0.value.map(\.dueAt).min() ?? time.now()) }
        for (id, retries, _) in inOrder.sorted(by: { ($0.dueAt, $0.id) < ($1.dueAt, $1.id) }) {
            guard let page = pages[id]?.value else {
                loaded.unreadable.append(pages[id]?.failure ?? UnreadableRowError(.page, id.rawValue, .incomplete))
                continue
            }
            let slots = retries.map { ($0.delivery.slot, $0.attempts) }
            loaded.add(try load(page, slots: slots, isRetry: true, on: lane, now: now))
        }
        return loaded
    }

    /// The same deliveries with the addresses of this moment.
    mutating func reload(_ batch: LoadedBatch, on lane: any ProviderLane, now: Int64) throws -> Loaded {
        // What they announce may be less by now.
        let recaps = batch.deliveries[batch.position...].filter(\.isRecap)
        var loaded = Loaded()
        if !recaps.isEmpty { loaded = try load(recaps.map { .init($0, now: time.now()) }, on: lane, now: now) }
        let others = batch.deliveries[batch.position...].filter { !$0.isRecap }
        let endings = try queue.endings(of: Set(others.map(\.event.id)))
        try registry.snapshot { registry in
            let addresses = try registry.addresses(of: Set(others.map(\.device)))
            for old in others {
                // Withdrawn or replaced since it was loaded.
                if let ending = endings[old.event.id] ?? nil {
                    loaded.end(old.id, ending, attempts: old.attempts, isRetry: old.isRetry)
                    continue
                }
                let load = Load(lane: lane, event: old.event, collapseKey: nil, now: now, isRetry: old.isRetry)
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
            loaded.unreadable.append(UnreadableRowError(.event, page.event.rawValue, .damaged))
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
        let waits = isRetry ? try deviceWaits(of: page, slots: slots.map(\.slot)) : DeviceWaits()
        let unannounced = endAnnounced(slots, of: page, waits, &loaded)
        let findings = try again.look(
            at: page,
            of: shown.publication,
            slots: unannounced.map(\.slot),
            isRetry: isRetry
        )
        loaded.unreadable += findings.unreadable
        let concerned = unannounced.filter { slot, attempts in
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
        let recaps = try recaps(of: page, slots: slots.map(\.slot), addresses, waits, on: lane)
        for (slot, attempts) in slots {
            let id = DeliveryID(page: page.id, slot: slot)
            guard planned.indices.contains(slot) else {
                // Of a damaged retry row: recording its end removes it.
                loaded.end(id, SlotResult(.rejected, reason: .unreadable), attempts: attempts, isRetry: isRetry)
                continue
            }
            let address = addresses[planned[slot].device]
            let locale = address?.value?.locale
            let recap = recaps[slot] ?? .none
            switch recap {
            case .none:
                load.event = rendered.event(shown, locale: locale, about: children[planned[slot].person], on: lane)
                load.announces = []
            case .carried(let followers, let count):
                load.event = rendered.recap(of: count, instead: shown, locale: locale, on: lane)
                load.announces = followers
            case .awaited:
                loaded.ended.append(putOff(slot, of: page, waits, attempts: attempts))
                continue
            }
            let before = loaded.deliveries.count
            add(
                id,
                planned[slot].person,
                planned[slot].device,
                address,
                attempts: attempts,
                collapseID: nil,
                of: load,
                to: &loaded
            )
            guard loaded.deliveries.count > before, !waits.isEmpty else { continue }
            loaded.ended += letGo(id, but: load.announces, waits)
            loaded.ended += follow(id, load.announces)
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
                        // What waited for the morning has not waited for the other one yet.
                        retryAt: now
                            + (page.result[slot] == .merging
                                ? .mergeLook(after: now - shown.event.acceptedAt) : .mergeLook),
                        attempts: attempts,
                        isRetry: true
                    )
                )
            }
            return false
        }
    }

    private func isOwner(_ person: PersonID, of address: DeviceAddress, _ event: EventID) -> Bool {
        if person == address.owner { return true }
        do { return try found.person(person, in: event) == address.owner } catch {
            // Whose phone it is cannot be told now: nobody's rings for another.
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
        // Signed out, or moved to another account, since the audience was resolved; no provider has said anything about it.
        guard let address = row?.value, isOwner(person, of: address, load.event.id) else { return end(.noDevice) }
        guard address.state != .disabled else { return end(address.isRevoked ? .noDevice : .tokenGone) }
        guard !address.isRestricted else {
            let result = SlotResult(.withheld, reason: .restricted)
            return loaded.end(id, result, attempts: attempts, isRetry: load.isRetry)
        }
        guard address.state != .suspect else { return end(.tokenSuspect) }
        let collapse =
            collapseID
            ?? identifier.text(load.announces.isEmpty ? load.collapsePrefix : load.recapPrefix, user: address.ownerID)
        let prepared: PushAddress
        do throws(AddressFault) {
            prepared = try load.lane.address(
                address.target,
                for: AddressedDelivery(event: load.event, receiver: address.ownerID, collapseID: collapse),
                scratch: &scratch
            )
        } catch {
            switch error {
            // It registers elsewhere now: what was planned for its old address is gone with it, and no provider has said so.
            case .foreign: return end(.noDevice)
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
                announces: load.announces,
                isUnproven: address.state == .unproven,
                loadedAt: load.now
            )
        )
    }
}
