package import Contract
package import Domain
package import Store

/// Everything that is known of one person: for the person, who has a right to it [GDPR art. 15].
package struct PersonData: Sendable {
    /// Of the newest events.
    private static let eventsMax = 10_000
    /// The newest.
    private static let looksMax = 10_000

    private let queueReader: Reading<QueueReader>
    private let registryReader: Reading<RegistryReader>
    private let looks: Reading<LookLog>?

    /// `looks`: nil where nobody keeps them.
    package init(
        queueReader: Reading<QueueReader>,
        registryReader: Reading<RegistryReader>,
        looks: Reading<LookLog>? = nil
    ) {
        self.queueReader = queueReader
        self.registryReader = registryReader
        self.looks = looks
    }

    /// `since`: of the events.
    package func view(
        _ person: StoredPerson,
        since: Instant,
        now: Instant
    ) async throws(StoreError) -> PersonalRecordView {
        let record = try await registryReader.read { reader in
            try reader.snapshot { try $0.record(of: person) }
        }
        var view = record.view
        view.at = now
        let events = try await queueReader.read { reader in
            try reader.events(
                concerning: .known(person.id),
                since: since,
                until: now + .seconds(60),
                max: Self.eventsMax,
                laneReason: { _ in nil }
            )
        }
        view.events = events.map { EventStatus.view($0) }
        let told = try await looks?.read { [id = person.id, concerned = Set(events.map(\.event.id))] log in
            try log.looks(limit: Self.looksMax) { look in
                look.person == id || look.event.map(concerned.contains) ?? false
            }
        }
        view.looks = (told ?? []).map { $0.look.personalView }
        return view
    }
}
