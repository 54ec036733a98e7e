import Domain
import Providers
import Store
import Testing

@testable import Delivery

/// Any interleaving of loading, answers, parking, probes, tests, orders, reloads, moves of phones and sign-outs: no request begins whose
/// receiver is not the phone's owner at that moment, none twice at once, none that an order has ended, and every delivery ends.
struct LaneWalkTests {
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `nothing rings on a phone of somebody else`(seed: UInt64) {
        var walk = Walk(seed: seed)
        walk.run(steps: 7_000)
        #expect(walk.faults == [], "seed \(seed)")
        #expect(walk.begun > 300 && walk.moves > 20 && walk.lookedUp > 20, "seed \(seed) is no test")
    }
}

private struct Walk {
    var lane = LaneFixture(bounds: LaneBounds(windowMax: 30), accusersMin: 1)
    var random: SplitMix64
    /// Device to owner; nil: signed out.
    var owners: [Int64: Int64] = [:]
    /// Under way: ticket and delivery; 0 is a test.
    var underWay: [UInt64: Int64] = [:]
    /// Read, and not yet handed to the lane.
    var reading: [LoadedBatch] = []
    var ended: Set<Int64> = []
    var dropped: Set<Int64> = []
    var openOrder: (number: Int, deliveries: Set<Int64>)?
    var orders = 0
    var tests = 0
    var nextDelivery: Int64 = 1
    var receivers: [Int64: (device: Int64, owner: Int64, platform: Platform?)] = [:]
    var begun = 0
    var moves = 0
    var lookedUp = 0
    var faults: [String] = []

    static let devices: Int64 = 12

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        for device in 1...Self.devices { owners[device] = device }
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps where faults.count < 3 {
            lane.time += chance(0...40) == 0 ? chance(0...70_000) : chance(0...20)
            step()
            collect()
        }
    }

    private mutating func step() {
        switch chance(0...19) {
        case 0...3: read()
        case 4...8: begin()
        case 9...12: answer()
        case 13: deliverRead()
        case 14: move()
        case 15: order()
        case 16: conclude()
        case 17: test()
        case 18: condition()
        default: lookUp()
        }
    }

    // MARK: - The dispatcher's side

    /// Reads new deliveries, with the owners of this moment; they come later.
    private mutating func read() {
        var deliveries: [LoadedDelivery] = []
        for _ in 0..<chance(1...4) {
            let device = chance(1...Self.devices)
            guard let owner = owners[device] else { continue }
            let platform = [Platform.ios, .android, nil][Int(chance(0...2))]
            receivers[nextDelivery] = (device, owner, platform)
            deliveries.append(delivery(nextDelivery))
            nextDelivery += 1
        }
        guard !deliveries.isEmpty else { return }
        reading.append(.of(deliveries, isUrgent: chance(0...4) == 0, readAt: lane.time, generation: generation))
    }

    /// The last order whose fate is known.
    private var generation: Int { openOrder.map { $0.number - 1 } ?? orders }

    private mutating func deliverRead() {
        guard let batch = reading.popLast() else { return }
        lane.machine.add(batch)
    }

    /// Reads again what was handed back; who has the phone now, and whether an order has ended it, decides.
    private mutating func lookUp() {
        for batch in lane.lookUps {
            var fresh: [LoadedDelivery] = []
            for old in batch.deliveries[batch.position...] {
                lookedUp += 1
                let id = old.id.rawValue
                guard let receiver = receivers[id], owners[receiver.device] == receiver.owner, !dropped.contains(id)
                else {
                    ended.insert(id)
                    continue
                }
                fresh.append(delivery(id))
            }
            guard !fresh.isEmpty else { continue }
            reading.append(
                .of(fresh, tag: batch.tag, isUrgent: batch.isUrgent, readAt: lane.time, generation: batch.generation)
            )
        }
        lane.lookUps = []
    }

    private func delivery(_ id: Int64) -> LoadedDelivery {
        guard let receiver = receivers[id] else { preconditionFailure("A delivery was made before it is read") }
        return .sample(
            id,
            owner: receiver.owner,
            device: receiver.device,
            platform: receiver.platform,
            expiresAt: LoadedDelivery.wallStart + .seconds(1_000_000),
            readAt: lane.time
        )
    }

    /// The commit, then the answer: the lane is told between them.
    private mutating func move() {
        moves += 1
        let device = chance(1...Self.devices)
        owners[device] = chance(0...3) == 0 ? nil : chance(1...Self.devices)
        lane.machine.devicesChanged([DeviceID(rawValue: device)], at: lane.time)
    }

    private mutating func order() {
        guard openOrder == nil else { return }
        orders += 1
        let deliveries = Set((0..<chance(1...6)).map { _ in chance(1...max(1, nextDelivery - 1)) })
        openOrder = (orders, deliveries)
        lane.order(
            .stop(
                StopOrder(
                    order: orders,
                    deliveries: Set(deliveries.map { DeliveryID(rawValue: $0) }),
                    mark: SlotResult(.dropped, reason: .dropped)
                )
            )
        )
    }

    private mutating func conclude() {
        guard let order = openOrder else { return }
        let isCommitted = chance(0...1) == 0
        if isCommitted { dropped.formUnion(order.deliveries.subtracting(underWay.values)) }
        lane.order(.concluded(order: order.number, isCommitted: isCommitted))
        openOrder = nil
    }

    private mutating func test() {
        let device = chance(1...Self.devices)
        guard let owner = owners[device] else { return }
        tests += 1
        lane.order(
            .test(
                tests,
                .sample(-device, owner: owner, device: device, readAt: lane.time),
                until: lane.time + 5_000
            )
        )
    }

    private mutating func condition() {
        switch chance(0...6) {
        case 0: lane.order(.pause("order", draining: chance(0...1) == 0))
        case 1: lane.order(.probe)
        case 2: lane.order(.reloaded(lane.machine.bounds))
        case 3: lane.machine.connection(.closed("lost", retryAt: lane.time + 100), lane.now)
        case 4: lane.machine.connection(.opened, lane.now)
        default: lane.order(.resume)
        }
    }

    // MARK: - The engine's side

    private mutating func begin() {
        for _ in 0..<chance(1...6) {
            guard let ticket = lane.begin(credential: UInt64(chance(1...3))) else { return }
            let delivery = lane.machine.delivery(of: ticket)
            let id = delivery.id.rawValue
            begun += 1
            if owners[delivery.device.rawValue] != delivery.person.rawValue {
                faults.append("\(id) begins for \(delivery.person), who does not have \(delivery.device)")
            }
            if id > 0 {
                if underWay.values.contains(id) { faults.append("\(id) is under way twice") }
                if ended.contains(id) { faults.append("\(id) begins after its end") }
                if dropped.contains(id) { faults.append("\(id) begins after an order ended it") }
                if openOrder?.deliveries.contains(id) == true { faults.append("\(id) begins while an order has it") }
            }
            underWay[ticket] = id
        }
    }

    private mutating func answer() {
        guard let ticket = underWay.keys.sorted().randomElement(using: &random) else { return }
        underWay[ticket] = nil
        let verdicts: [Verdict] = [
            .accepted, .accepted, .accepted, .accepted, .tokenDead(since: nil), .platformFault, .credentialFault,
            .resend(.keep), .resend(.retire), .resend(.renewCredential), .laneBusy(retryAfter: nil), .ambiguous,
        ]
        let verdict = verdicts[Int(chance(0...Int64(verdicts.count - 1)))]
        _ = lane.answer(
            ticket,
            verdict,
            status: 503,
            advice: verdict == .resend(.renewCredential) ? .refresh : .none,
            isAnswered: verdict != .resend(.keep)
        )
    }

    /// What has ended does not begin again; what was put off comes back by its retry row, which this walk leaves to the store.
    private mutating func collect() {
        for outcome in lane.outcomes { ended.insert(DeliveryID(page: outcome.page, slot: outcome.slot).rawValue) }
        lane.outcomes = []
    }

    private mutating func chance(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
}
