import API
import Contract
import Delivery
import Domain
import Pipeline
import Store

/// What needs the dispatcher's connections, or the clock of the services.
struct Live: LiveControl {
    let dispatcher: Dispatcher
    let queue: QueueStore
    let registry: Reading<RegistryReader>
    let steady: SteadyTime

    func probe(_ lane: LaneID, actor: String, why: String) async throws(StoreError) -> Bool {
        try await dispatcher.probe(lane, actor: actor, why: why)
    }

    func test(_ account: Account, installation: String) async throws(StoreError) -> TestOutcomeView? {
        let device = try await registry.read { try $0.device(installation: installation, of: account.userID) }
        guard let device else { return nil }
        if let silent = TestOutcomeView(silent: device) { return silent }
        guard let answer = try await dispatcher.test(account, installation: installation) else {
            return TestOutcomeView(rejected: "noLane")
        }
        return TestOutcomeView(answer)
    }

    func clock() -> ClockReport { steady.report(highWater: queue.lastAcceptance) }

    func acceptClock() -> Bool { steady.accept() }
}

/// Whether the gateway can promise, from the queue, the disk and the clock.
struct Condition: GatewayCondition {
    let queue: QueueStore
    let disk: DiskWatch
    let lanes: LaneAlarms
    let broker: BrokerStatus
    let folder: DataFolder
    let clock: SteadyTime
    let limits: Limits

    var reasonsNotReady: [String] {
        var reasons: [String] = []
        if queue.waitingCommits >= limits.acceptQueueMax { reasons.append("too much waits for its commit") }
        if disk.isFull { reasons.append("the disk is full") }
        return reasons
    }

    var takesBulk: Bool { disk.takesBulk }

    var brokerAlarm: String? { broker.alarm }

    func add(to health: inout HealthView) {
        var alarms: [String] = []
        let stage = disk.look()
        if stage != .ample { alarms.append("the disk is short of room: \(stage.rawValue)") }
        if clock.isInDoubt { alarms.append("the clock is in doubt") }
        let unreadable = UnreadableSummary(queue.unreadable)
        if let alarm = unreadable.alarm { alarms.append(alarm) }
        alarms += lanes.sentences
        if let alarm = brokerAlarm { alarms.append(alarm) }
        health.diskFreeBytes = Int(folder.freeBytes)
        health.disk = disk.view
        health.isClockInDoubt = clock.isInDoubt
        health.unreadable = unreadable.view
        health.alarms = alarms
    }
}
