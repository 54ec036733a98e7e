import Database
package import Domain

extension QueueStore {
    /// Accepts an event: idempotency key, event and content in one commit that is on the disk when this returns.
    ///
    /// - Throws: ``StoreError/full`` and ``StoreError/overloaded``: nothing was stored, answer 503.
    package func accept(_ event: NewEvent) async throws(StoreError) -> Acceptance {
        let id = nextEventID(event.acceptedAt)
        let content = PublicationCoding.encode(event.publication)
        // Not isolated: only a failing disk can throw here, and a savepoint for each accept costs two statements.
        return try await writer.run(.full, bytes: content.count, isIsolated: false) { [seal] connection in
            if let known = try Self.known(event, connection) { return known }
            return try Self.insert(event, id: id, content: content, seal: seal, connection)
        }
    }

    /// The batch in one commit; each event has its own answer, in order.
    package func accept(_ events: [NewEvent]) async throws(StoreError) -> [Acceptance] {
        let prepared = events.map { ($0, nextEventID($0.acceptedAt), PublicationCoding.encode($0.publication)) }
        let bytes = prepared.reduce(0) { $0 + $1.2.count }
        return try await writer.run(.full, bytes: bytes, isIsolated: false) { [seal] connection in
            try prepared.map { event, id, content in
                if let known = try Self.known(event, connection) { return known }
                return try Self.insert(event, id: id, content: content, seal: seal, connection)
            }
        }
    }

    /// The answer to an identity that was posted before; also after a commit whose outcome the client never learnt.
    private static func known(_ event: NewEvent, _ connection: any Session) throws -> Acceptance? {
        try known(
            PostedIdentity(scope: event.identity, bodyHash: event.bodyHash, window: event.identityWindow),
            now: event.acceptedAt,
            connection
        )
    }

    fileprivate static func known(
        _ posted: PostedIdentity,
        now: Instant,
        _ connection: any Session
    ) throws -> Acceptance? {
        let row = try connection.first(QueueSQL.identity.rawValue, posted.scope) {
            ($0.int64(0), $0.blob(1), $0.int64(2))
        }
        guard let (id, body, acceptedAt) = row, now.milliseconds - acceptedAt <= posted.window.wholeMilliseconds
        else { return nil }
        guard body == posted.bodyHash else { return .conflict(EventID(rawValue: id)) }
        let first = try connection.first(
            "SELECT not_before IS NOT NULL, unresolved, warnings FROM event WHERE id = ?",
            id
        ) {
            (
                $0.bool(0) ? EventState.scheduled : .accepted, AudienceCoding.members($0.text(1)),
                ReceiptWarningCoding.warnings($0.text(2))
            )
        }
        // The event itself may be pruned before its key: then its identity is free again.
        guard let (state, unresolved, warnings) = first else { return nil }
        return .duplicate(EventID(rawValue: id), state, unresolved: unresolved, warnings: warnings)
    }

    private static func insert(
        _ event: NewEvent,
        id: EventID,
        content: [UInt8],
        seal: AuditSeal,
        _ connection: any Session
    ) throws -> Acceptance {
        let publication = event.publication
        let newest = try Revision.newest(of: publication, publisher: event.publisher, connection)
        if let newest, newest.revision >= publication.revision { return .stale(newest.event) }
        if let newest, newest.isOpen { try supersede(newest.event, by: id, event, seal: seal, connection) }
        let isLater = publication.notBefore.map { $0 > event.acceptedAt } ?? false
        let state: EventState = isLater ? .scheduled : .accepted
        try connection.run(
            QueueSQL.keepIdentity.rawValue,
            event.identity,
            id.rawValue,
            event.bodyHash,
            event.acceptedAt.milliseconds
        )
        try connection.run(
            """
            INSERT INTO event(id, state, publisher, school, app, action, urgency, data_class, accepted_at, not_before, expires_at,
                source, subject, revision, collapse, unresolved, warnings, merge_key)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            id.rawValue,
            state.rawValue,
            event.publisher,
            publication.school,
            publication.app,
            publication.action,
            Int((publication.urgency ?? .normal).rawValue),
            Int(event.dataClass.rawValue),
            event.acceptedAt.milliseconds,
            isLater ? publication.notBefore?.milliseconds : nil,
            event.expiresAt.milliseconds,
            publication.source,
            publication.subject,
            publication.revision,
            (newest?.collapse ?? id).rawValue,
            AudienceCoding.text(event.unresolved),
            ReceiptWarningCoding.text(event.warnings),
            event.mergeKey
        )
        try connection.run("INSERT INTO content(event, publication) VALUES (?, ?)", id.rawValue, content)
        if event.isUrgentByRight { try noteUrgent(event, id, seal: seal, connection) }
        if let at = event.callbackAt {
            try connection.run(QueueSQL.keepCallback.rawValue, id.rawValue, event.publisher, at.milliseconds)
        }
        return .created(id, state)
    }

    /// Who rings in quiet hours stands in the sealed log.
    private static func noteUrgent(
        _ event: NewEvent,
        _ id: EventID,
        seal: AuditSeal,
        _ connection: any Session
    ) throws {
        let order = InstantOperation(
            actor: "publisher " + event.publisher,
            verb: "event.urgent",
            filter: "event=\(id)",
            why: "urgent by the publisher's right",
            changed: 1
        )
        try audit(order, seal: seal, now: event.acceptedAt, connection)
    }

    /// What waits of the older revision ends in the commit of the newer one, as far as its mark goes; the order then carries it out.
    private static func supersede(
        _ older: EventID,
        by id: EventID,
        _ event: NewEvent,
        seal: AuditSeal,
        _ connection: any Session
    ) throws {
        var scope = OrderScope()
        scope.words[.event] = [older.description]
        let order = NewOperation(
            actor: "publisher " + event.publisher,
            verb: .supersede,
            scope: scope,
            // Counted when it is carried out: an accept reads no pages.
            matched: 0,
            eligible: 0,
            why: "revision \(event.publication.revision): \(id)"
        )
        _ = try begin(order, seal: seal, now: event.acceptedAt, connection)
    }
}

/// The newest revision of a publication, by its source and subject.
struct Revision {
    var event: EventID
    var revision: Int64
    var collapse: EventID
    /// Something of it may still wait.
    var isOpen: Bool

    /// nil for a publication that stands alone: without a revision, a source or a subject, or the first of its subject.
    static func newest(
        of publication: Publication,
        publisher: String,
        _ connection: any Session
    ) throws -> Revision? {
        guard publication.revision > 0, let source = publication.source, let subject = publication.subject else {
            return nil
        }
        return try connection.first(QueueSQL.newestRevision.rawValue, publisher, source, subject) { row in
            Revision(
                event: EventID(rawValue: row.int64(0)),
                revision: row.int64(1),
                collapse: EventID(rawValue: row.int64(2)),
                isOpen: row.bool(3)
            )
        }
    }
}

extension QueueReader {
    /// The answer to an identity that was accepted before, whatever has changed since; nil when it is new.
    package func acceptance(of posted: PostedIdentity, now: Instant) throws -> Acceptance? {
        try QueueStore.known(posted, now: now, connection)
    }

    /// The event of the same or a newer revision, because of which this publication would be refused; nil when it would not.
    package func newerRevision(than publication: Publication, of publisher: String) throws -> EventID? {
        let newest = try Revision.newest(of: publication, publisher: publisher, connection)
        return newest.flatMap { $0.revision >= publication.revision ? $0.event : nil }
    }

    /// How many events of a publisher wait for their time; counts no further than `limit`. Index event_due.
    package func scheduledEvents(of publisher: String, now: Instant, limit: Int) throws -> Int {
        try connection.all(QueueSQL.scheduledOfPublisher.rawValue, now.milliseconds, publisher, limit) { _ in () }.count
    }
}
