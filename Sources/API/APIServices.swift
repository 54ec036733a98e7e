package import Delivery
package import Domain
package import Pipeline
package import Telemetry

/// Everything the routes hand requests to; made by the assembly, and by tests with stores of their own.
@dynamicMemberLookup
package struct APIServices: Sendable {
    /// What the operator's routes share with the public ones.
    package var admin: AdminServices
    package var intake: Intake
    package var publishers: PublisherDirectory
    package var parents: ParentAuthenticator
    package var metrics: MetricRegistry
    /// Which lanes exist now; asked at each registration.
    package var laneTable: SharedLaneTable
    package var endpoints: EndpointRules
    /// The VAPID public key, base64url: what browsers subscribe with; nil without Web Push.
    package var webPushKey: String?
    /// Answers previews.
    package var forecaster: Forecaster
    /// Web Push has no entry in the lane table: its lanes are made by host.
    package var isWebPushEnabled: Bool { webPushKey != nil }

    package subscript<Value>(dynamicMember path: WritableKeyPath<AdminServices, Value>) -> Value {
        get { admin[keyPath: path] }
        set { admin[keyPath: path] = newValue }
    }

    package init(
        admin: AdminServices,
        intake: Intake,
        publishers: PublisherDirectory,
        parents: ParentAuthenticator,
        metrics: MetricRegistry,
        laneTable: SharedLaneTable,
        endpoints: EndpointRules,
        webPushKey: String?,
        forecaster: Forecaster
    ) {
        self.admin = admin
        self.intake = intake
        self.publishers = publishers
        self.parents = parents
        self.metrics = metrics
        self.laneTable = laneTable
        self.endpoints = endpoints
        self.webPushKey = webPushKey
        self.forecaster = forecaster
    }
}
