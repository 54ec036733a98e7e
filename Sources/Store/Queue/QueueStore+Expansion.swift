import Database
package import Domain

extension QueueStore {
    /// Commits steps of several events at once. A crash before it leaves the cursors where they were; a crash after it finds pages and
    /// cursors: no gap, no duplicate.
    ///
    /// - Returns: for each step the open pages as the scheduler takes them; none when an order binds them; nil when the step is not the
    ///   one the cursor waits for; a failure when what is stored of the event contradicts the step.
    package func append(
        _ steps: [ExpansionStep],
        now: Instant
    ) async throws(StoreError) -> [RowResult<[Scheduler.Entry]?>] {
        try await writer.run(.normal, lingers: false) { connection in
            do {
                return try connection.savepoint { connection in
                    try steps.map { .success(try Self.append($0, now: now, connection)) }
                }
            } catch let error as any DatabaseError where error.fault == .constraint {
                return try steps.map { try Self.appendApart($0, now: now, connection) }
            }
        }
    }

    /// A part that exists already, behind a cursor that says it does not: only a damaged event has that.
    private static func appendApart(
        _ step: ExpansionStep,
        now: Instant,
        _ connection: any Session
    ) throws -> RowResult<[Scheduler.Entry]?> {
        do {
            return .success(try connection.savepoint { try append(step, now: now, $0) })
        } catch let error as any DatabaseError where error.fault == .constraint {
            return .failure(UnreadableRowError(.event, step.event.rawValue, .damaged))
        }
    }

    private static func append(
        _ step: ExpansionStep,
        now: Instant,
        _ connection: any Session
    ) throws -> [Scheduler.Entry]? {
        let row = try connection.first(
            "SELECT state, parts, standing, withdrawal IS NOT NULL, superseding IS NOT NULL FROM event WHERE id = ?",
            step.event.rawValue
        ) {
            let standing =
                $0.bool(3)
                ? StandingOrder.withdraw : $0.bool(4) ? StandingOrder.supersede : StandingOrder(rawValue: $0.int(2))
            return (EventState(rawValue: $0.int(0)), $0.int(1), standing)
        }
        guard case let (state?, parts, standing)? = row, parts == step.part,
            [.scheduled, .accepted, .expanding].contains(state)
        else {
            return nil
        }
        if step.part > 0 { CrashPoint.reach(.betweenSteps) }
        let entries = try step.pages.compactMap { try insert($0, of: step, standing, now: now, connection) }
        CrashPoint.reach(.expansion)
        try connection.run(
            "INSERT INTO concerned(event, part, persons) VALUES (?, ?, ?)",
            step.event.rawValue,
            step.part,
            step.concerned.encoded()
        )
        try connection.run(
            """
            UPDATE event SET state = ?, cursor = ?, parts = ?, pupils = ?, unknown_users = ?, merged_with = ? WHERE id = ?
            """,
            step.isLast ? EventState.sending.rawValue : EventState.expanding.rawValue,
            step.cursor,
            step.part + 1,
            step.pupils,
            JSONWriter.text(.array(step.unknownUsers.map { .string($0) })),
            MergedEvents.text(step.mergedWith),
            step.event.rawValue
        )
        if step.isLast { try closeIfDone(step.event.rawValue, now: now, connection) }
        return entries
    }

    static func insert(
        _ page: NewPage,
        of step: ExpansionStep,
        _ standing: StandingOrder?,
        now: Instant,
        _ connection: any Session
    ) throws -> Scheduler.Entry? {
        guard let first = page.plan.slots.first, let last = page.plan.slots.last else {
            preconditionFailure("A page has at least one slot")
        }
        precondition(page.waits.isEmpty || page.waits.count == page.result.count, "A page waits as a whole")
        var result = page.result
        let bound = standing?.bind(&result) ?? []
        let expiresAt = page.waits.map { step.expiry(releasedAt: $0.dueAt) }.max() ?? step.expiresAt
        let pending = result.pendingCount
        let id = try connection.insert(
            """
            INSERT INTO page(event, lane, part, tag, count, state, expires_at, person_min, person_max, opened_at, closed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            step.event.rawValue,
            Int64(page.lane.rawValue),
            step.part,
            page.tag,
            page.plan.slots.count,
            pending == 0 ? 1 : 0,
            expiresAt.milliseconds,
            first.person.rawValue,
            last.person.rawValue,
            now.milliseconds,
            pending == 0 ? now.milliseconds : nil
        )
        try connection.run("INSERT INTO plan(page, slots) VALUES (?, ?)", id, page.plan.encoded())
        try connection.run("INSERT INTO result(page, slots) VALUES (?, ?)", id, result.bytes)
        for slot in bound where result[slot].state == .held {
            try connection.run(
                QueueSQL.keepHeld.rawValue,
                DeliveryID(page: PageID(rawValue: id), slot: slot).rawValue,
                Int64(page.lane.rawValue),
                step.event.rawValue,
                0
            )
        }
        for slot in 0..<result.count where result[slot] == .merging {
            try connection.run(
                QueueSQL.keepRetry.rawValue,
                Int64(page.lane.rawValue),
                (now + .mergeLook).milliseconds,
                DeliveryID(page: PageID(rawValue: id), slot: slot).rawValue,
                step.event.rawValue,
                0,
                step.expiresAt.milliseconds,
                Int64?.none,
                Int64?.none,
                Int64?.none
            )
        }
        for (slot, wait) in page.waits.enumerated() where result[slot].state == .deferred {
            try connection.run(
                QueueSQL.keepRetry.rawValue,
                Int64(page.lane.rawValue),
                wait.dueAt.milliseconds,
                DeliveryID(page: PageID(rawValue: id), slot: slot).rawValue,
                step.event.rawValue,
                0,
                step.expiry(releasedAt: wait.dueAt).milliseconds,
                wait.opensAt.milliseconds,
                page.plan.slots[slot].device.rawValue,
                Int64?.none
            )
        }
        if expiresAt > step.expiresAt {
            try connection.run(QueueSQL.prolongEvent.rawValue, expiresAt.milliseconds, step.event.rawValue)
        }
        guard pending > 0 else { return nil }
        return Scheduler.Entry(
            page: PageID(rawValue: id),
            event: step.event,
            lane: page.lane,
            tag: page.tag,
            count: page.plan.slots.count,
            isUrgent: step.isUrgent
        )
    }

    /// Ends an event whose slots are all terminal: no open page and no retry row.
    static func closeIfDone(_ event: Int64, now: Instant, _ connection: any Session) throws {
        try connection.run(
            QueueSQL.closeEvent.rawValue,
            now.milliseconds,
            event
        )
        if connection.changes == 1 { try connection.run(QueueSQL.hastenCallback.rawValue, now.milliseconds, event) }
    }
}
