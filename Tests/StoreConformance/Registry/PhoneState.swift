import Domain
import Store

/// Devices, their history and the brake, as plain arrays and dictionaries.
struct PhoneState {
    struct Phone {
        var id: DeviceID
        var installation: String
        var user: String
        var target: Target
        var locale: String?
        var platform: Platform?
        var state = DeviceState.active
        var reason: String?
        var isProven: Bool
        var registeredAt: Instant
        /// 0 while nothing has changed since it was registered.
        var changedAt = Instant(milliseconds: 0)

        /// As lists tell it.
        var shown: DeviceState { state == .active && !isProven ? .unproven : state }
    }

    struct Change: Equatable {
        var at: Instant
        var state: DeviceState?
        var lane: String?
        var reason: String
    }

    struct Held {
        var target: Target
        var state: DeviceState
        var since: Instant
        var at: Instant
        var reason: String
    }

    /// In the order of their ids.
    var phones: [Phone] = []
    var history: [DeviceID: [Change]] = [:]
    var frozen: [String: Instant] = [:]
    var held: [String: [DeviceID: Held]] = [:]

    func index(_ id: DeviceID) -> Int? { phones.firstIndex { $0.id == id } }

    mutating func rename(_ old: DeviceID, _ new: DeviceID) {
        guard old != new, let index = index(old) else { return }
        phones[index].id = new
        history[new] = history.removeValue(forKey: old)
    }

    mutating func note(_ id: DeviceID, _ state: DeviceState?, lane: String? = nil, _ reason: String, _ now: Instant) {
        history[id, default: []].append(Change(at: now, state: state, lane: lane, reason: reason))
    }

    mutating func set(_ state: DeviceState, _ id: DeviceID, lane: String? = nil, _ reason: String, _ now: Instant) {
        guard let index = index(id) else { return }
        phones[index].state = state
        phones[index].reason = state == .active ? nil : reason
        phones[index].changedAt = now
        note(id, state, lane: lane, reason, now)
    }

    /// `reason`: nil for what its own account takes away, which leaves no line.
    mutating func delete(_ id: DeviceID, _ reason: String? = nil, _ now: Instant) {
        phones.removeAll { $0.id == id }
        if let reason { note(id, nil, reason, now) }
    }

    /// What leaves nothing behind.
    mutating func forget(_ users: [String]) -> Set<DeviceID> {
        let ids = Set(phones.filter { users.contains($0.user) }.map(\.id))
        phones.removeAll { ids.contains($0.id) }
        for id in ids {
            history[id] = nil
            for lane in held.keys { held[lane]?[id] = nil }
        }
        return ids
    }

    mutating func remove(where isMeant: (Phone) -> Bool, _ now: Instant) -> Set<DeviceID> {
        let ids = phones.filter(isMeant).map(\.id)
        for id in ids { delete(id, nil, now) }
        return Set(ids)
    }

    // MARK: Registrations

    struct Registered {
        var isNew: Bool
        var state: DeviceState
        var changed: Set<DeviceID>
    }

    /// ``Takeover`` says which rows go; what is to be kept here is that they do.
    ///
    /// `new`: with the number it gets when no row becomes it. `isOwn`: whether a user is the same person.
    mutating func register(_ new: Phone, max: Int, now: Instant, isOwn: (String) -> Bool) -> Registered {
        let met = phones.filter { $0.installation == new.installation || $0.target == new.target }
        let takeover = Takeover(
            met.map { phone in
                .init(
                    device: phone.id,
                    isOwn: isOwn(phone.user),
                    sharesInstallation: phone.installation == new.installation,
                    sharesTarget: phone.target == new.target,
                    isProven: phone.isProven,
                    isDisabled: phone.state == .disabled
                )
            }
        )
        for id in takeover.removed { delete(id, nil, now) }
        let previous = takeover.kept.flatMap { id in met.first { $0.id == id } }
        var phone = new
        phone.isProven = takeover.isProven
        if let previous, let index = index(previous.id) {
            (phone.id, phone.changedAt) = (previous.id, now)
            phones[index] = phone
        } else {
            phones.append(phone)
        }
        if let word = Self.word(previous, phone) { note(phone.id, .active, word, now) }
        let stalest = phones.filter { $0.user == new.user }.sorted { first, second in
            if (first.id == phone.id) != (second.id == phone.id) { return first.id == phone.id }
            return (first.registeredAt, first.id) > (second.registeredAt, second.id)
        }.dropFirst(max).map(\.id)
        for id in stalest { delete(id, nil, now) }
        return Registered(
            isNew: previous?.user != new.user,
            state: phone.isProven ? .active : .unproven,
            changed: Set(takeover.removed + [takeover.kept].compactMap { $0 } + stalest)
        )
    }

    private static func word(_ previous: Phone?, _ phone: Phone) -> String? {
        guard let previous else { return phone.isProven ? "registered" : "unproven" }
        if previous.isProven, !phone.isProven { return "unproven" }
        if previous.user != phone.user { return "moved" }
        return previous.state == .active && previous.isProven == phone.isProven ? nil : "registeredAgain"
    }
}
