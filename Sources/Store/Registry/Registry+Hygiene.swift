import Database
package import Domain

/// A token dies only on proof about that token: compare-and-disable, a guard for whole lanes, and a history of every change.
extension Registry {
    /// Applies proofs about targets: only when the device still has the target that was used, and has not registered since. What is held,
    /// or comes from a lane that is frozen by now, is only written down: outcomes go to the disk before their proofs come here, so the
    /// words of the answers before the last straw come after the freeze.
    ///
    /// - Returns: how many of the devices they speak of changed.
    package func apply(_ faults: [TargetFault], now: Instant) async throws(StoreError) -> Int {
        let (count, changed) = try await writer.run(.normal) { connection -> (Int, [DeviceID]) in
            let frozen = Set(try connection.all("SELECT lane FROM freeze") { $0.text(0) })
            return try faults.reduce(into: (0, [])) { result, fault in
                if case .proven = fault.kind {
                    let proven = try Self.prove(
                        fault.device,
                        targetHash: fault.targetHash,
                        lane: fault.lane,
                        now: now,
                        connection
                    )
                    result = (result.0 + (proven.isEmpty ? 0 : 1), result.1 + proven)
                } else if fault.isHeld || frozen.contains(fault.lane) {
                    try Self.hold(fault, now: now, connection)
                } else if try Self.apply(fault, now: now, connection) {
                    result = (result.0 + 1, result.1 + [fault.device])
                }
            }
        }
        await deviceChanges.tell(changed)
        return count
    }

    /// The mass guard has tripped: what this lane's answers changed since `since` is undone and waits with what follows for a person's word.
    ///
    /// - Returns: how many devices ring again.
    package func freeze(lane: String, since: Instant, now: Instant) async throws(StoreError) -> Int {
        let changed = try await writer.run(.full) { connection -> [Standing] in
            try connection.run(
                "INSERT INTO freeze(lane, at) VALUES (?, ?) ON CONFLICT(lane) DO NOTHING",
                lane,
                now.milliseconds
            )
            let changed = try Self.standing(lane, since: since, connection)
            for change in changed {
                try connection.run(
                    RegistrySQL.holdFault.rawValue,
                    lane,
                    change.device,
                    change.targetHash,
                    change.state,
                    change.at,
                    change.at,
                    change.reason
                )
                try Self.set(.active, device: change.device, lane: nil, "massGuard", now: now, connection)
            }
            return changed
        }
        await deviceChanges.tell(changed.map { DeviceID(rawValue: $0.device) })
        return changed.count
    }

    /// What a wrong configuration did is undone: devices that still stand as this lane's answers since `since` left them ring again.
    ///
    /// - Returns: how many.
    package func restore(
        lane: String,
        since: Instant,
        isDryRun: Bool,
        now: Instant
    ) async throws(StoreError) -> Int {
        let changed = try await writer.run(.full) { connection -> [Standing] in
            let changed = try Self.standing(lane, since: since, connection)
            guard !isDryRun else { return changed }
            for change in changed {
                try Self.set(.active, device: change.device, lane: nil, "restored", now: now, connection)
            }
            return changed
        }
        if !isDryRun { await deviceChanges.tell(changed.map { DeviceID(rawValue: $0.device) }) }
        return changed.count
    }

    /// A device as a lane's answer left it.
    private struct Standing {
        var device: Int64
        var state: Int
        var at: Int64
        var reason: String
        var targetHash: [UInt8]
    }

    /// Only what still stands as the lane left it: a registration meanwhile has already answered the question.
    private static func standing(_ lane: String, since: Instant, _ connection: any Session) throws -> [Standing] {
        try connection.all(RegistrySQL.changedByLane.rawValue, lane, since.milliseconds) { row in
            (device: row.int64(0), state: row.int(1), at: row.int64(2), reason: row.text(3))
        }.compactMap { change in
            try connection.first(
                "SELECT target_hash FROM device WHERE id = ? AND state = ? AND changed_at = ?",
                change.device,
                change.state,
                change.at
            ) { $0.blob(0) }.map { hash in
                Standing(
                    device: change.device,
                    state: change.state,
                    at: change.at,
                    reason: change.reason,
                    targetHash: hash
                )
            }
        }
    }

    /// A person has looked: the held proofs of a lane are applied, or forgotten.
    ///
    /// - Returns: how many were held, and how many devices changed.
    package func thaw(lane: String, applying: Bool, now: Instant) async throws(StoreError) -> (held: Int, changed: Int)
    {
        let (held, changed) = try await writer.run(.full) { connection -> (Int, [DeviceID]) in
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
            let changed = try applying ? held.filter { try Self.apply($0, now: now, connection) }.map(\.device) : []
            try connection.run("DELETE FROM held_fault WHERE lane = ?", lane)
            try connection.run("DELETE FROM freeze WHERE lane = ?", lane)
            return (held.count, changed)
        }
        await deviceChanges.tell(changed)
        return (held, changed.count)
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
        let changed = try await writer.run(.normal) { connection -> [DeviceID] in
            var changed: [Int64] = []
            let before = { (age: Duration) in (now - age).milliseconds }
            for (state, age, next) in [
                (DeviceState.suspect, ages.suspect, DeviceState.disabled), (.disabled, ages.disabled, nil),
            ] as [(DeviceState, Duration, DeviceState?)] {
                let ids = try connection.all(
                    RegistrySQL.illDevices.rawValue,
                    state.rawValue,
                    before(age),
                    max - changed.count
                ) { $0.int64(0) }
                for id in ids {
                    if let next {
                        try Self.set(next, device: id, lane: nil, "suspectTooLong", now: now, connection)
                    } else {
                        try Self.delete(device: id, "disabledTooLong", now: now, connection)
                    }
                }
                changed += ids
            }
            let unseen = try connection.all(RegistrySQL.longUnseen.rawValue, before(ages.unseen), max - changed.count) {
                $0.int64(0)
            }
            for id in unseen { try Self.delete(device: id, "unseen", now: now, connection) }
            changed += unseen
            try connection.run(RegistrySQL.pruneHistory.rawValue, before(ages.history), max)
            return changed.map { DeviceID(rawValue: $0) }
        }
        await deviceChanges.tell(changed)
        return changed.count
    }

    /// An operator ends a device: it rings no more until it registers anew.
    ///
    /// - Returns: whether it changed; nil when there is no such installation.
    package func revoke(_ installation: String, now: Instant) async throws(StoreError) -> Bool? {
        let revoked = try await writer.run(.full) { connection -> [DeviceID]? in
            // Of every account that names it: a phone that has to be silent is silent for all.
            let rows = try connection.all("SELECT id, state FROM device WHERE installation = ?", installation) {
                (id: $0.int64(0), state: $0.int(1))
            }
            guard !rows.isEmpty else { return nil }
            let ringing = rows.filter { $0.state != DeviceState.disabled.rawValue }
            for row in ringing { try Self.set(.disabled, device: row.id, lane: nil, "revoked", now: now, connection) }
            return ringing.map { DeviceID(rawValue: $0.id) }
        }
        guard let revoked else { return nil }
        await deviceChanges.tell(revoked)
        return !revoked.isEmpty
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
        case .proven: return false
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
            case .suspect, .proven: (DeviceState.suspect, now)
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
            state == .active ? nil : reason,
            now.milliseconds,
            device
        )
        try note(device: device, state, lane: lane, reason, now: now, connection)
    }

    static func delete(device: Int64, _ reason: String, now: Instant, _ connection: any Session) throws {
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
