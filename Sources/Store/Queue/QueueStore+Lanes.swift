import Database
package import Domain

extension QueueStore {
    /// The lane of this name, made when it is new.
    package func lane(named name: String, provider: ProviderID, now: Instant) async throws(StoreError) -> StoredLane {
        try await writer.run(.full) { connection in
            try connection.run(
                "INSERT INTO lane(name, provider, changed_at) VALUES (?, ?, ?) ON CONFLICT(name) DO NOTHING",
                name,
                Int(provider.rawValue),
                now.milliseconds
            )
            guard let lane = try Self.lanes(connection).first(where: { $0.name == name }) else {
                throw StoreError.damaged("lane \(name) is missing")
            }
            return lane
        }
    }

    /// An operator's order: pauses, drains or resumes a lane; on disk and in the audit log when this returns.
    ///
    /// `until`: when a pause ends by itself; nil: when somebody resumes it.
    package func setMode(
        _ mode: StoredLane.Mode,
        of lane: LaneID,
        actor: String,
        why: String,
        until: Instant? = nil,
        now: Instant
    ) async throws(StoreError) {
        try await writer.run(.full) { [seal] connection in
            let name = try connection.first(
                """
                UPDATE lane SET mode = ?1, actor = ?2, why = ?3, until = ?4,
                    changed_at = CASE WHEN mode = ?1 THEN changed_at ELSE ?5 END WHERE id = ?6 RETURNING name
                """,
                mode.rawValue,
                actor,
                why,
                until?.milliseconds,
                now.milliseconds,
                Int64(lane.rawValue)
            ) { $0.text(0) }
            guard let name else { throw StoreError.damaged("lane \(lane.rawValue) is missing") }
            try Self.audit(
                InstantOperation(
                    actor: actor,
                    verb: "lane.\(mode)",
                    filter: "lane=\(name)" + (until.map { " until=\($0.rfc3339)" } ?? ""),
                    why: why,
                    changed: 1
                ),
                seal: seal,
                now: now,
                connection
            )
        }
    }

    /// What the dispatcher sees, for readers when the service is down; not an order. Hands over and returns; a note that is refused is
    /// replaced by the next.
    package func note(condition: String, reason: String, since: Instant, virtualTime: Int64, of lane: LaneID) {
        hand { connection in
            try connection.run(
                "UPDATE lane SET condition = ?, condition_reason = ?, changed_at = ?, virtual_time = ? WHERE id = ?",
                condition,
                reason,
                since.milliseconds,
                virtualTime,
                Int64(lane.rawValue)
            )
        }
    }

    /// Keeps a value for the next start (a provider token). Hands over and returns.
    package func remember(_ name: String, _ value: [UInt8]) {
        hand { connection in
            try connection.run(QueueSQL.setMeta.rawValue, name, value)
        }
    }

    private func hand(_ body: @escaping @Sendable (any Session) throws -> Void) {
        do { try writer.submit(.normal, body) { _ in } } catch {
            // Overloaded or stopping: what is handed over here is advice, and comes again.
        }
    }

    static func lanes(_ connection: any Session) throws -> [StoredLane] {
        try connection.all(
            """
            SELECT id, name, provider, mode, actor, why, condition, condition_reason, changed_at, virtual_time, until
            FROM lane WHERE id > 0 ORDER BY name
            """
        ) { row in
            StoredLane(
                id: LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(0))),
                name: row.text(1),
                provider: ProviderID(rawValue: UInt8(truncatingIfNeeded: row.int64(2))),
                mode: StoredLane.Mode(rawValue: row.int(3)) ?? .paused,
                actor: row.textOrNil(4),
                why: row.textOrNil(5),
                until: row.int64OrNil(10).map(Instant.init(milliseconds:)),
                condition: row.text(6),
                conditionReason: row.text(7),
                changedAt: Instant(milliseconds: row.int64(8)),
                virtualTime: row.int64(9)
            )
        }
    }
}
