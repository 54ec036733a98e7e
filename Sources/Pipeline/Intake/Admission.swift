package import Delivery
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

    /// While there are quiet hours, ringing through them needs a right.
    package func checkUrgency(_ rules: DeliveryRules) throws(IntakeError) {
        guard isUrgent(under: rules), !publisher.rights.contains(.urgent) else { return }
        throw .urgentForbidden
    }

    /// Whether it rings through quiet hours.
    package func isUrgent(under rules: DeliveryRules) -> Bool {
        rules.quiet.isEnabled && publication.urgency == .urgent
    }

    /// When quiet hours end that hold it up at `moment`; nil: nothing does. One snapshot of the directory.
    package func opensAt(_ rules: DeliveryRules, _ moment: Instant, in registry: RegistryReader) throws -> Instant? {
        guard rules.quiet.isEnabled, publication.urgency != .urgent, publication.wantsPush else { return nil }
        return try registry.snapshot { registry in
            var schools: Set<String> = []
            // Several schools at most; what names more of them is told by its first members.
            if publication.school == nil {
                for member in publication.audience.prefix(Self.membersLookedAt) {
                    schools.formUnion(try registry.schools(of: member))
                }
            }
            return PersonalLook(rules, registry: registry)
                .opensAt(publication, schools: schools.sorted(), now: max(moment, publication.notBefore ?? moment))
        }
    }

    private static let membersLookedAt = 100

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
    }

    /// What the publication says of itself, else what its kind says.
    /// A kind that is urgent rings in quiet hours for publishers with the right only.
    package func terms(of kinds: PublicationCatalogue, under rules: DeliveryRules = .none, now: Instant) -> Terms {
        var publication = publication
        (publication.app, publication.action) = kinds.spelling(app: publication.app, action: publication.action)
        let kind = kinds.kind(app: publication.app, action: publication.action)
        let hasRight = !rules.quiet.isEnabled || publisher.rights.contains(.urgent)
        let urgency = publication.urgency ?? (kind.urgency == .urgent && !hasRight ? .normal : kind.urgency)
        publication.urgency = urgency
        let start = publication.notBefore.map { max($0, now) } ?? now
        return Terms(
            publication: publication,
            dataClass: publication.dataClass ?? kind.dataClass,
            expiresAt: publication.expiresAt ?? start + kind.timeToLive(urgency: urgency)
        )
    }
}
