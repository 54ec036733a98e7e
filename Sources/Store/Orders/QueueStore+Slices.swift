import Database
package import Domain

extension QueueStore {
    /// Carries a slice out and moves the operation's cursor in one commit: a crash before it finds the slice undone, after it done. What has
    /// moved on since it was matched keeps its state and is counted as skipped.
    ///
    /// - Returns: how many deliveries changed, and all that were skipped so far.
    package func apply(_ slice: OrderSlice, now: Instant) async throws(StoreError) -> (
        changed: Int, skipped: [String: Int]
    ) {
        try await writer.run(.normal, lingers: false) { connection in
            var work = SliceWork(slice: slice, now: now, connection: connection)
            try work.run()
            try connection.run(
                QueueSQL.operationProgress.rawValue,
                work.changed,
                slice.pages.last?.page.rawValue ?? 0,
                JSONWriter.text(SkippedCoding.json(work.skipped)),
                slice.operation
            )
            return (work.changed, work.skipped)
        }
    }
}

/// One slice under way, on the writer's thread.
private struct SliceWork {
    let slice: OrderSlice
    let now: Instant
    let connection: any Session
    var changed = 0
    var skipped: [String: Int]
    private var touched: Set<Int64> = []

    init(slice: OrderSlice, now: Instant, connection: any Session) {
        self.slice = slice
        self.now = now
        self.connection = connection
        skipped = slice.skipped
    }

    private struct Header {
        var event: Int64
        var lane: Int64
        var state: Int
        var expiresAt: Int64
    }

    mutating func run() throws {
        for (page, slots) in slice.pages {
            do { try change(page, slots) } catch {
                guard UnreadableRowError.Cause(error) != nil else { throw error }
                skipped["damaged", default: 0] += slots.count
            }
        }
        for event in touched { try QueueStore.closeIfDone(event, now: now, connection) }
    }

    private mutating func change(_ page: PageID, _ slots: [Int]) throws {
        let row = try connection.first(QueueSQL.pageHeader.rawValue, page.rawValue) {
            Header(event: $0.int64(0), lane: $0.int64(1), state: $0.int(2), expiresAt: $0.int64(3))
        }
        let bytes = try connection.first(QueueSQL.pageResult.rawValue, page.rawValue) {
            try $0.withBlob(0) { try PageResult(decoding: $0) }
        }
        guard var header = row, var result = bytes else {
            throw StoreError.damaged("page \(page.rawValue) has no header or no result")
        }
        if slice.verb == .retry || slice.verb == .release, let reason = try ending(of: header.event)?.reason {
            skipped[reason.word, default: 0] += slots.count
            return
        }
        if slice.isFresh, header.expiresAt <= now.milliseconds { try renew(&header, page) }
        let eligible = slice.verb.eligible(withDead: slice.withDead)
        let before = changed
        for slot in slots {
            guard slot < result.count else {
                skipped["unknown", default: 0] += 1
                continue
            }
            let delivery = DeliveryID(page: page, slot: slot)
            let state = result[slot].state
            if !eligible.contains(state) {
                skipped["\(state)", default: 0] += 1
            } else if slice.inFlight.contains(delivery) {
                skipped["inFlight", default: 0] += 1
            } else if let next = try move(delivery, state, header) {
                result[slot] = next
                changed += 1
            }
        }
        guard changed > before else { return }
        touched.insert(header.event)
        try connection.run(QueueSQL.setPageResult.rawValue, result.bytes, page.rawValue)
        if header.state == 0, result.pendingCount == 0 {
            try connection.run(QueueSQL.closePage.rawValue, now.milliseconds, page.rawValue)
        }
    }

    /// Takes the rows of the old state along and makes those of the new one; nil: it cannot be done.
    private mutating func move(_ delivery: DeliveryID, _ state: DeliveryState, _ header: Header) throws -> SlotResult? {
        let hasExpired = header.expiresAt <= now.milliseconds
        switch slice.verb {
        case .retry:
            guard !hasExpired else {
                skipped["expired", default: 0] += 1
                return nil
            }
            if state == .deferred {
                try connection.run(
                    QueueSQL.hastenRetry.rawValue,
                    now.milliseconds,
                    header.expiresAt,
                    delivery.rawValue
                )
            } else {
                try connection.run(QueueSQL.deleteDead.rawValue, delivery.rawValue)
                try keepRetry(delivery, attempts: 0, header)
                try connection.run(QueueSQL.reopenEvent.rawValue, header.event)
            }
            return SlotResult(.deferred, reason: .retrying)
        case .release:
            let attempts = try number(.heldAttempts, delivery)
            try connection.run(QueueSQL.deleteHeld.rawValue, delivery.rawValue)
            guard !hasExpired else { return SlotResult(.expired, reason: .expired) }
            try keepRetry(delivery, attempts: attempts, header)
            return SlotResult(.deferred, reason: .retrying)
        case .hold:
            try connection.run(
                QueueSQL.keepHeld.rawValue,
                delivery.rawValue,
                header.lane,
                header.event,
                state == .deferred ? try number(.retryAttempts, delivery) : 0
            )
            if state == .deferred { try connection.run(QueueSQL.deleteRetry.rawValue, delivery.rawValue) }
            return slice.verb.mark
        // It makes deliveries of its own.
        case .resend: return nil
        case .drop, .expire, .withdraw, .supersede:
            switch state {
            case .deferred: try connection.run(QueueSQL.deleteRetry.rawValue, delivery.rawValue)
            case .held: try connection.run(QueueSQL.deleteHeld.rawValue, delivery.rawValue)
            case .dead: try connection.run(QueueSQL.deleteDead.rawValue, delivery.rawValue)
            case .pending, .accepted, .rejected, .expired, .withheld, .dropped: break
            }
            return slice.verb.mark
        }
    }

    /// Then nothing of it is sent any more, whoever asks.
    private func ending(of event: Int64) throws -> SlotResult? {
        let row = try connection.first(QueueSQL.endings.rawValue, event) { (!$0.isNull(0), !$0.isNull(1)) }
        guard let (isWithdrawn, isSuperseded) = row else { return nil }
        return isWithdrawn ? OrderVerb.withdraw.mark : isSuperseded ? OrderVerb.supersede.mark : nil
    }

    private func number(_ statement: QueueSQL, _ delivery: DeliveryID) throws -> Int {
        try connection.first(statement.rawValue, delivery.rawValue) { $0.int(0) } ?? 0
    }

    private func keepRetry(_ delivery: DeliveryID, attempts: Int, _ header: Header) throws {
        try connection.run(
            QueueSQL.keepRetry.rawValue,
            header.lane,
            now.milliseconds,
            delivery.rawValue,
            header.event,
            attempts,
            header.expiresAt,
            Int64?.none,
            Int64?.none,
            Int64?.none
        )
    }

    /// The event's time to live, anew from now; at least a minute.
    private func renew(_ header: inout Header, _ page: PageID) throws {
        let lifetime =
            try connection.first(
                "SELECT expires_at - coalesce(not_before, accepted_at) FROM event WHERE id = ?",
                header.event
            ) { $0.int64(0) } ?? 0
        header.expiresAt = now.milliseconds + max(lifetime, 60_000)
        try connection.run("UPDATE page SET expires_at = ? WHERE id = ?", header.expiresAt, page.rawValue)
        try connection.run(
            "UPDATE event SET expires_at = max(expires_at, ?) WHERE id = ?",
            header.expiresAt,
            header.event
        )
    }
}

/// Counts by reason as the table of operations keeps them.
enum SkippedCoding {
    static func json(_ counts: [String: Int]) -> JSONValue {
        var object = JSONObject()
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) { object[reason] = .number(count) }
        return .object(object)
    }

    /// Counts are told, never acted upon: damaged ones leave the order as it is.
    static func counts(_ text: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for member in StoredJSON.object(text) {
            counts[member.name] = member.value.int64.map { Int(clamping: $0) } ?? 0
        }
        return counts
    }
}
