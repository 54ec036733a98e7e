import Domain

/// What a scan has read of a delivery so far. A condition about what is not read yet is undecided, so that most pages are told apart by
/// their header and their event and never decoded.
struct DeliveryFacts {
    var header: PageHeader
    var event: StoredEvent?
    /// What the event is about, as posted: subject, resource, sub-resource and address.
    var references: [String]?
    var state: DeliveryState?
    var slot: Plan.Slot?
    var row: DeliveryRow?

    init(header: PageHeader) { self.header = header }

    /// A row knows all there is.
    mutating func add(_ row: DeliveryRow) {
        state = row.result.state
        slot = Plan.Slot(person: row.person, device: row.device)
        self.row = row
    }
}

extension QueueReader {
    /// What an event is about, as posted. Reads its text.
    func references(of event: StoredEvent) throws -> [String] {
        let content = try publication(of: event.id)
        return [event.subject, content?.resourceID, content?.resourceSubID, content?.resourceURI].compactMap { $0 }
    }
}

/// A conjunction of which some parts may not be known yet.
private struct Conjunction {
    /// nil: what is known holds, and something is not known.
    private(set) var holds: Bool? = true

    mutating func add(_ part: Bool?) {
        if part == false { holds = false } else if part == nil, holds == true { holds = nil }
    }
}

extension QueueFilter {
    /// Whether a delivery with these facts is admitted; nil while facts are missing to tell.
    func admits(_ facts: DeliveryFacts) -> Bool? {
        var all = Conjunction()
        let made = facts.header.madeAt
        if let lanes { all.add(lanes.contains(facts.header.lane)) }
        if let madeBefore { all.add(made < madeBefore) }
        if let madeSince { all.add(made >= madeSince) }
        if let event { all.add(facts.header.event == event) }
        if !schools.isEmpty {
            all.add(facts.event.map { event in schools.contains { $0.matches(event.school ?? "") } })
        }
        if !apps.isEmpty { all.add(facts.event.map { event in apps.contains { $0.matches(event.app) } }) }
        if !kinds.isEmpty {
            all.add(facts.event.map { event in kinds.contains { $0.matches(event.app + "." + event.action) } })
        }
        if !classes.isEmpty { all.add(facts.event.map { classes.contains($0.urgency) }) }
        if !references.isEmpty {
            all.add(facts.references.map { words in references.contains { words.contains(where: $0.matches) } })
        }
        if !states.isEmpty { all.add(facts.state.map(states.contains)) }
        if let user { all.add(admits(user, facts)) }
        if let device { all.add(facts.slot.map { $0.device == device }) }
        if needsRow { all.add(facts.row.map(admits)) }
        for expression in expressions where all.holds != false { all.add(Self.admits(expression, facts)) }
        return all.holds
    }

    private func admits(_ user: User, _ facts: DeliveryFacts) -> Bool? {
        guard let event = facts.event else { return nil }
        guard let person = user.person(in: event), facts.header.persons.contains(person.rawValue) else { return false }
        return facts.slot.map { $0.person == person }
    }

    private static func admits(_ expression: [[Clause]], _ facts: DeliveryFacts) -> Bool? {
        var isUndecided = false
        for alternative in expression {
            var all = Conjunction()
            for clause in alternative {
                let holds = clause.filter.admits(facts)
                all.add(clause.isNegated ? holds.map { !$0 } : holds)
            }
            if all.holds == true { return true }
            if all.holds == nil { isUndecided = true }
        }
        return isUndecided ? nil : false
    }

    private func admits(_ row: DeliveryRow) -> Bool {
        let words = [row.result.reason?.word, row.last?.reason].compactMap { $0 }
        return (reasons.isEmpty || reasons.contains { words.contains(where: $0.matches) })
            && (statuses.isEmpty
                || row.last.map { last in statuses.contains { $0.range.contains(last.status) } } ?? false)
            && (dueBefore.map { limit in row.nextAt.map { $0 < limit } ?? false } ?? true)
            && (dueSince.map { limit in row.nextAt.map { $0 >= limit } ?? false } ?? true)
            && attempts.allSatisfy { $0.holds(row.attempts) }
    }

    /// Itself and the filters of its clauses.
    private func contains(_ need: (QueueFilter) -> Bool) -> Bool {
        need(self) || expressions.contains { $0.contains { $0.contains { $0.filter.contains(need) } } }
    }

    private var needsRow: Bool {
        !reasons.isEmpty || !statuses.isEmpty || dueBefore != nil || dueSince != nil || !attempts.isEmpty
    }

    /// True when the rows of exceptions (retry, dead, attempt) have to be read to decide.
    var needsExceptions: Bool { contains(\.needsRow) }
    var needsPlan: Bool { contains { $0.user != nil || $0.device != nil } }
    /// True when what the event was posted with has to be read to decide.
    var needsReferences: Bool { contains { !$0.references.isEmpty } }
}
