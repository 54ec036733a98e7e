import Domain
import Providers
import Store

@testable import Delivery

/// A whole gateway without I/O: the product's ``LoadPlan`` and a ``LaneMachine`` per lane under a virtual clock, with providers that fail,
/// reads that fail, phones that change hands, an operator, and crashes at any moment. One seed is one run, to the millisecond.
///
/// Milliseconds after the start, for the monotonic and for the wall clock.
struct DeliverySimulation {
    static let lanes = [1, 2, 3].map(LaneID.init(rawValue:))
    /// Weather, crashes, orders and moves end here; what is left then must end by itself.
    static let troubleEnds: Int64 = 300_000
    /// So long after it nothing that is due still waits: the longest pause of a lane is behind it.
    private static let patience: Int64 = 900_000
    private static let end: Int64 = 40_000_000
    static let attemptsMax = 8
    private static let windowMax = 64
    static let bounds = [
        LaneBounds(windowMax: windowMax, messagesPerMinute: 240),
        LaneBounds(windowMax: windowMax, deviceMessagesPerMinute: 5), LaneBounds(windowMax: windowMax),
    ]
    static let forwardedPlatforms: Set<Platform> = [.ios, .web]
    static let devices: Int64 = 200

    enum Happening {
        case arrival
        /// Over the connection of this number.
        case reply(life: Int, lane: LaneID, connection: Int, ticket: UInt64, SimulatedProvider.Reply)
        case flush(life: Int)
        case fill(life: Int, lane: LaneID)
        case tick(life: Int)
        /// What was read comes to the lane.
        case cameBack(life: Int, lane: LaneID, LoadedBatch?)
        case told(life: Int, device: Int64)
        case committed(life: Int, taken: Set<DeliveryID>, underWay: Set<DeliveryID>, isCommitted: Bool)
        case credential(life: Int, lane: LaneID, isRenewed: Bool)
        case connectionTrouble
        case reconnect(life: Int, lane: LaneID)
        case sweep
        case weather
        case crash
        case order
        case drop(PageID)
        case move
    }

    /// Gone at a crash.
    struct Memory {
        var plan = LoadPlan()
        var machines: [LaneMachine] = []
        var observed: [ObservedLane] = []
        /// Lanes 1 and 2 are of one host.
        var hosts = [HostHealth(), HostHealth()]
        var credentials: [UInt64] = [1, 1, 1]
        /// Lane and ticket to what is under way.
        var underWay: [LaneID: [UInt64: LoadedDelivery]] = [:]
        var unflushed: [Outcome] = []
        var isFlushing = false
        /// Changes of owners that the lanes have not been told yet.
        var untold: [Int64: Int] = [:]
        var openOrder: Set<DeliveryID>?
        /// Under way when an order that was committed named them: they end with their answer, whatever it is.
        var marked: Set<DeliveryID> = []
        var orders = OrderBook()
        var testsGiven = 0
    }

    var faults: [String] = []
    private(set) var deliveries = 0
    var sends = 0
    var crashes = 0
    var moves = 0
    var lookedUp = 0
    private(set) var duplicates = 0
    var losses = 0
    var freezes = 0
    var unwritten = 0
    var random: SplitMix64
    private(set) var now: Int64 = 0
    var agenda = Agenda<Happening>()
    var store = SimulatedStore()
    var memory = Memory()
    var life = 0
    private var nextPage: Int64 = 1
    var providers = [SimulatedProvider(), SimulatedProvider(), SimulatedProvider()]
    /// The store takes no outcomes until then.
    var isFullUntil: Int64 = 0
    /// How often each delivery rang, and how often that may be more than once.
    var taken: [DeliveryID: Int] = [:]
    var excused: [DeliveryID: Int] = [:]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        for device in 1...Self.devices { store.owners[device] = device }
    }

    static let start = LoadedDelivery.wallStart
    var moment: Moment { Moment(wall: Self.start + .milliseconds(now), monotonic: now) }
    var isTroubled: Bool { now < Self.troubleEnds }

    /// Runs to the end of all work; what went against a promise is in `faults`.
    mutating func run() {
        begin()
        agenda.add(.arrival, at: 0)
        agenda.add(.sweep, at: 1000)
        agenda.add(.weather, at: 0)
        agenda.add(.crash, at: chance(10_000...100_000))
        agenda.add(.order, at: chance(5_000...50_000))
        agenda.add(.move, at: 100)
        agenda.add(.connectionTrouble, at: chance(1_000...20_000))
        while faults.count < 5, let (time, happening) = agenda.next() {
            now = time
            happen(happening)
            if !isTroubled, store.isDone, memory.unflushed.isEmpty, memory.underWay.values.allSatisfy(\.isEmpty) {
                break
            }
            if now > Self.end {
                faults.append("I3: work is left hours after the faults ended: \(left)")
                break
            }
        }
        faults += store.contradictions()
        for (delivery, count) in taken {
            duplicates += count - 1
            if count > 1 + excused[delivery, default: 0] { faults.append("I4: \(delivery) rang \(count) times") }
            if store.state(of: delivery) == .pending { faults.append("I2: \(delivery) rang and is pending") }
        }
    }

    /// What is not done, for the report.
    private var left: String {
        let open = store.pages.values.filter(\.isOpen).map { "\($0.entry.page) of lane \($0.entry.lane)" }
        let conditions = Self.lanes.map { lane in
            var machine = memory.machines[Self.index(lane)]
            let condition = machine.condition(moment, host: memory.hosts[Self.host(lane)])
            return "\(condition.state) \(machine.ready.untouched) loaded, \(condition.inFlight) under way"
        }
        return "pages \(open.sorted()), \(store.retries.count) retries, lanes \(conditions)"
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .arrival: arrive()
        // Of a process that is dead nobody hears.
        case .reply(let then, let lane, let connection, let ticket, let reply):
            guard then == life, connection == memory.observed[Self.index(lane)].connection else { return }
            finish(ticket, reply, on: lane)
        case .flush(let then): if then == life { flush() }
        case .fill(let then, let lane): if then == life { fill(lane) }
        case .tick(let then): if then == life { tick() }
        case .cameBack(let then, let lane, let batch): if then == life { cameBack(batch, on: lane) }
        case .told(let then, let device): if then == life { tell(device) }
        case .committed(let then, let taken, let underWay, let isCommitted):
            if then == life { conclude(taken, underWay, isCommitted) }
        case .credential(let then, let lane, let isRenewed): if then == life { credential(lane, isRenewed) }
        case .connectionTrouble: connectionTrouble()
        case .reconnect(let then, let lane): if then == life { reconnect(lane) }
        case .sweep:
            faults += store.expire(now: now, calmSince: Self.troubleEnds, patience: Self.patience)
            agenda.add(.sweep, at: now + 1000)
        case .weather: changeWeather()
        case .crash: crash()
        case .order: order()
        case .drop(let page): drop(page)
        case .move: move()
        }
    }

    /// An event of a school: pages for the phones of some persons.
    private mutating func arrive() {
        guard isTroubled else { return }
        let lane = Self.lanes[Int(chance(0...2))]
        let isUrgent = chance(0...4) == 0
        let flow = Scheduler.Flow(
            lane: lane,
            school: "S\(chance(0...5))",
            weight: isUrgent ? 16 : [1, 4][Int(chance(0...1))]
        )
        let event = EventID(rawValue: nextPage)
        let lifetime: Int64 = [30_000, 600_000, 3_600_000, 86_400_000][Int(chance(0...3))]
        for _ in 0..<chance(1...3) {
            let slots = (0..<chance(1...60)).map { _ -> SimulatedStore.Slot in
                // Some phones are rung all the time.
                let device = chance(0...3) == 0 ? chance(1...3) : chance(1...Self.devices)
                let platform = [Platform.ios, .android, nil][Int(chance(0...2))]
                return .init(person: store.owners[device] ?? device, device: device, platform: platform)
            }
            let entry = Scheduler.Entry(
                page: PageID(rawValue: nextPage),
                event: event,
                lane: lane,
                tag: memory.plan.tag(flow, count: slots.count),
                count: slots.count,
                isUrgent: isUrgent
            )
            nextPage += 1
            deliveries += slots.count
            store.add(.init(entry: entry, slots: slots, expiresAt: now + lifetime))
            memory.plan.add(entry)
        }
        fill(lane)
        // Some are thought better of while they are read.
        if chance(0...5) == 0 { agenda.add(.drop(PageID(rawValue: nextPage - 1)), at: now + chance(0...40)) }
        agenda.add(.arrival, at: now + chance(100...15_000))
    }

    /// As the dispatcher begins: pages, modes and virtual times from the store.
    mutating func begin() {
        life += 1
        memory = Memory()
        for (index, lane) in Self.lanes.enumerated() {
            var machine = LaneMachine(
                LaneRules(
                    name: "lane \(lane.rawValue)",
                    policy: RetryPolicy(attemptsMax: Self.attemptsMax),
                    bounds: Self.bounds[index],
                    lowWater: 20,
                    accusersMin: index == 2 ? 3 : 1,
                    forwardedPlatforms: Self.forwardedPlatforms,
                    seed: UInt64.random(in: .min ... .max, using: &random)
                )
            )
            if let mode = store.modes[lane] {
                _ = machine.obey(
                    .pause("order", draining: mode == .draining),
                    moment,
                    host: &memory.hosts[Self.host(lane)]
                )
            }
            if store.frozen.contains(lane) { _ = machine.obey(.freeze, moment, host: &memory.hosts[Self.host(lane)]) }
            memory.machines.append(machine)
            memory.observed.append(ObservedLane())
            memory.plan.add(lane, most: 60, isOneAtATime: index == 2, virtualTime: store.virtualTimes[lane] ?? 0)
        }
        for page in store.pages.values.filter(\.isOpen).sorted(by: { $0.entry.page < $1.entry.page }) {
            memory.plan.add(page.entry)
        }
        agenda.add(.tick(life: life), at: now + 250)
    }

    static func index(_ lane: LaneID) -> Int { Int(lane.rawValue) - 1 }
    static func host(_ lane: LaneID) -> Int { lane.rawValue == 3 ? 1 : 0 }

    mutating func chance(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
}
