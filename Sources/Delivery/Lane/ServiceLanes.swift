package import Domain
package import Providers
package import WebClient

/// Makes the lanes of push services that addresses name, when the first address of a service is met.
package struct ServiceLanes: Sendable {
    /// Push services with a lane of their own, of one provider. Browsers have four; others may bring one for each server of a city.
    package static let lanesMax = 64

    /// For services without HTTP/2.
    let client: WebClient
    /// Those whose lanes it makes.
    let providers: Set<ProviderID>
    private let lane: @Sendable (LaneKey) throws -> LaneDefinition?

    /// `lane`: nil when the service is not configured, or not allowed (any more).
    package init(
        of providers: Set<ProviderID>,
        client: WebClient,
        lane: @escaping @Sendable (LaneKey) throws -> LaneDefinition?
    ) {
        self.providers = providers
        self.client = client
        self.lane = lane
    }

    func definition(of service: LaneKey) throws -> LaneDefinition? { try lane(service) }
}
