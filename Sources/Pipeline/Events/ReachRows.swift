package import Contract
package import Domain
package import Store

/// The rows of reach and of `event trace`: a person each, with the pupils through whom the event concerns him or her, how he or she
/// stands, and on which devices. Used on the thread of the reader.
package struct ReachRows {
    private let event: StoredEvent
    private let registry: RegistryReader
    private let laneNames: [LaneID: String]

    /// `event`: whose persons they are; it names those nobody knows.
    package init(event: StoredEvent, registry: RegistryReader, laneNames: [LaneID: String]) {
        self.event = event
        self.registry = registry
        self.laneNames = laneNames
    }

    /// Keyed reads, one for each name in it.
    package func view(_ person: EventReport.Person) throws -> ReachRowView {
        let index = person.person.unknownIndex
        let known = index == nil ? try registry.person(person.person) : nil
        let unknown = index.flatMap { event.unknownUsers.indices.contains($0) ? event.unknownUsers[$0] : nil }
        let (state, reason) = EventStatus.words(person.standing)
        var view = ReachRowView()
        view.guardian = person.role == .other ? nil : known?.key
        view.user = known?.entID ?? unknown ?? known?.key
        view.role = person.role == .guardian ? "guardian" : person.role == .author ? "author" : "other"
        view.through = try person.through.map { try registry.person($0)?.key ?? "" }
        view.state = state
        view.reason = reason?.word
        view.opensAt = person.opensAt
        view.devices = try person.deliveries.filter { $0.lane != .nowhere }.map(device)
        return view
    }

    private func device(_ delivery: EventReport.Delivery) throws -> ReachDeviceView {
        var view = ReachDeviceView()
        view.delivery = delivery.id.description
        // nil when the device was removed since.
        view.installation = try registry.device(delivery.device)?.installation
        view.lane = laneNames[delivery.lane] ?? ""
        view.state = "\(delivery.result.state)"
        view.reason = delivery.result.reason?.word
        return view
    }
}
