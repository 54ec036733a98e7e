import Domain
import Store

/// What providers and operators say of devices.
extension PhoneState {
    /// - Returns: how many of the devices spoken of changed, and all that did.
    mutating func apply(_ faults: [(fault: TargetFault, target: Target)], now: Instant) -> (Int, Set<DeviceID>) {
        var count = 0
        var changed: Set<DeviceID> = []
        for (fault, target) in faults {
            if fault.isProof {
                let proven = prove(fault, target, now)
                count += proven.isEmpty ? 0 : 1
                changed.formUnion(proven)
            } else if fault.isHeld || frozen[fault.lane] != nil {
                let (state, since) = Self.meaning(of: fault.kind, now)
                held[fault.lane, default: [:]][fault.device] =
                    Held(target: target, state: state, since: since, at: now, reason: fault.reason)
            } else if apply(fault.kind, fault.device, target, lane: fault.lane, fault.reason, now) {
                count += 1
                changed.insert(fault.device)
            }
        }
        return (count, changed)
    }

    private static func meaning(of kind: TargetFault.Kind, _ now: Instant) -> (DeviceState, Instant) {
        if case .gone(let since) = kind { (.disabled, since) } else { (.suspect, now) }
    }

    private mutating func apply(
        _ kind: TargetFault.Kind,
        _ id: DeviceID,
        _ target: Target,
        lane: String,
        _ reason: String,
        _ now: Instant
    ) -> Bool {
        guard let index = index(id), phones[index].target == target else { return false }
        switch kind {
        case .gone(let since):
            guard phones[index].registeredAt <= since, phones[index].state != .disabled else { return false }
            set(.disabled, id, lane: lane, reason, now)
        case .suspect:
            guard phones[index].state == .active else { return false }
            set(.suspect, id, lane: lane, reason, now)
        case .proven: return false
        }
        return true
    }

    private mutating func prove(_ fault: TargetFault, _ target: Target, _ now: Instant) -> Set<DeviceID> {
        guard let index = index(fault.device), phones[index].target == target, !phones[index].isProven else {
            return []
        }
        phones[index].isProven = true
        note(fault.device, .active, lane: fault.lane, "accepted", now)
        let rivals = phones.filter { $0.installation == phones[index].installation && $0.id != fault.device }.map(\.id)
        for id in rivals { delete(id, "moved", now) }
        return Set(rivals + [fault.device])
    }

    /// Devices that still stand as the lane left them since then.
    private func standing(_ lane: String, since: Instant) -> [(phone: Phone, change: Change)] {
        phones.compactMap { phone in
            let changes = history[phone.id]?.filter {
                $0.lane == lane && $0.at >= since && ($0.state == .suspect || $0.state == .disabled)
            }
            guard let last = changes?.max(by: { $0.at < $1.at }), last.state == phone.state, last.at == phone.changedAt
            else { return nil }
            return (phone, last)
        }
    }

    mutating func freeze(_ lane: String, since: Instant, now: Instant) -> Set<DeviceID> {
        if frozen[lane] == nil { frozen[lane] = now }
        let standing = standing(lane, since: since)
        for (phone, change) in standing {
            held[lane, default: [:]][phone.id] =
                Held(target: phone.target, state: phone.state, since: change.at, at: change.at, reason: change.reason)
            set(.active, phone.id, "massGuard", now)
        }
        return Set(standing.map(\.phone.id))
    }

    mutating func restore(_ lane: String, since: Instant, isDryRun: Bool, now: Instant) -> Set<DeviceID> {
        let ids = Set(standing(lane, since: since).map(\.phone.id))
        if !isDryRun { for id in ids { set(.active, id, "restored", now) } }
        return ids
    }

    mutating func thaw(_ lane: String, applying: Bool, now: Instant) -> (held: Int, changed: Set<DeviceID>) {
        let waiting = held.removeValue(forKey: lane) ?? [:]
        frozen[lane] = nil
        guard applying else { return (waiting.count, []) }
        let changed = waiting.filter { id, fault in
            let kind: TargetFault.Kind = fault.state == .disabled ? .gone(since: fault.since) : .suspect
            return apply(kind, id, fault.target, lane: lane, fault.reason, now)
        }
        return (waiting.count, Set(changed.keys))
    }

    /// nil: no such installation.
    mutating func revoke(_ installation: String, now: Instant) -> Set<DeviceID>? {
        let rows = phones.filter { $0.installation == installation }
        guard !rows.isEmpty else { return nil }
        let ringing = rows.filter { $0.state != .disabled }.map(\.id)
        for id in ringing { set(.disabled, id, "revoked", now) }
        return Set(ringing)
    }

    /// - Returns: how many changes, and the devices.
    mutating func sweep(_ ages: Registry.HygieneAges, now: Instant) -> (Int, Set<DeviceID>) {
        var changed: [DeviceID] = []
        for phone in phones where phone.state == .suspect && phone.changedAt < now - ages.suspect {
            set(.disabled, phone.id, "suspectTooLong", now)
            changed.append(phone.id)
        }
        for phone in phones where phone.state == .disabled && phone.changedAt < now - ages.disabled {
            delete(phone.id, "disabledTooLong", now)
            changed.append(phone.id)
        }
        for phone in phones where phone.registeredAt < now - ages.unseen {
            delete(phone.id, "unseen", now)
            changed.append(phone.id)
        }
        for id in history.keys { history[id]?.removeAll { $0.at < now - ages.history } }
        return (changed.count, Set(changed))
    }
}
