import Domain
import Providers
import Store

@testable import Delivery

/// Weather, crashes, an operator's orders, and phones that change hands.
extension DeliverySimulation {
    mutating func changeWeather() {
        for index in providers.indices {
            providers[index] = isTroubled ? SimulatedProvider(random: &random) : SimulatedProvider()
        }
        guard isTroubled else { return }
        if chance(0...5) == 0 { isFullUntil = min(now + chance(100...10_000), Self.troubleEnds) }
        agenda.add(.weather, at: min(now + chance(5_000...60_000), Self.troubleEnds))
    }

    /// kill -9: what is under way or not on the disk is forgotten, and may be sent once more.
    mutating func crash() {
        guard isTroubled else { return }
        crashes += 1
        for flights in memory.underWay.values {
            for delivery in flights.values { excused[delivery.id, default: 0] += 1 }
        }
        for outcome in memory.unflushed {
            excused[DeliveryID(page: outcome.page, slot: outcome.slot), default: 0] += 1
        }
        begin()
        agenda.add(.crash, at: now + chance(500...100_000))
    }

    // MARK: - Phones

    mutating func move() {
        guard isTroubled else { return }
        moves += 1
        let device = chance(1...Self.devices)
        change(owner: chance(0...3) == 0 ? nil : chance(1...Self.devices), of: device)
        agenda.add(.move, at: now + chance(20...2_000))
    }

    /// The commit, then the lanes are told, then the answer.
    mutating func change(owner: Int64?, of device: Int64) {
        store.owners[device] = owner
        memory.untold[device, default: 0] += 1
        agenda.add(.told(life: life, device: device), at: now + chance(0...20))
    }

    mutating func tell(_ device: Int64) {
        for index in memory.machines.indices {
            memory.machines[index].devicesChanged([DeviceID(rawValue: device)], at: now)
        }
        let left = memory.untold[device, default: 1] - 1
        memory.untold[device] = left > 0 ? left : nil
    }

    // MARK: - Orders

    mutating func order() {
        guard isTroubled else {
            store.modes = [:]
            for lane in Self.lanes {
                give(.resume, to: lane)
                thaw(lane)
            }
            return agenda.add(.order, at: now + 600_000)
        }
        let lane = Self.lanes[Int(chance(0...2))]
        switch chance(0...9) {
        case 0:
            let isDraining = Bool.random(using: &random)
            store.modes[lane] = isDraining ? .draining : .paused
            give(.pause("order", draining: isDraining), to: lane)
        case 1: give(.probe, to: lane)
        case 2: give(.reloaded(memory.machines[Self.index(lane)].bounds), to: lane)
        case 3: test(on: lane)
        case 4: thaw(lane)
        case 5, 6:
            let open = store.pages.values.filter(\.isOpen).map(\.entry.page).sorted()
            if let page = open.randomElement(using: &random) { drop(page) }
        default:
            store.modes[lane] = nil
            give(.resume, to: lane)
        }
        agenda.add(.order, at: min(now + chance(500...20_000), Self.troubleEnds))
    }

    private mutating func test(on lane: LaneID) {
        let device = chance(1...Self.devices)
        guard let owner = store.owners[device] else { return }
        memory.testsGiven += 1
        let delivery = LoadedDelivery.sample(-device, owner: owner, device: device, readAt: now)
        give(.test(memory.testsGiven, delivery, until: now + chance(500...5_000)), to: lane)
    }

    /// First the lanes give up what is to be dropped, then the order is committed or is not, then they are told.
    mutating func drop(_ page: PageID) {
        guard memory.openOrder == nil, let page = store.pages[page], page.isOpen else { return }
        let every = chance(1...3)
        let deliveries = Set(
            page.slots.indices.filter { Int64($0) % every == 0 && !page.slots[$0].state.isTerminal }
                .map { DeliveryID(page: page.entry.page, slot: $0) }
        )
        memory.orders.begin()
        let stop = memory.orders.stop(deliveries, as: SlotResult(.dropped, reason: .dropped))
        memory.openOrder = deliveries
        let underWay = give(.stop(stop), to: page.entry.lane)
        memory.openOrder = deliveries.subtracting(underWay)
        memory.orders.found(underWay: underWay)
        // What had finished before is on the disk first; a full store fails the order.
        let isStoreFull = now < isFullUntil
        if !isStoreFull { flush() }
        agenda.add(
            .committed(
                life: life,
                taken: deliveries.subtracting(underWay),
                underWay: underWay,
                isCommitted: !isStoreFull && chance(0...4) != 0
            ),
            at: now + chance(1...100)
        )
    }

    mutating func conclude(_ deliveries: Set<DeliveryID>, _ underWay: Set<DeliveryID>, _ isCommitted: Bool) {
        if isCommitted {
            store.drop(deliveries)
            memory.marked.formUnion(underWay)
        }
        let (word, released) = memory.orders.conclude(isCommitted: isCommitted)
        memory.plan.recorded(released)
        memory.openOrder = nil
        for lane in Self.lanes { give(word, to: lane) }
    }
}
