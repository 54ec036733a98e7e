import Database
package import Domain

/// The life of an order in the table of operations and in the audit log. An order that was answered is on the disk.
extension QueueStore {
    /// Writes a bulk order down, and what it says about pages that are still to be made. An event is withdrawn once: a second
    /// withdrawal writes nothing.
    ///
    /// - Returns: its number, and the audit log's head; of a second withdrawal the number of the first, and no head.
    package func begin(_ order: NewOperation, now: Instant) async throws(StoreError) -> (id: Int64, head: [UInt8]?) {
        try await writer.run(.full) { [seal] connection in
            if order.verb == .withdraw, let event = order.scope.wholeEvent,
                let known = try connection.first(
                    QueueSQL.withdrawal.rawValue,
                    event.rawValue,
                    row: { $0.int64OrNil(0) }
                ),
                let known
            {
                return (known, nil)
            }
            let (id, head) = try Self.begin(order, seal: seal, now: now, connection)
            return (id, head)
        }
    }

    /// In the transaction that is open.
    static func begin(
        _ order: NewOperation,
        seal: AuditSeal,
        now: Instant,
        _ connection: any Session
    ) throws -> (id: Int64, head: [UInt8]) {
        let filter = order.scope.description
        let id = try insertOperation(
            ("running", order.actor, order.verb.rawValue, filter, order.why),
            (order.matched, order.eligible, 0),
            scope: order.scope.text,
            now: now,
            connection
        )
        if let event = order.scope.wholeEvent, let standing = order.verb.standing {
            try set(standing, of: id, on: event, now: now, connection)
        }
        let entry = JSONObject([
            "what": "ordered", "actor": .string(order.actor), "verb": .string(order.verb.rawValue),
            "filter": .string(filter), "scope": .string(order.scope.text), "matched": .number(order.matched),
            "eligible": .number(order.eligible), "why": .string(order.why),
        ])
        return (id, try AuditChain.append(entry, operation: id, at: now.milliseconds, seal: seal, connection))
    }

    /// Ends a running order; nothing happens to one that has ended. The slices before it are on the disk with it.
    ///
    /// - Returns: how many deliveries it changed; nil when it was not running.
    package func end(
        _ operation: Int64,
        _ state: StoredOperation.State,
        now: Instant
    ) async throws(StoreError) -> Int? {
        try await writer.run(.full) { [seal] connection -> Int? in
            try connection.run(
                "UPDATE operation SET state = ?, ended_at = ? WHERE id = ? AND state = 'running'",
                state.rawValue,
                now.milliseconds,
                operation
            )
            guard connection.changes == 1 else { return nil }
            if state == .failed { try Self.takeBackStanding(of: operation, now: now, connection) }
            let changed =
                try connection.first("SELECT changed FROM operation WHERE id = ?", operation) { $0.int(0) } ?? 0
            try AuditChain.append(
                JSONObject(["what": "ended", "state": .string(state.rawValue), "changed": .number(changed)]),
                operation: operation,
                at: now.milliseconds,
                seal: seal,
                connection
            )
            return changed
        }
    }

    /// Writes down who wants a running order to stop; it stops at its next slice.
    package func noteCancel(_ operation: Int64, actor: String, why: String, now: Instant) async throws(StoreError) {
        try await writer.run(.full) { [seal] connection in
            _ = try AuditChain.append(
                JSONObject(["what": "cancelled", "actor": .string(actor), "why": .string(why)]),
                operation: operation,
                at: now.milliseconds,
                seal: seal,
                connection
            )
        }
    }

    /// Writes down an order that has been carried out.
    ///
    /// - Returns: its number.
    @discardableResult
    package func keep(_ order: InstantOperation, now: Instant) async throws(StoreError) -> Int64 {
        try await writer.run(.full) { [seal] in try Self.audit(order, seal: seal, now: now, $0) }
    }

    @discardableResult
    static func audit(
        _ order: InstantOperation,
        more: JSONObject = JSONObject(),
        seal: AuditSeal,
        now: Instant,
        _ connection: any Session
    ) throws -> Int64 {
        let id = try insertOperation(
            ("done", order.actor, order.verb, order.filter, order.why),
            (order.changed, order.changed, order.changed),
            scope: "{}",
            now: now,
            connection
        )
        var entry = JSONObject([
            "what": "carriedOut", "actor": .string(order.actor), "verb": .string(order.verb),
            "filter": .string(order.filter), "matched": .number(order.changed), "changed": .number(order.changed),
            "why": .string(order.why),
        ])
        for member in more { entry[member.name] = member.value }
        try AuditChain.append(entry, operation: id, at: now.milliseconds, seal: seal, connection)
        return id
    }

    private static func insertOperation(
        _ words: (state: String, actor: String, verb: String, filter: String, why: String),
        _ counts: (matched: Int, eligible: Int, changed: Int),
        scope: String,
        now: Instant,
        _ connection: any Session
    ) throws -> Int64 {
        try connection.insert(
            """
            INSERT INTO operation(at, actor, verb, filter, matched, changed, why, state, eligible, scope, ended_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            now.milliseconds,
            words.actor,
            words.verb,
            words.filter,
            counts.matched,
            counts.changed,
            words.why,
            words.state,
            counts.eligible,
            scope,
            words.state == "done" ? now.milliseconds : nil
        )
    }

    /// An order about a whole event that failed binds nothing that comes: what stood before it stands again.
    private static func takeBackStanding(of operation: Int64, now: Instant, _ connection: any Session) throws {
        let order = try connection.first("SELECT verb, scope FROM operation WHERE id = ?", operation) {
            (verb: OrderVerb(rawValue: $0.text(0)), scope: $0.text(1))
        }
        guard let order, let verb = order.verb, verb.standing != nil, !verb.isBinding,
            let event = OrderScope(text: order.scope)?.wholeEvent
        else { return }
        // Rare, and read by a person who waits: no index.
        let before = try connection.first(
            """
            SELECT verb FROM operation WHERE scope = ? AND id < ? AND state IN ('done', 'running', 'cancelled')
                AND verb IN ('hold', 'release', 'drop', 'expire') ORDER BY id DESC LIMIT 1
            """,
            order.scope,
            operation
        ) { OrderVerb(rawValue: $0.text(0)) }
        try set(before??.standing ?? StandingOrder.none, of: operation, on: event, now: now, connection)
    }

    /// A scheduled event that is dropped, expired, withdrawn or superseded is expanded at once, so that everybody is accounted for without waiting for
    /// its time.
    private static func set(
        _ standing: StandingOrder,
        of operation: Int64,
        on event: EventID,
        now: Instant,
        _ connection: any Session
    ) throws {
        switch standing {
        case .withdraw:
            try connection.run("UPDATE event SET withdrawal = ? WHERE id = ?", operation, event.rawValue)
        case .supersede:
            try connection.run("UPDATE event SET superseding = ? WHERE id = ?", operation, event.rawValue)
        case .none, .hold, .drop, .expire:
            try connection.run(
                "UPDATE event SET standing = ? WHERE id = ? AND state < 4",
                standing.rawValue,
                event.rawValue
            )
        }
        guard [.drop, .expire, .withdraw, .supersede].contains(standing) else { return }
        try connection.run(
            "UPDATE event SET state = 1, not_before = min(not_before, ?) WHERE id = ? AND state = 0",
            now.milliseconds,
            event.rawValue
        )
    }
}
