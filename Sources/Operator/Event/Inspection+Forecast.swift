import Delivery
import Domain
import Pipeline
import Settings
import Store

/// What a forecast needs of the configuration, as the service would have it.
extension Inspection {
    var forecastRules: ForecastRules {
        ForecastRules(
            activeByDefault: settings.schools.areActiveByDefault,
            deviceAgeMax: .seconds(settings.retention.deviceStaleDays * 86_400),
            limits: settings.limits,
            isServiceAllowed: { [rules = settings.providers.webpush?.endpoints] in
                rules?.endpoint(authority: $0) != nil
            }
        )
    }

    /// The lanes of the configuration; one that no service has opened yet has a number the store never gives.
    var laneTable: LaneTable {
        var table = LaneTable()
        var imagined: Int32 = 0
        func add(_ name: String, _ key: LaneTable.Key) {
            imagined -= 1
            let known = lanes.first { $0.name == name }?.id
            table.add(known ?? LaneID(rawValue: imagined), name: name, for: key)
        }
        for fcm in settings.providers.fcm {
            add("fcm/" + fcm.name, .init(provider: .fcm, environment: .production, app: fcm.app))
        }
        for apns in settings.providers.apns {
            add("apns/" + apns.name, .init(provider: .apns, environment: apns.environment, app: apns.app))
        }
        return table
    }
}
