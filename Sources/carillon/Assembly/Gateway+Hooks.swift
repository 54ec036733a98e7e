import API
import Delivery
import Domain
import Pipeline
import Store

extension Gateway {
    /// What the doors ask of the services behind them.
    static func hooks(
        _ dispatcher: Dispatcher,
        queue: QueueStore,
        registry: Reading<RegistryReader>,
        disk: DiskWatch,
        alarms lanes: LaneAlarms,
        folder: DataFolder,
        clock: SteadyTime,
        _ limits: Limits
    ) -> APIServices.Hooks {
        var hooks = APIServices.Hooks(
            pauseLane: { lane, actor, why, until throws(StoreError) in
                try await dispatcher.pause(lane, actor: actor, why: why, until: until)
            },
            resumeLane: { lane, actor, why throws(StoreError) in
                try await dispatcher.resume(lane, actor: actor, why: why)
            }
        )
        hooks.decideRemovals = { lane, applying, actor, why throws(StoreError) in
            try await dispatcher.thaw(lane, applying: applying, actor: actor, why: why)
        }
        hooks.sendTest = { account, installation throws(StoreError) in
            let device = try await registry.read { try $0.device(installation: installation, of: account.userID) }
            guard let device else { return nil }
            if let silent = APIServices.TestOutcome(silent: device) { return silent }
            guard let word = try await dispatcher.test(account, installation: installation) else {
                return .init(outcome: "rejected", reason: "noLane")
            }
            return .init(word)
        }
        hooks.drainLane = { lane, actor, why throws(StoreError) in
            try await dispatcher.pause(lane, actor: actor, why: why, draining: true)
        }
        hooks.probeLane = { lane, actor, why throws(StoreError) in
            try await dispatcher.probe(lane, actor: actor, why: why)
        }
        hooks.laneStatuses = { await dispatcher.statuses() }
        hooks.readiness = { reasonsNotReady(queue, disk, limits) }
        hooks.takesBulk = { disk.takesBulk }
        hooks.clock = { clock.report(highWater: queue.lastAcceptance) }
        hooks.acceptClock = {
            let before = clock.report(highWater: queue.lastAcceptance)
            return clock.accept() ? before : nil
        }
        hooks.health = {
            var alarms: [JSONValue] = []
            let stage = disk.look()
            if stage != .ample { alarms.append(.string("the disk is short of room: \(stage.rawValue)")) }
            if clock.isInDoubt { alarms.append("the clock is in doubt") }
            let unreadable = UnreadableSummary(queue.unreadable)
            if let alarm = unreadable.alarm { alarms.append(.string(alarm)) }
            alarms += lanes.sentences.map { .string($0) }
            return JSONObject([
                "diskFreeBytes": .number(folder.freeBytes), "disk": disk.json,
                "isClockInDoubt": .bool(clock.isInDoubt), "unreadable": unreadable.json, "alarms": .array(alarms),
            ])
        }
        return hooks
    }

    private static func reasonsNotReady(_ queue: QueueStore, _ disk: DiskWatch, _ limits: Limits) -> [String] {
        var reasons: [String] = []
        if queue.waitingCommits >= limits.acceptQueueMax { reasons.append("too much waits for its commit") }
        if disk.isFull { reasons.append("the disk is full") }
        return reasons
    }
}
