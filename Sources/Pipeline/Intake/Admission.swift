package import Domain
package import Store

/// Whether a publication may be taken from a publisher, and on which terms. Decides alone: nothing is stored.
package struct Admission: Sendable {
    private let publication: Publication
    private let publisher: Publisher

    package init(publication: Publication, publisher: Publisher) {
        self.publication = publication
        self.publisher = publisher
    }

    /// What needs no directory: source and school of the event against the publisher's rights.
    package func checkRights() throws(IntakeError) {
        if let source = publication.source, !publisher.sources.isEmpty, !publisher.sources.contains(source) {
            throw .forbiddenSource(source)
        }
        if let school = publication.school, let allowed = publisher.schools, !allowed.contains(school) {
            throw .forbiddenSchool(school)
        }
    }

    /// One snapshot of the directory: is the school known, may the publisher speak for the audience?
    ///
    /// - Returns: the members of the audience that resolve to nothing.
    package func look(in registry: RegistryReader) throws -> Result<[AudienceMember], IntakeError> {
        try registry.snapshot { registry in
            if let school = publication.school, try registry.school(uai: school) == nil {
                return .failure(.unknownSchool(school))
            }
            if let allowed = publisher.schools {
                for member in publication.audience {
                    let schools = try registry.schools(of: member)
                    if !schools.isEmpty, allowed.isDisjoint(with: schools) {
                        return .failure(.forbiddenSchool(schools[0]))
                    }
                }
            }
            return .success(try registry.unresolved(publication.audience))
        }
    }

    /// What an event is accepted with.
    package struct Terms: Sendable {
        /// As posted, with the kind in the app's letter case, and its urgency settled.
        package var publication: Publication
        package var dataClass: DataClass
        package var expiresAt: Instant
        /// For the receipt.
        package var warnings: [ReceiptWarning]
    }

    /// What the publication says of itself, else what its kind says.
    ///
    /// - Parameters:
    ///   - kinds: the kinds there are.
    ///   - entOrigins: where the ENT is beside the publisher's own sources, as ``WebOrigin`` writes it.
    ///   - now: the time of acceptance.
    /// - Returns: what it is accepted with.
    package func terms(of kinds: PublicationCatalogue, entOrigins: Set<String> = [], now: Instant) -> Terms {
        let posted = publication
        var publication = publication
        let sources = publisher.sources + (publication.source.map { [$0] } ?? [])
        let origins = entOrigins.union(sources.compactMap(WebOrigin.of))
        publication.settleAddresses(origins: origins)
        (publication.app, publication.action) = kinds.spelling(app: publication.app, action: publication.action)
        let kind = kinds.kind(app: publication.app, action: publication.action)
        let urgency = publication.urgency ?? kind.urgency
        publication.urgency = urgency
        let start = publication.notBefore.map { max($0, now) } ?? now
        let dataClass = publication.dataClass ?? kind.dataClass
        let expiresAt = publication.expiresAt ?? start + kind.timeToLive(urgency: urgency)
        let warnings = Self.warnings(
            of: posted,
            accepted: publication,
            dataClass: dataClass,
            expiresAt: expiresAt,
            now: now,
            origins: origins
        )
        return Terms(publication: publication, dataClass: dataClass, expiresAt: expiresAt, warnings: warnings)
    }
}
