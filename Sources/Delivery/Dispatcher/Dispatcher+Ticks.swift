import Domain
import Logging
import Providers
import Store
import Synchronization

/// What time alone brings, and what has changed since the last look.
extension Dispatcher {
    func tick() {
        recorder.retry()
        let now = time.monotonic()
        var isIdle = recorder.isIdle
        for (id, lane) in lanes {
            for batch in plan.readAgain(id, now: now) { lookUp(batch, on: id) }
            fill(id)
            noteStarted(id)
            let status = lane.feed.mail.condition
            isIdle = isIdle && lane.feed.mail.loaded == 0 && status.inFlight == 0 && status.wakeAt == nil
            if lane.feed.mail.loaded > 0 || status.wakeAt.map({ $0 <= now }) ?? false { wake(lane) }
            look(at: id)
        }
        self.isIdle.store(isIdle, ordering: .relaxed)
    }

    /// Tells the log of a change, once, and keeps the condition for readers beside a dead service.
    func look(at id: LaneID) {
        guard let status = lanes[id]?.feed.mail.condition, let name = lanes[id]?.definition.name else { return }
        let hasChanged = lanes[id]?.since.see(status.state, reason: status.reason, now: time.now()) ?? false
        if hasChanged {
            logger.log(
                level: status.isActive ? .notice : .warning,
                "lane changed",
                metadata: ["lane": "\(name)", "state": "\(status.state)", "reason": "\(status.reason)"]
            )
        }
        let text = status.state + " " + status.reason
        guard let lane = lanes[id], lane.noted != text else { return }
        lanes[id]?.noted = text
        queue.note(
            condition: status.state,
            reason: status.reason,
            since: lane.since.at,
            virtualTime: plan.scheduler.virtualTime(of: id),
            of: id
        )
    }
}
