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
    package struct Look: Sendable {
        /// Members of the audience that resolve to nothing.
        package var unresolved: [AudienceMember] = []
        package var warnings: [ReceiptWarning] = []
    }

    /// One snapshot of the directory: is the school known, may the publisher speak for the audience, is each key that of one thing?
    package func look(in registry: RegistryReader, now: Instant) throws -> Result<Look, IntakeError> {
        try registry.snapshot { registry in
            if let school = publication.school, try registry.school(uai: school) == nil {
                return .failure(.unknownSchool(school))
            }
            var look = Look()
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

    /// What the publication says of itself, else what its kind says.
    package func terms(now: Instant) -> (dataClass: DataClass, expiresAt: Instant) {
        let kind = PublicationKind.of(app: publication.app, action: publication.action, urgency: publication.urgency)
        let start = publication.notBefore.map { max($0, now) } ?? now
        return (publication.dataClass ?? kind.dataClass, publication.expiresAt ?? start + kind.timeToLive)
    }
}
