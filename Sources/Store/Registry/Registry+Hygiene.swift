import Database
package import Domain

/// A provider's word about the target of a device.
package struct TargetFault: Sendable {
    package enum Kind: Sendable {
        /// Gone; `since` is the provider's instant, else that of our send. A later registration survives.
        case gone(since: Instant)
        /// Malformed, or of another environment or project: not rung until it registers again.
        case suspect
    }

    package var lane: String
    package var device: DeviceID
    /// Of the target that was used: a device that has another by now keeps it.
    package var targetHash: [UInt8]
    package var kind: Kind
    /// The provider's reason word.
    package var reason: String
    /// The lane's removals were frozen when the word came: it waits for a person.
    package var isHeld: Bool

    package init(
        lane: String,
        device: DeviceID,
        targetHash: [UInt8],
        kind: Kind,
        reason: String,
        isHeld: Bool = false
    ) {
        self.lane = lane
        self.device = device
        self.targetHash = targetHash
        self.kind = kind
        self.reason = reason
        self.isHeld = isHeld
    }
}

/// A token dies only on proof about that token: compare-and-disable, a brake for whole lanes, and a history of every change.
extension Registry {
    /// Applies proofs about targets: only when the device still has the target that was used, and has not registered since. What is held,
    /// or comes from a lane that is frozen by now, is only written down: outcomes go to the disk before their proofs come here, so the
    /// words of the answers before the last straw come after the freeze.
    ///
    /// - Returns: how many devices changed.
    package func apply(_ faults: [TargetFault], now: Instant) async throws(StoreError) -> Int {
        try await writer.run(.normal) { connection in
            let frozen = Set(try connection.all("SELECT lane FROM freeze") { $0.text(0) })
            return try faults.reduce(0) { changed, fault in
                if fault.isHeld || frozen.contains(fault.lane) {
                    try Self.hold(fault, now: now, connection)
                    return changed
                }
                return try changed + (Self.apply(fault, now: now, connection) ? 1 : 0)
            }
        }
    }

    /// The mass guard has tripped: what this lane's answers changed since `since` is undone and waits with what follows for a person's word.
    ///
    /// - Returns: how many devices ring again.
    package func freeze(lane: String, since: Instant, now: Instant) async throws(StoreError) -> Int {
        try await writer.run(.full) { connection in
            try connection.run(
                "INSERT INTO freeze(lane, at) VALUES (?, ?) ON CONFLICT(lane) DO NOTHING",
                lane,
                now.milliseconds
            )
            let changed = try connection.all(RegistrySQL.changedByLane.rawValue, lane, since.milliseconds) {
                (device: $0.int64(0), state: $0.int(1), at: $0.int64(2), reason: $0.text(3))
            }
            var restored = 0
            for change in changed {
                // Only what still stands as this lane left it: a registration meanwhile has already answered the question.
                let hash = try connection.first(
                    "SELECT target_hash FROM device WHERE id = ? AND state = ? AND changed_at = ?",
                    change.device,
                    change.state,
                    change.at
                ) { $0.blob(0) }
                guard let hash else { continue }
                try connection.run(
                    RegistrySQL.holdFault.rawValue,
                    lane,
                    change.device,
                    hash,
                    change.state,
                    change.at,
                    change.at,
                    change.reason
                )
                try connection.run(
                    "UPDATE device SET state = 0, reason = NULL, changed_at = ? WHERE id = ?",
                    now.milliseconds,
                    change.device
                )
                try Self.note(
                    device: change.device,
                    .active,
                    lane: nil,
                    "massGuard",
                    now: now,
                    connection
                )
                restored += 1
            }
            return restored
        }
    }

    /// A person has looked: the held proofs of a lane are applied, or forgotten.
    ///
    /// - Returns: how many were held, and how many devices changed.
    package func thaw(lane: String, applying: Bool, now: Instant) async throws(StoreError) -> (held: Int, changed: Int)
    {
        try await writer.run(.full) { connection in
            let held = try connection.all(
                "SELECT device, target_hash, state, since, reason FROM held_fault WHERE lane = ?",
                lane
            ) { row in
                TargetFault(
                    lane: lane,
                    device: DeviceID(rawValue: row.int64(0)),
                    targetHash: row.blob(1),
                    kind: row.int(2) == DeviceState.disabled.rawValue
                        ? .gone(since: Instant(milliseconds: row.int64(3))) : .suspect,
                    reason: row.text(4)
                )
            }
            var changed = 0
            if applying { for fault in held where try Self.apply(fault, now: now, connection) { changed += 1 } }
            try connection.run("DELETE FROM held_fault WHERE lane = ?", lane)
            try connection.run("DELETE FROM freeze WHERE lane = ?", lane)
            return (held.count, changed)
        }
    }

    /// How long a device may stay in each state.
    package struct HygieneAges: Sendable {
        /// A suspect that does not register again is given up.
        package var suspect: Duration
        /// The row of a disabled device is kept so long, for the question why.
        package var disabled: Duration
        /// Not registered for so long: deleted, whatever its state (Android's tokens expire after 270 days).
        package var unseen: Duration
        package var history: Duration

        package init(suspect: Duration, disabled: Duration, unseen: Duration, history: Duration) {
            self.suspect = suspect
            self.disabled = disabled
            self.unseen = unseen
            self.history = history
        }
    }

    /// Moves on what has been ill or silent for too long, a slice at a time; suspects of a frozen lane wait.
    ///
    /// - Returns: how many rows changed; call again while it is `max`.
    package func sweepDevices(_ ages: HygieneAges, now: Instant, max: Int = 500) async throws(StoreError) -> Int {
        try await writer.run(.normal) { connection in
            var count = 0
            let before = { (age: Duration) in (now - age).milliseconds }
            for (state, age, next) in [
                (DeviceState.suspect, ages.suspect, DeviceState.disabled), (.disabled, ages.disabled, nil),
            ] as [(DeviceState, Duration, DeviceState?)] {
                let ids = try connection.all(
                    RegistrySQL.illDevices.rawValue,
                    state.rawValue,
                    before(age),
                    max - count
                ) { $0.int64(0) }
                for id in ids {
                    if let next {
                        try Self.set(next, device: id, lane: nil, "suspectTooLong", now: now, connection)
                    } else {
                        try Self.delete(device: id, "disabledTooLong", now: now, connection)
                    }
                }
                count += ids.count
            }
            let unseen = try connection.all(RegistrySQL.longUnseen.rawValue, before(ages.unseen), max - count) {
                $0.int64(0)
            }
            for id in unseen { try Self.delete(device: id, "unseen", now: now, connection) }
            count += unseen.count
            try connection.run(RegistrySQL.pruneHistory.rawValue, before(ages.history), max)
            return count
        }
    }

    /// An operator ends a device: it rings no more until it registers anew.
    ///
    /// - Returns: whether it changed; nil when there is no such installation.
    package func revoke(_ installation: String, now: Instant) async throws(StoreError) -> Bool? {
        try await writer.run(.full) { connection in
            let row = try connection.first("SELECT id, state FROM device WHERE installation = ?", installation) {
                ($0.int64(0), $0.int(1))
            }
            guard let (id, state) = row else { return nil }
            guard state != DeviceState.disabled.rawValue else { return false }
            try Self.set(.disabled, device: id, lane: nil, "revoked", now: now, connection)
            return true
        }
    }

    // MARK: - Rows

    private static func apply(_ fault: TargetFault, now: Instant, _ connection: any Session) throws -> Bool {
        switch fault.kind {
        case .gone(let since):
            try connection.run(
                """
                UPDATE device SET state = 2, reason = ?, changed_at = ? WHERE id = ? AND target_hash = ? AND registered_at <= ? AND state <> 2
                """,
                fault.reason,
                now.milliseconds,
                fault.device.rawValue,
                fault.targetHash,
                since.milliseconds
            )
        case .suspect:
            try connection.run(
                "UPDATE device SET state = 1, reason = ?, changed_at = ? WHERE id = ? AND target_hash = ? AND state = 0",
                fault.reason,
                now.milliseconds,
                fault.device.rawValue,
                fault.targetHash
            )
        }
        guard connection.changes > 0 else { return false }
        let state: DeviceState = if case .suspect = fault.kind { .suspect } else { .disabled }
        try note(device: fault.device.rawValue, state, lane: fault.lane, fault.reason, now: now, connection)
        return true
    }

    private static func hold(_ fault: TargetFault, now: Instant, _ connection: any Session) throws {
        let (state, since) =
            switch fault.kind {
            case .gone(let since): (DeviceState.disabled, since)
            case .suspect: (DeviceState.suspect, now)
            }
        try connection.run(
            RegistrySQL.holdFault.rawValue,
            fault.lane,
            fault.device.rawValue,
            fault.targetHash,
            state.rawValue,
            since.milliseconds,
            now.milliseconds,
            fault.reason
        )
    }

    private static func set(
        _ state: DeviceState,
        device: Int64,
        lane: String?,
        _ reason: String,
        now: Instant,
        _ connection: any Session
    ) throws {
        try connection.run(
            "UPDATE device SET state = ?, reason = ?, changed_at = ? WHERE id = ?",
            state.rawValue,
            reason,
            now.milliseconds,
            device
        )
        try note(device: device, state, lane: lane, reason, now: now, connection)
    }

    private static func delete(device: Int64, _ reason: String, now: Instant, _ connection: any Session) throws {
        try connection.run("DELETE FROM device WHERE id = ?", device)
        try note(device: device, nil, lane: nil, reason, now: now, connection)
    }

    /// A line of the device's history; `state` nil: deleted.
    static func note(
        device: Int64,
        _ state: DeviceState?,
        lane: String?,
        _ reason: String,
        now: Instant,
        _ connection: any Session
    ) throws {
        try connection.run(
            "INSERT INTO device_history(device, at, state, lane, reason) VALUES (?, ?, ?, ?, ?)",
            device,
            now.milliseconds,
            state?.rawValue ?? 3,
            lane,
            reason
        )
    }
}
