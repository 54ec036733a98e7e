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

    /// What the directory says to a publication.
    package struct Resolution: Sendable {
        /// Members of the audience that resolve to nothing.
        package var unresolved: [AudienceMember] = []
        package var warnings: [ReceiptWarning] = []
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
                    schools.formUnion(try registry.schools(of: member, found: registry.find(member, in: nil)))
                }
            }
            return PersonalLook(rules, registry: registry)
                .opensAt(publication, schools: schools.sorted(), now: max(moment, publication.notBefore ?? moment))
        }
    }

    private static let membersLookedAt = 100

    /// One snapshot of the directory: is the school known, may the publisher speak for the audience, is each key that of one thing?
    package func look(in registry: RegistryReader, now: Instant) throws -> Result<Resolution, IntakeError> {
        try registry.snapshot { registry in
            if let school = publication.school, try registry.school(uai: school) == nil {
                return .failure(.unknownSchool(school))
            }
            var look = Resolution()
            for (index, member) in publication.audience.enumerated() {
                let found = try registry.find(member, in: publication.school)
                if let allowed = publisher.schools {
                    let schools = try registry.schools(of: member, found: found)
                    if !schools.isEmpty, allowed.isDisjoint(with: schools) {
                        return .failure(.forbiddenSchool(schools[0]))
                    }
                }
                if case .several(let schools) = found { return .failure(.ambiguousKey(index: index, schools: schools)) }
                if case .nothing = found { look.unresolved.append(member) }
                if let warning = try emptiness(of: member, found, at: index, registry, now: now) {
                    look.warnings.append(warning)
                }
            }
            return .success(look)
        }
    }

    /// A class or group without pupils on the day, or one that is not there (any more): its parents are nobody.
    private func emptiness(
        of member: AudienceMember,
        _ found: Found,
        at index: Int,
        _ registry: RegistryReader,
        now: Instant
    ) throws -> ReceiptWarning? {
        let noun: String
        switch member {
        case .schoolClass: noun = "class"
        case .group: noun = "group"
        case .school, .pupil, .user: return nil
        }
        let what: String
        switch found {
        case .place(let place):
            let day = SchoolTime.day(of: publication.time ?? now, uai: place.uai)
            guard try !registry.isAnybodyPresent(in: place, on: day) else { return nil }
            what = "On the day of the publication no pupil is in this \(noun)."
        case .nothing: what = "The directory has no such \(noun)."
        case .person, .several: return nil
        }
        return ReceiptWarning(pointer: "/data/audience/\(index)", code: "emptyClass", detail: what)
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
    ///   - publishedAt: since when it lives, where it has waited for us; nil: now.
    /// - Returns: what it is accepted with.
    package func terms(
        of kinds: PublicationCatalogue,
        entOrigins: Set<String> = [],
        now: Instant,
        publishedAt: Instant? = nil
    ) -> Terms {
        let posted = publication
        var publication = publication
        let sources = publisher.sources + (publication.source.map { [$0] } ?? [])
        let origins = entOrigins.union(sources.compactMap(WebOrigin.of))
        publication.settleAddresses(origins: origins)
        (publication.app, publication.action) = kinds.spelling(app: publication.app, action: publication.action)
        let kind = kinds.kind(app: publication.app, action: publication.action)
        let urgency = publication.urgency ?? kind.urgency
        publication.urgency = urgency
        let published = min(publishedAt ?? now, now)
        let start = publication.notBefore.map { max($0, published) } ?? published
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
