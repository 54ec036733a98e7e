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
    /// What requests are held to, and who a client is.
    package var http: HTTPRules
    package var metrics: MetricRegistry
    /// Which lanes exist now; asked at each registration.
    package var laneTable: SharedLaneTable
    /// How the addresses of registrations are read, one for each provider.
    package var targetForms: [any TargetForm]
    /// Asks the push service whether the address of a registration is one; nil: it is.
    package var verifyTarget: @Sendable (Target) async -> FieldError? = { _ in nil }
    /// The VAPID public key, base64url: what browsers subscribe with; nil without Web Push.
    package var subscriptionKey: String?
    /// Whether a publication kind, in capitals, is one this gateway has a word for.
    package var knowsKind: @Sendable (String) -> Bool = { _ in true }
    let scheduleBound = ScheduleBound()
    /// Answers previews.
    package var forecaster: Forecaster

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
        targetForms: [any TargetForm],
        subscriptionKey: String?,
        forecaster: Forecaster
    ) {
        self.admin = admin
        self.admin.publishers = publishers
        self.intake = intake
        self.publishers = publishers
        self.parents = parents
        http = HTTPRules(admin.limits)
        self.metrics = metrics
        self.laneTable = laneTable
        self.targetForms = targetForms
        self.subscriptionKey = subscriptionKey
        self.forecaster = forecaster
    }
}
