import Domain
import Providers
import Store

/// One message for what quiet hours let go together on one device (record 0033).
extension DeliveryLoader {
    /// What waits beside the deliveries of a page that are loaded.
    struct DeviceWaits {
        /// Their own rows; whatever was tried before has none.
        var own: [DeliveryID: DeviceWait] = [:]
        /// What each of them announces already.
        var followers: [DeliveryID: [DeviceWait]] = [:]
        /// All that waits for the devices of those that nothing is decided about.
        var beside: [DeviceID: [DeviceWait]] = [:]
        /// How those stand that announce others; one that rings nobody (any more) is not here.
        var carriers: [DeliveryID: CarrierStanding] = [:]
        /// Those that others follow.
        var carrying: Set<DeliveryID> = []

        var isEmpty: Bool { own.isEmpty && followers.isEmpty }

        /// Which delivery announces it; nil: none does, or that one rings nobody (any more).
        func openCarrier(of row: DeviceWait) -> DeliveryID? {
            row.carrier.flatMap { carriers[$0] == nil ? nil : $0 }
        }
    }

    /// What was read and found out for the deliveries of one call: a person's publications lie on a page each, and what waits for a device is
    /// read and looked at once for all of them.
    struct Looked {
        var beside: [DeviceID: [DeviceWait]] = [:]
        var rows: [DeliveryID: DeviceWait] = [:]
        var mayRing: [DeliveryID: Bool] = [:]

        mutating func note(_ waits: some Sequence<DeviceWait>) { for row in waits { rows[row.delivery] = row } }
    }

    /// Announced deliveries remembered; of what is forgotten beyond it somebody may be rung twice.
    private static let announcedMax = 1 << 20

    /// Two statements; more where something waits. Whatever follows another reads nothing of the others that wait for its device: only what
    /// nothing is decided about does.
    mutating func deviceWaits(of page: StoredPage, slots: [Int]) throws -> DeviceWaits {
        let ids = slots.map { DeliveryID(page: page.id, slot: $0) }
        var waits = DeviceWaits()
        let own = try queue.waits(ids, on: page.lane)
        let followers = try queue.followers(of: ids, on: page.lane)
        guard !own.isEmpty || !followers.isEmpty else { return waits }
        waits.own = Dictionary(own.map { ($0.delivery, $0) }, uniquingKeysWith: { first, _ in first })
        for row in followers { if let carrier = row.carrier { waits.followers[carrier, default: []].append(row) } }
        waits.carriers = try queue.carriers(Set(own.compactMap(\.carrier)))
        waits.carrying = Set(waits.followers.keys)
        waits.carrying.formUnion(
            try queue.followers(of: followers.map(\.delivery), on: page.lane).compactMap(\.carrier)
        )
        looked.note(own)
        looked.note(followers)
        let free = own.filter { row in
            waits.followers[row.delivery] == nil && waits.openCarrier(of: row) == nil
                && (announced[row.delivery] == nil || announced[row.delivery] == row.carrier)
        }
        try addBeside(Set(free.map(\.device)), on: page.lane, to: &waits)
        return waits
    }

    private mutating func addBeside(
        _ devices: Set<DeviceID>,
        on lane: LaneID,
        to waits: inout DeviceWaits
    ) throws {
        let unread = devices.filter { looked.beside[$0] == nil }
        for device in unread { looked.beside[device] = [] }
        let read = try queue.waits(of: unread, on: lane)
        for row in read { looked.beside[row.device, default: []].append(row) }
        looked.note(read)
        for device in devices { waits.beside[device] = looked.beside[device] }
        let carriers = Set(waits.beside.values.joined().compactMap(\.carrier))
        waits.carrying.formUnion(carriers)
        for (carrier, standing) in try queue.carriers(carriers.filter { waits.carriers[$0] == nil }) {
            waits.carriers[carrier] = standing
        }
    }

    /// Ends what a recap has announced, and leaves alone what one is given in a commit under way: its row, read a moment ago, does not say so
    /// yet.
    mutating func endAnnounced(
        _ slots: [(slot: Int, attempts: Int)],
        of page: StoredPage,
        _ waits: DeviceWaits,
        _ loaded: inout Loaded
    ) -> [(slot: Int, attempts: Int)] {
        guard !waits.own.isEmpty else { return slots }
        return slots.filter { slot, attempts in
            let id = DeliveryID(page: page.id, slot: slot)
            guard let row = waits.own[id] else { return true }
            if let carrier = announced[id] {
                guard row.carrier == carrier else { return false }
                announced[id] = nil
            }
            // Whoever announces others has to be sent, or they would count as announced and were not.
            guard let carrier = row.carrier, waits.carriers[carrier] == .reached, !waits.carrying.contains(id) else {
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
        guard !waits.isEmpty else { return [:] }
        let planned = page.plan.slots
        let now = time.now()
        let from = rules.value.quiet.recapFrom
        var recaps: [Int: Recap] = [:]
        var groups: [Group] = []
        for slot in slots {
            guard planned.indices.contains(slot),
                let person = try found.person(planned[slot].person, in: page.event),
                addresses[planned[slot].device]?.value.map({ $0.canRing(person) }) ?? false
            else { continue }
            let id = DeliveryID(page: page.id, slot: slot)
            let row = waits.own[id]
            // What has expired announces nobody; its own end is recorded where it would be sent.
            if let row, row.expiresAt <= now { continue }
            let others = (waits.followers[id] ?? waits.beside[planned[slot].device] ?? []).filter { other in
                other.delivery != id && other.isLetGo(now) && other.expiresAt > now
                    && (waits.openCarrier(of: other) ?? id) == id && !waits.carrying.contains(other.delivery)
            }
            let carries = others.contains { $0.carrier == id }
            if let row, !carries, waits.openCarrier(of: row) != nil {
                recaps[slot] = .awaited
                continue
            }
            // Without a row it was tried before, and announces what follows it, nothing else.
            guard carries || (row != nil && others.count + 1 >= from) else { continue }
            let own = Recap.Member(delivery: id, event: page.event, dueAt: row?.dueAt ?? now)
            groups.append(Group(slot: slot, person: person, own: own, others: others))
        }
        try judge(groups, page, on: lane)
        for group in groups {
            let members = group.others.filter { looked.mayRing[$0.delivery] ?? false }
                .map {
                    Recap.Member(
                        delivery: $0.delivery,
                        event: $0.event,
                        dueAt: $0.dueAt,
                        carrier: waits.openCarrier(of: $0)
                    )
                }
            recaps[group.slot] = .of(group.own.delivery, among: [group.own] + members, from: from)
        }
        return recaps
    }

    /// A delivery that may announce others of its device and person.
    private struct Group {
        var slot: Int
        var person: PersonID
        var own: Recap.Member
        var others: [DeviceWait]
    }

    /// Finds out which of the others still ring the person they are for: the same look as at what is loaded.
    private mutating func judge(_ groups: [Group], _ own: StoredPage, on lane: any ProviderLane) throws {
        var persons: [DeliveryID: PersonID] = [:]
        for group in groups {
            for row in group.others where looked.mayRing[row.delivery] == nil && row.delivery.page != own.id {
                persons[row.delivery] = group.person
            }
        }
        let byPage = Dictionary(grouping: persons.keys, by: \.page)
        // What cannot be read is named where it is loaded.
        for page in try queue.pages(byPage.keys).values.compactMap(\.value) {
            let ids = byPage[page.id] ?? []
            for id in ids { looked.mayRing[id] = false }
            guard case .loaded(let shown)? = try readable(page.event, on: lane) else { continue }
            let planned = page.plan.slots
            let slots = try ids.filter { id in
                guard planned.indices.contains(id.slot), page.result[id.slot].state == .deferred else { return false }
                return try found.person(planned[id.slot].person, in: page.event) == persons[id]
            }
            .map(\.slot)
            let look = try again.look(at: page, of: shown.publication, slots: slots, isRetry: true)
            let merged = try queue.coverage(by: shown.stored.mergedWith, of: Set(slots.map { planned[$0].person }))
            for slot in slots
            where look.verdicts[planned[slot].person] == nil && merged[planned[slot].person] == nil {
                looked.mayRing[DeliveryID(page: page.id, slot: slot)] = true
            }
        }
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
        let carrier = waits.own[id].flatMap(waits.openCarrier)
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
    mutating func letGo(_ carrier: DeliveryID, but followers: [DeliveryID], _ waits: DeviceWaits) -> [Outcome] {
        let kept = Set(followers)
        let left = (waits.followers[carrier] ?? []).filter { row in
            !kept.contains(row.delivery) && !waits.carrying.contains(row.delivery)
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
    mutating func follow(_ carrier: DeliveryID, _ followers: [DeliveryID]) -> [Outcome] {
        let due = time.now() + .mergeLook
        if announced.count > Self.announcedMax { announced.removeAll() }
        return followers.compactMap { follower in
            guard let row = looked.rows[follower] else { return nil }
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
