import Database
package import Domain

extension QueueReader {
    /// Events behind `after` whose text or answer holds a name, of the next 2,000.
    ///
    /// - Returns: them, and the last event looked at; nil behind the end.
    package func events(naming name: String, after: EventID?) throws -> (events: [EventID], last: EventID?) {
        var found: [EventID] = []
        var last: EventID?
        // Compared as bytes: `instr` of a blob and a blob.
        try connection.query(
            """
            SELECT event.id, instr(publication, ?1),
                instr(unknown_users || unresolved || warnings || coalesce(subject, '') || coalesce(source, ''), ?2) FROM event
            LEFT JOIN content ON content.event = event.id WHERE event.id > ?3 ORDER BY event.id LIMIT 2000
            """,
            Array(name.utf8),
            name,
            after?.rawValue ?? .min
        ) { row in
            let id = EventID(rawValue: row.int64(0))
            last = id
            if (row.intOrNil(1) ?? 0) + row.int(2) > 0 { found.append(id) }
        }
        return (found, last)
    }
}

extension QueueStore {
    /// These names of a person stand nowhere any more in these events: not in audience, author, variables or answer. Titles and bodies stay
    /// as posted; they go with the event.
    ///
    /// An entry of the audience becomes one that names nobody, so that what counts by its place still does.
    package func forget(_ names: [String], in events: [EventID]) async throws(StoreError) {
        let names = ErasedNames(names)
        try await writer.run(.full) { connection in
            try connection.overwritingDeleted {
                for event in events { try Self.forget(names, in: event.rawValue, connection) }
            }
        }
    }

    private static func forget(_ names: ErasedNames, in event: Int64, _ connection: any Session) throws {
        let answer = try connection.first(
            "SELECT unknown_users, unresolved, warnings, subject, source FROM event WHERE id = ?",
            event
        ) { row in (row.text(0), row.text(1), row.text(2), row.textOrNil(3), row.textOrNil(4)) }
        if let (unknown, unresolved, warnings, subject, source) = answer {
            try connection.run(
                "UPDATE event SET unknown_users = ?, unresolved = ?, warnings = ?, subject = ?, source = ? WHERE id = ?",
                StoredJSON.erasing(unknown, names.contains),
                AudienceCoding.text(AudienceCoding.members(unresolved).map(names.erasing)),
                StoredJSON.erasing(warnings, names.areIn),
                subject.map(names.erasing),
                source.map(names.erasing),
                event
            )
        }
        let content = try connection.first("SELECT publication FROM content WHERE event = ?", event) { $0.blob(0) }
        guard let content else { return }
        let left: [UInt8]
        do throws(StoreError) {
            left = PublicationCoding.encode(names.erasing(try PublicationCoding.decode(content)))
        } catch {
            // Nobody is rung for what cannot be read, so nothing is lost with it.
            left = []
        }
        try connection.run("UPDATE content SET publication = ? WHERE event = ?", left, event)
    }
}

/// What a person was called, on its way out of an event.
private struct ErasedNames: Sendable {
    private let names: Set<ExactText>

    init(_ names: [String]) { self.names = Set(names.map { ExactText($0) }) }

    func contains(_ text: String) -> Bool { names.contains(ExactText(text)) }

    func areIn(_ text: String) -> Bool { names.contains { text.holdsWord($0.text) } }

    /// A text that is one of the names, or holds it as a word.
    func erasing(_ text: String) -> String { areIn(text) ? StoredJSON.erased : text }

    func erasing(_ member: AudienceMember) -> AudienceMember {
        switch member {
        case .pupil(let key, let school) where contains(key): .pupil(StoredJSON.erased, school: school)
        case .user(let key) where contains(key): .user(StoredJSON.erased)
        case .pupil, .user, .schoolClass, .school, .group: member
        }
    }

    func erasing(_ publication: Publication) -> Publication {
        var publication = publication
        publication.audience = publication.audience.map(erasing)
        if let author = publication.authorID, contains(author) {
            publication.authorID = StoredJSON.erased
            publication.authorName = nil
        }
        publication.subject = publication.subject.map(erasing)
        publication.source = publication.source.map(erasing)
        publication.id = publication.id.map(erasing)
        publication.params = StoredJSON.erasing(publication.params, contains)
        return publication
    }
}
