import Domain
import Providers
import Store

/// One message for what quiet hours let go together on one device (record 0033).
extension DeliveryLoader {
    /// What waits for the devices of some deliveries.
    struct DeviceWaits {
        var byDevice: [DeviceID: [DeviceWait]] = [:]
        var byDelivery: [DeliveryID: DeviceWait] = [:]
        /// How those stand that announce others; one that rings nobody (any more) is not here.
        var carriers: [DeliveryID: CarrierStanding] = [:]
    }

    /// Announced deliveries remembered; of what is forgotten beyond it somebody may be rung twice.
    private static let announcedMax = 1 << 20

    /// One statement, two where something waits.
    func deviceWaits(of page: StoredPage, slots: [Int]) throws -> DeviceWaits {
        let planned = page.plan.slots
        let devices = Set(slots.lazy.filter(planned.indices.contains).map { planned[$0].device })
        let byDevice = try queue.waits(of: devices, on: page.lane)
        guard !byDevice.isEmpty else { return DeviceWaits() }
        let rows = byDevice.values.joined()
        return DeviceWaits(
            byDevice: byDevice,
            byDelivery: Dictionary(rows.map { ($0.delivery, $0) }, uniquingKeysWith: { first, _ in first }),
            carriers: try queue.carriers(Set(rows.compactMap(\.carrier)))
        )
    }

    /// Ends what a recap has announced, and leaves alone what one is given in a commit under way: its row, read a moment ago, does not say so
    /// yet.
    mutating func endAnnounced(
        _ slots: [(slot: Int, attempts: Int)],
        of page: StoredPage,
        _ waits: DeviceWaits,
        _ loaded: inout Loaded
    ) -> [(slot: Int, attempts: Int)] {
        guard !waits.byDelivery.isEmpty else { return slots }
        return slots.filter { slot, attempts in
            let id = DeliveryID(page: page.id, slot: slot)
            guard let row = waits.byDelivery[id] else { return true }
            if let carrier = announced[id] {
                guard row.carrier == carrier else { return false }
                announced[id] = nil
            }
            // Whoever announces others has to be sent, or they would count as announced and were not.
            guard let carrier = row.carrier, waits.carriers[carrier] == .reached, !waits.isCarrier(row) else {
                return true
            }
            loaded.end(id, .acceptedInRecap, attempts: attempts, isRetry: true)
            return false
        }
    }

    /// What becomes of deliveries that would be sent, by slot; whoever is not in it says what it has to say.
    mutating func recaps(
        of page: StoredPage,
        slots: [Int],
        _ addresses: [DeviceID: RowResult<DeviceAddress>],
        _ waits: DeviceWaits,
        on lane: any ProviderLane
    ) throws -> [Int: Recap] {
        guard !waits.byDevice.isEmpty else { return [:] }
        let planned = page.plan.slots
        let now = time.now()
        let from = rules.value.quiet.recapFrom
        var recaps: [Int: Recap] = [:]
        var groups: [(slot: Int, own: Recap.Member, others: [DeviceWait])] = []
        for slot in slots {
            guard planned.indices.contains(slot), let rows = waits.byDevice[planned[slot].device],
                addresses[planned[slot].device]?.value.map({ $0.canRing(planned[slot].person) }) ?? false
            else { continue }
            let id = DeliveryID(page: page.id, slot: slot)
            let row = waits.byDelivery[id]
            // What has expired announces nobody; its own end is recorded where it would be sent.
            if let row, row.expiresAt <= now { continue }
            let others = rows.filter { other in
                other.delivery != id && other.isLetGo(now) && other.expiresAt > now
                    && (waits.openCarrier(of: other) ?? id) == id && !waits.isCarrier(other)
            }
            let carries = others.contains { $0.carrier == id }
            if let row, !carries, waits.openCarrier(of: row) != nil {
                recaps[slot] = .awaited
                continue
            }
            // Without a row it was tried before, and announces what follows it, nothing else.
            guard carries || (row != nil && others.count + 1 >= from) else { continue }
            groups.append((slot, .init(delivery: id, event: page.event, dueAt: row?.dueAt ?? now), others))
        }
        let mayRing = try judged(groups.map { ($0.others, planned[$0.slot].person) }, page, on: lane, now: now)
        for (slot, own, others) in groups {
            let members = others.filter { mayRing.contains($0.delivery) }
                .map {
                    Recap.Member(
                        delivery: $0.delivery,
                        event: $0.event,
                        dueAt: $0.dueAt,
                        carrier: waits.openCarrier(of: $0)
                    )
                }
            recaps[slot] = .of(own.delivery, among: [own] + members, from: from)
        }
        return recaps
    }

    /// Which of these still ring the person they are for: the same look as at what is loaded.
    private mutating func judged(
        _ groups: [(rows: [DeviceWait], person: PersonID)],
        _ own: StoredPage,
        on lane: any ProviderLane,
        now: Instant
    ) throws -> Set<DeliveryID> {
        var persons: [DeliveryID: PersonID] = [:]
        for group in groups { for row in group.rows { persons[row.delivery] = group.person } }
        let byPage = Dictionary(grouping: persons.keys, by: \.page)
        var mayRing: Set<DeliveryID> = []
        // What cannot be read is named where it is loaded.
        for page in try queue.pages(byPage.keys).values.compactMap(\.value) where page.id != own.id {
            guard case .loaded(let shown)? = try readable(page.event, on: lane) else { continue }
            let planned = page.plan.slots
            let slots = (byPage[page.id] ?? []).map(\.slot).filter { slot in
                planned.indices.contains(slot) && page.result[slot].state == .deferred
                    && planned[slot].person == persons[DeliveryID(page: page.id, slot: slot)]
            }
            let look = try again.look(at: page, of: shown.publication, slots: slots, isRetry: true)
            let merged = try queue.coverage(by: shown.stored.mergedWith, of: Set(slots.map { planned[$0].person }))
            for slot in slots
            where look.verdicts[planned[slot].person] == nil && merged[planned[slot].person] == nil {
                mayRing.insert(DeliveryID(page: page.id, slot: slot))
            }
        }
        return mayRing
    }

    /// nil for an event that is damaged.
    private mutating func readable(
        _ event: EventID,
        on lane: any ProviderLane
    ) throws -> RenderedEvents.Rendering? {
        do { return try rendered.event(event, on: lane, in: queue) } catch {
            guard case .damaged = StoreError(error) else { throw error }
            return nil
        }
    }

    /// A delivery that another announces, or will.
    func putOff(_ slot: Int, of page: StoredPage, _ waits: DeviceWaits, attempts: Int) -> Outcome {
        let id = DeliveryID(page: page.id, slot: slot)
        let now = time.now()
        var due = now
        let carrier = waits.byDelivery[id].flatMap(waits.openCarrier)
        if let carrier, case .waiting(let dueAt?) = waits.carriers[carrier] { due = dueAt }
        return Outcome(
            page: page.id,
            slot: slot,
            result: .inRecap,
            retryAt: max(now, due) + .mergeLook(after: now - due),
            group: .init(device: page.plan.slots[slot].device, carrier: carrier),
            attempts: attempts,
            isRetry: true
        )
    }

    /// Those who followed a delivery that does not announce them any more: they say themselves what they have to say.
    mutating func letGo(_ carrier: DeliveryID, on device: DeviceID, but followers: [DeliveryID], _ waits: DeviceWaits)
        -> [Outcome]
    {
        let left = (waits.byDevice[device] ?? []).filter { row in
            row.carrier == carrier && !followers.contains(row.delivery) && !waits.isCarrier(row)
        }
        let due = time.now() + .mergeLook
        return left.map { row in
            announced[row.delivery] = nil
            return Outcome(
                page: row.delivery.page,
                slot: row.delivery.slot,
                result: .inRecap,
                retryAt: due,
                group: .init(device: row.device),
                attempts: row.attempts,
                isRetry: true
            )
        }
    }

    /// The followers of a delivery that is sent now: recorded before its answer can be.
    mutating func follow(_ carrier: DeliveryID, _ followers: [DeliveryID], _ waits: DeviceWaits) -> [Outcome] {
        let due = time.now() + .mergeLook
        if announced.count > Self.announcedMax { announced.removeAll() }
        return followers.compactMap { follower in
            guard let row = waits.byDelivery[follower] else { return nil }
            announced[follower] = carrier
            return Outcome(
                page: follower.page,
                slot: follower.slot,
                result: .inRecap,
                retryAt: due,
                group: .init(device: row.device, carrier: carrier),
                attempts: row.attempts,
                isRetry: true
            )
        }
    }
}

extension DeliveryLoader.DeviceWaits {
    /// Which delivery announces it; nil: none does, or that one rings nobody (any more).
    func openCarrier(of row: DeviceWait) -> DeliveryID? { row.carrier.flatMap { carriers[$0] == nil ? nil : $0 } }

    /// Whether others of its device follow it.
    func isCarrier(_ row: DeviceWait) -> Bool { byDevice[row.device]?.contains { $0.carrier == row.delivery } ?? false }
}

extension DeviceAddress {
    /// The device is the person's, and its address is not in doubt.
    fileprivate func canRing(_ person: PersonID) -> Bool {
        owner == person && state != .disabled && state != .suspect && !isRestricted
    }
}

extension QueueReader.Retry {
    /// Of a delivery that is loaded anew.
    init(_ delivery: LoadedDelivery, now: Instant) {
        self.init(delivery: delivery.id, attempts: delivery.attempts, dueAt: now, event: delivery.event.id)
    }
}
