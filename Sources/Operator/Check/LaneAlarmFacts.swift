import Domain
import Providers
import Settings
import Store

/// Alarms of lanes that the store can tell, beside the service or without it; the share of rejections only the service knows.
struct LaneAlarmFacts {
    /// By lane, in the order of their names.
    let alarms: [(lane: String, alarm: LaneAlarm)]

    init(_ inspection: Inspection) throws {
        let (counts, frozen) = try inspection.askRegistry { (try $0.deviceCounts(), try $0.frozenLanes()) }
        var devices: [String: (all: Int, suspect: Int)] = [:]
        for count in counts {
            let lane = inspection.settings.providers.lane(
                of: count.provider,
                count.environment,
                app: count.app,
                host: count.host
            )
            guard let lane else { continue }
            devices[lane, default: (0, 0)].all += count.count
            if count.state == .suspect { devices[lane, default: (0, 0)].suspect += count.count }
        }
        let suspects = devices.filter { LaneAlarm.areSuspect($0.value.suspect, of: $0.value.all) }.keys
        alarms =
            (frozen.keys.map { ($0, LaneAlarm.removalsFrozen) } + suspects.map { ($0, LaneAlarm.suspects) })
            .sorted { $0.0 < $1.0 }
    }
}
