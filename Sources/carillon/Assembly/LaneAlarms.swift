import Delivery
import Domain
import Logging
import Pipeline
import Settings
import Store
import Synchronization
import Telemetry

/// What is looked at every few seconds to find a lane that works and does harm: a metric, a log line at each change, `/healthz`.
final class LaneAlarms: Sendable {
    private struct State {
        var shares: [String: RejectionShare] = [:]
        var standing: [String: Set<LaneAlarm>] = [:]
    }

    private let state = Mutex(State())
    private let gauge: Family<Gauge>
    private let deliveries: Family<Counter>
    private let logger: Logger

    init(_ registry: MetricRegistry, _ metrics: DispatchMetrics, logger: Logger) {
        gauge = registry.gauge(
            "lane_alarm",
            help: "1 while a person should look: rejections, suspects or removalsFrozen.",
            labels: ["lane", "alarm"],
            labelSetsMax: 1000
        )
        deliveries = metrics.deliveries
        self.logger = logger
    }

    /// `devices`: of this lane, all and suspect. `now`: monotonic milliseconds.
    func look(_ lane: LaneStatus, devices: (all: Int, suspect: Int), now: Int64) {
        let (accepted, rejected) = (
            deliveries.with(lane.name, "accepted").value, deliveries.with(lane.name, "rejected").value
        )
        let (before, after) = state.withLock { state in
            state.shares[lane.name, default: RejectionShare()].note(accepted: accepted, rejected: rejected, at: now)
            var alarms: Set<LaneAlarm> = lane.isFrozen ? [.removalsFrozen] : []
            if state.shares[lane.name]?.isAlarming == true { alarms.insert(.rejections) }
            if LaneAlarm.areSuspect(devices.suspect, of: devices.all) { alarms.insert(.suspects) }
            let before = state.standing.updateValue(alarms, forKey: lane.name) ?? []
            return (before, alarms)
        }
        for alarm in LaneAlarm.allCases {
            gauge.with(lane.name, alarm.rawValue).set(after.contains(alarm) ? 1 : 0)
            guard before.contains(alarm) != after.contains(alarm) else { continue }
            logger.log(
                level: after.contains(alarm) ? .error : .notice,
                after.contains(alarm) ? "lane alarm" : "the lane alarm has ended",
                metadata: ["lane": "\(lane.name)", "alarm": "\(alarm.rawValue)", "what": "\(alarm.sentence)"]
            )
        }
    }

    /// Forgets lanes that were closed, with what stood of them.
    func keep(only lanes: Set<String>) {
        let gone = state.withLock { state in
            let gone = state.standing.keys.filter { !lanes.contains($0) }
            for lane in gone { (state.shares[lane], state.standing[lane]) = (nil, nil) }
            return gone
        }
        for lane in gone { for alarm in LaneAlarm.allCases { gauge.with(lane, alarm.rawValue).set(0) } }
    }

    /// Sentences, by lane.
    var sentences: [String] {
        let standing = state.withLock(\.standing)
        return standing.sorted { $0.key < $1.key }.flatMap { lane, alarms in
            alarms.sorted { $0.rawValue < $1.rawValue }.map { "\(lane): \($0.sentence)" }
        }
    }
}
