import Delivery
import Domain
import Pipeline
import Providers
import Settings
import Store

/// What a forecast needs of the configuration, as the service would have it.
extension Inspection {
    var forecastRules: ForecastRules {
        ForecastRules(
            activeByDefault: settings.schools.areActiveByDefault,
            deviceAgeMax: .seconds(settings.retention.deviceStaleDays * 86_400),
            rules: Current(DeliveryRules(settings)),
            limits: settings.limits,
            isServiceAllowed: { [providers = settings.providers] in
                providers.lane(of: $0.provider, at: $0.app) != nil
            }
        )
    }

    /// The lanes of the configuration; one that no service has opened yet has a number the store never gives.
    var laneTable: LaneTable {
        var table = LaneTable(opening: settings.providers.opening)
        var imagined: Int32 = 0
        for lane in settings.providers.all.flatMap(\.lanes) {
            imagined -= 1
            let known = lanes.first { $0.name == lane.name }?.id
            table.add(known ?? LaneID(rawValue: imagined), name: lane.name, for: lane.key)
        }
        return table
    }
}
