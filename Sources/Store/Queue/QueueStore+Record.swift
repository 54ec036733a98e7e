import Database
package import Domain

extension QueueStore {
    /// Records outcomes in one commit, in place: a page's result is overwritten, rows are written only for exceptions.
    ///
    /// A slot that is already terminal keeps its state (a second answer to the same delivery proves nothing new); only that a delivery was
    /// accepted takes the place of `expired`: its time ended while it was under way.
    /// A page that cannot be read ends as such and is named, so that it does not keep the others from being recorded. `completion` is called
    /// after the commit, with these pages, or with what prevented it; the outcomes are then still the caller's.
    package func record(
        _ outcomes: [Outcome],
        now: Instant,
        completion: @escaping @Sendable (Result<[PageID], any Error>) -> Void
    ) throws(StoreError) {
        do throws(WriterError) {
            try writer.submit(
                .normal,
                bytes: outcomes.count * 64,
                { [unreadable] in try Self.record(outcomes, now: now, unreadable, $0) },
                completion: completion
            )
        } catch {
            throw StoreError(error)
        }
    }

    @discardableResult
    package func record(_ outcomes: [Outcome], now: Instant) async throws(StoreError) -> [PageID] {
        try await writer.run(.normal, bytes: outcomes.count * 64) { [unreadable] in
            try Self.record(outcomes, now: now, unreadable, $0)
        }
    }

    private static func record(
        _ outcomes: [Outcome],
        now: Instant,
        _ unreadable: UnreadableRows,
        _ connection: any Session
    ) throws -> [PageID] {
        CrashPoint.reach(.beforeRecord)
        var byPage: [PageID: [Outcome]] = [:]
        for outcome in outcomes { byPage[outcome.page, default: []].append(outcome) }
        var touched: Set<Int64> = []
        var held: [PageID] = []
        for (page, outcomes) in byPage {
            do {
                if let event = try record(outcomes, on: page, now: now, connection) { touched.insert(event) }
            } catch {
                guard let cause = UnreadableRowError.Cause(error) else { throw error }
                unreadable.note(UnreadableRowError(.page, page.rawValue, cause))
                touched.formUnion(try endUnreadable(page, now: now, connection))
                held.append(page)
            }
        }
        for event in touched { try closeIfDone(event, now: now, connection) }
        return held
    }

    /// - Returns: the event when the page closed or a retry ended, so that the event may be done.
    private static func record(
        _ outcomes: [Outcome],
        on page: PageID,
        now: Instant,
        _ connection: any Session
    ) throws -> Int64? {
        let header = try connection.first(QueueSQL.pageHeader.rawValue, page.rawValue) {
            ($0.int64(0), $0.int64(1), $0.int(2), $0.int64(3))
        }
        let bytes = try connection.first(QueueSQL.pageResult.rawValue, page.rawValue) {
            try $0.withBlob(0) { try PageResult(decoding: $0) }
        }
        guard let (event, lane, state, expiresAt) = header, var result = bytes else {
            throw UnreadableRowError(.page, page.rawValue, .incomplete)
        }
        var mayBeDone = false
        for outcome in outcomes {
            let delivery = DeliveryID(page: page, slot: outcome.slot)
            guard (0..<result.count).contains(outcome.slot) else {
                // Of a damaged retry row, which goes; unless it is the page that is damaged.
                _ = try QueueReader.pages([page], connection)[page]?.get()
                try connection.run(QueueSQL.deleteRetry.rawValue, delivery.rawValue)
                mayBeDone = true
                continue
            }
            precondition(outcome.result.state != .pending, "Nothing becomes pending again by an outcome")
            let before = result[outcome.slot].state
            // The slot's own state decides, too: whatever ends a deferred delivery takes its row along.
            if outcome.isRetry || before == .deferred {
                try connection.run(QueueSQL.deleteRetry.rawValue, delivery.rawValue)
                mayBeDone = true
            }
            if before == .held {
                // Only an ending counts: what is held is not put back to waiting by a late answer.
                guard outcome.result.state.isTerminal else { continue }
                try connection.run(QueueSQL.deleteHeld.rawValue, delivery.rawValue)
                mayBeDone = true
            }
            guard !before.isTerminal || (before == .expired && outcome.result.state == .accepted) else { continue }
            result[outcome.slot] = outcome.result
            try keep(outcome, delivery: delivery, event: event, lane: lane, expiresAt: expiresAt, now: now, connection)
        }
        try connection.run(QueueSQL.setPageResult.rawValue, result.bytes, page.rawValue)
        if state != 1, result.pendingCount == 0 {
            try connection.run(QueueSQL.closePage.rawValue, now.milliseconds, page.rawValue)
            mayBeDone = true
        }
        return mayBeDone ? event : nil
    }

    /// The rows of an exception.
    private static func keep(
        _ outcome: Outcome,
        delivery: DeliveryID,
        event: Int64,
        lane: Int64,
        expiresAt: Int64,
        now: Instant,
        _ connection: any Session
    ) throws {
        if let attempt = outcome.attempt {
            try connection.run(
                QueueSQL.keepAttempt.rawValue,
                delivery.rawValue,
                outcome.attempts,
                attempt.at.milliseconds,
                attempt.milliseconds,
                Int(outcome.result.state.rawValue),
                attempt.status,
                String(attempt.reason.prefix(200))
            )
        }
        switch outcome.result.state {
        case .deferred:
            guard let due = outcome.retryAt else { preconditionFailure("A deferred delivery has a time") }
            try connection.run(
                QueueSQL.keepRetry.rawValue,
                lane,
                due.milliseconds,
                delivery.rawValue,
                event,
                outcome.attempts,
                outcome.quiet?.expiresAt.milliseconds ?? expiresAt,
                outcome.quiet?.opensAt.milliseconds,
                outcome.group?.device.rawValue,
                outcome.group?.carrier?.rawValue
            )
            if let quiet = outcome.quiet, quiet.expiresAt.milliseconds > expiresAt {
                try connection.run(QueueSQL.prolongPage.rawValue, quiet.expiresAt.milliseconds, delivery.page.rawValue)
                try connection.run(QueueSQL.prolongEvent.rawValue, quiet.expiresAt.milliseconds, event)
            }
        case .dead:
            try connection.run(
                QueueSQL.keepDead.rawValue,
                delivery.rawValue,
                lane,
                event,
                now.milliseconds,
                outcome.attempts
            )
        case .held:
            try connection.run(
                QueueSQL.keepHeld.rawValue,
                delivery.rawValue,
                lane,
                event,
                outcome.attempts
            )
        case .pending, .accepted, .rejected, .expired, .withheld, .dropped: break
        }
    }
}
