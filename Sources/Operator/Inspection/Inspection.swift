import Domain
import Pipeline
import Settings
import Store

/// Both stores opened for reading, with the names that ids of one mean in the other. Works while the service runs and when it is dead.
final class Inspection {
    /// A question to the store that takes longer is cut: it would hold the log from being checkpointed.
    static let questionLimit = Duration.seconds(10)

    /// Rows named on the way; doctor names all.
    private static let warningsMax = 5

    /// Names kept of persons and of devices; an export of a million deliveries must not keep them all.
    private static let namesMax = 20_000

    let settings: Settings
    let queue: QueueReader
    let registry: RegistryReader
    let lanes: [StoredLane]
    private var warned: Set<UnreadableRowError> = []
    private var users: [PersonID: String?] = [:]
    private var devices: [DeviceID: DeviceRow?] = [:]
    private var contents: [EventID: Int64?] = [:]
    /// That this command is on record.
    private var hasLooked = false

    init(_ settings: Settings) throws {
        self.settings = settings
        do {
            let stores = settings.stores
            queue = try stores.queueReader()
            registry = try stores.registryReader(seal: nil)
            lanes = try queue.lanes()
        } catch {
            throw OperatorError.store(error, in: settings.data)
        }
    }

    /// One bounded question.
    func ask<T>(_ question: (QueueReader) throws -> T) throws -> T {
        defer { warn(queue.unreadable) }
        do { return try queue.bounded(Self.questionLimit, question) } catch let failure as OperatorError {
            throw failure
        } catch let problem as FilterWords.WordError {
            throw problem
        } catch {
            throw OperatorError.store(error, in: settings.data)
        }
    }

    func askRegistry<T>(_ question: (RegistryReader) throws -> T) throws -> T {
        defer { warn(registry.unreadable) }
        do { return try question(registry) } catch { throw OperatorError.store(error, in: settings.data) }
    }

    /// Says once what a list has left out.
    private func warn(_ unreadable: UnreadableRows) {
        for row in unreadable.first(Self.warningsMax) where warned.insert(row).inserted {
            OperatorContext.current.talk(say("carillon: \(row.said), and is left out; try: carillon doctor"))
        }
    }

    /// Puts on record that names, or who is concerned, are about to be shown; a command's first is the one that counts. Reading goes on
    /// when it cannot be kept: who may run this may read the file, and the disk may be what is being looked into.
    func look(_ kind: Look.Kind, at persons: [PersonID] = [], event: EventID? = nil) {
        guard !hasLooked else { return }
        hasLooked = true
        let context = OperatorContext.current
        let log = LookLog(data: settings.data)
        do {
            for person in persons.isEmpty ? [nil] : persons.map(Optional.some) {
                try log.keep(Look(kind, person: person, event: event, actor: context.actor, at: context.time.now()))
            }
        } catch { context.talk(say("carillon: this look is not on record: \(error)")) }
    }

    var adminSocket: String { settings.listen.adminSocket }

    func laneName(_ id: LaneID) -> String? { lanes.first { $0.id == id }?.name }

    /// - Throws: exit code 3 for an unknown name.
    func lane(named name: String) throws -> StoredLane {
        guard let lane = lanes.first(where: { $0.name == name }) else {
            let known = lanes.map(\.name).joined(separator: ", ")
            throw OperatorError(
                .nothing,
                say("there is no lane \(name)"),
                why: say("known: \(known)"),
                next: "carillon lane list"
            )
        }
        return lane
    }

    /// The ENT's id of a person, else the feed's key; of one nobody knows, what the event named; nil when he or she is gone.
    func user(_ id: PersonID, event: EventID) throws -> String? {
        if let index = id.unknownIndex {
            let unknown = try ask { try $0.event(event)?.unknownUsers } ?? []
            return unknown.indices.contains(index) ? unknown[index] : nil
        }
        if let known = users[id] { return known }
        if users.count >= Self.namesMax { users.removeAll(keepingCapacity: true) }
        let user = try askRegistry { try $0.person(id)?.publicID }
        users[id] = .some(user)
        return user
    }

    /// nil when the device was removed since.
    func device(_ id: DeviceID) throws -> DeviceRow? {
        if let known = devices[id] { return known }
        if devices.count >= Self.namesMax { devices.removeAll(keepingCapacity: true) }
        let device = try askRegistry { try $0.device(id) }
        devices[id] = .some(device)
        return device
    }

    /// Bytes of the event's text as the store keeps it; nil when it has none.
    func bytes(of event: EventID) throws -> Int64? {
        if let known = contents[event] { return known }
        if contents.count >= Self.namesMax { contents.removeAll(keepingCapacity: true) }
        let bytes = try ask { try $0.contentBytes(of: event) }
        contents[event] = .some(bytes)
        return bytes
    }

    /// Why what is pending on a lane does not move, as the store last saw it.
    func laneReason(_ id: LaneID) -> Reason? {
        lanes.first { $0.id == id }.flatMap { EventStatus.reason(ofLane: $0.word) }
    }

    /// Makes the rows of an event's persons.
    func reachRows(of event: StoredEvent) -> ReachRows {
        let names = Dictionary(uniqueKeysWithValues: lanes.map { ($0.id, $0.name) })
        return ReachRows(event: event, registry: registry, laneNames: names)
    }

    /// - Throws: exit code 2 for what is no id, 3 for an unknown one.
    func event(_ text: String) throws -> StoredEvent {
        let id = try eventID(text)
        guard let event = try ask({ try $0.event(id) }) else { throw Self.unknown(id) }
        return event
    }

    /// An id, or the beginning of one that only one event has. Orders want the whole id.
    func eventID(_ text: String) throws -> EventID {
        guard let id = EventID(text) else { throw OperatorError(.usage, say("\(text) is no event: E-…")) }
        guard let range = EventID.range(ofPrefix: text) else { return id }
        let found = try ask { try $0.events(in: range, limit: 4) }
        guard found.count > 1 else { return found.first ?? id }
        let names = found.prefix(3).map(\.description) + (found.count > 3 ? ["…"] : [])
        throw OperatorError(
            .usage,
            say("\(text) is the beginning of several events"),
            why: names.joined(separator: ", "),
            next: "carillon event list"
        )
    }

    /// The installation of this name, or the only one that begins so.
    func installation(_ text: String) throws -> String {
        let prefix = text.last == "…" ? String(text.dropLast()) : text
        let found = try askRegistry { try $0.installations(prefix: prefix, limit: 2) }
        guard !found.contains(prefix), prefix.utf8.count >= 4 else { return prefix }
        guard found.count > 1 else { return found.first ?? prefix }
        throw OperatorError(
            .usage,
            say("\(prefix.showingInvisible) is the beginning of several installations"),
            next: "carillon device list"
        )
    }

    private static func unknown(_ id: EventID) -> OperatorError {
        OperatorError(.nothing, say("there is no event \(id)"), next: "carillon event list")
    }

    /// What is kept of a pruned event; nil for one that is there or was never known.
    func summary(_ text: String) throws -> JSONObject? {
        let id = try eventID(text)
        return try ask { try $0.summary(of: id)?.view }
    }

    /// The event's report; the reader is asked once, the answer adds up.
    ///
    /// - Throws: exit code 2 for what is no id, 3 for an unknown one.
    func report(_ text: String) throws -> EventReport {
        let id = try eventID(text)
        guard let report = try ask({ try $0.report(on: id, laneReason: laneReason) }) else {
            throw Self.unknown(id)
        }
        return report
    }
}

extension StoredLane {
    /// The state word of the contract: an operator's order, else what the dispatcher last saw.
    var word: String {
        switch mode {
        case .paused: "paused"
        case .draining: "draining"
        case .active: condition
        }
    }

    /// Why it is not active, in the words of the operator or the provider.
    var reasonText: String? {
        switch mode {
        case .paused, .draining: [actor.map { "by \($0)" }, why].compactMap { $0 }.joined(separator: ": ")
        case .active: conditionReason.isEmpty ? nil : conditionReason
        }
    }
}
