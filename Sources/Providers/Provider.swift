package import Domain
package import Settings

/// A push service: everything the gateway has to know of it. An instance is one entry of the configuration; what is static holds for all.
///
/// A new one is a folder with its conformance, and a line in ``ProviderList``.
package protocol Provider: ProviderSection {
    static var id: ProviderID { get }

    /// How a registration's address is read. `configured`: all entries of the configuration, of every provider.
    static func targetForm(_ configured: [any Provider]) -> any TargetForm

    /// Asks the push service of an address that registers whether it is one, before anything is kept. nil: it is, or nobody need ask.
    func verify(_ target: Target, in network: ProviderNetwork) async -> FieldError?

    /// The public key that browsers and distributors ask for before they subscribe; nil for a provider without one.
    var subscriptionKey: String? { get }

    /// What an answer means. `host`: of the push service, where that makes a difference.
    static func classify(status: Int, body: [UInt8], retryAfter: String?, host: String, now: Instant) -> Classification

    /// A body in which the provider says one of its words, for `retry-rules test`.
    static func body(saying word: String) -> JSONValue

    /// The push service is named by a device's address, so that a lane is opened when the first address of a service is met. Anybody may
    /// register an address, so that one device's word never stops such a lane.
    static var isServiceNamedByAddress: Bool { get }

    /// The lanes the configuration names.
    var lanes: [LaneIdentity] { get }

    /// The lane of a push service by its `host[:port]`; nil when it is not allowed (any more).
    func lane(at authority: String) -> LaneIdentity?

    /// One of `lanes`, or a lane that `lane(at:)` gave, with its credential.
    ///
    /// - Throws: what is wrong with the key file.
    func definition(of lane: LaneIdentity, in network: ProviderNetwork) throws -> LaneDefinition
}

extension Provider {
    package func verify(_ target: Target, in network: ProviderNetwork) async -> FieldError? { nil }
    package var subscriptionKey: String? { nil }
    package static var isServiceNamedByAddress: Bool { false }
    package var lanes: [LaneIdentity] { [] }
    package func lane(at authority: String) -> LaneIdentity? { nil }
    package func owns(lane: String) -> Bool { lanes.contains { $0.name == lane } }

    /// The identity of a lane of this provider.
    static func lane(_ name: String, _ environment: PushEnvironment? = nil, app: String) -> LaneIdentity {
        LaneIdentity(
            name: self.name + "/" + name,
            key: LaneKey(provider: id, environment: environment, app: app)
        )
    }
}
