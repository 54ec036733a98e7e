import Database
import Domain

/// What the deep check gathers of one event, compared when all of it is there.
struct EventFindings {
    let name: String
    private(set) var violations: [ConservationReport.Violation] = []
    private(set) var pages = 0
    private(set) var deliveries = 0
    private(set) var pending = 0
    /// Pages that are open.
    private(set) var pagesToDo = 0
    private(set) var persons: Set<PersonID> = []
    private var deferred: [Int64: Int64] = [:]
    private var dead: [Int64: Int64] = [:]
    private var held: [Int64: Int64] = [:]
    private var withSlots: Set<PersonID> = []
    private var rung: Set<Plan.Slot> = []
    private var pageParts: Set<Int> = []
    private var personMax: Int64 = -1
    private var parts: [Int] = []
    private var lastOfPart: Int64 = .min
    private var authors: Set<PersonID> = []

    init(name: String) { self.name = name }

    mutating func violate(_ rule: ConservationReport.Rule, _ id: String, _ detail: String) {
        violations.append(.init(rule, id, detail))
    }

    /// A row of ``ConservationSQL/pages``.
    mutating func add(_ row: borrowing Row) {
        let id = row.int64(0)
        let page = "page \(id)"
        pages += 1
        let state = row.int(4)
        if state == 0 { pagesToDo += 1 }
        pageParts.insert(row.int(2))
        personMax = max(personMax, row.int64(7))
        if !row.bool(10) { violate(.orphan, page, "its lane \(row.int64(1)) does not exist") }
        guard !row.isNull(8), !row.isNull(9) else { return violate(.readable, page, "plan or result is missing") }
        let plan: Plan
        let result: PageResult
        do {
            plan = try row.withBlob(8) { try Plan(decoding: $0) }
            result = try row.withBlob(9) { try PageResult(decoding: $0) }
        } catch {
            return violate(.readable, page, "\(error)")
        }
        let count = row.int(3)
        guard plan.slots.count == result.count, result.count == count else {
            return violate(
                .length,
                page,
                "count \(count), \(plan.slots.count) slots in the plan, \(result.count) in the result"
            )
        }
        if plan.slots.first?.person.rawValue != row.int64(6) || plan.slots.last?.person.rawValue != row.int64(7) {
            violate(.cursor, page, "its first or last person is not that of its plan")
        }
        deliveries += count
        let waiting = result.pendingCount
        pending += waiting
        if state == 1, waiting > 0 { violate(.pageState, page, "closed, with \(waiting) slots pending") }
        if state == 0, waiting == 0 { violate(.pageState, page, "open, and no slot is pending") }
        if (state == 1) == row.isNull(5) { violate(.pageState, page, "state \(state), closed_at does not fit") }
        addSlots(of: plan, result, page: PageID(rawValue: id), lane: row.int64(1))
    }

    private mutating func addSlots(of plan: Plan, _ result: PageResult, page: PageID, lane: Int64) {
        for (number, slot) in plan.slots.enumerated() {
            let delivery = DeliveryID(page: page, slot: number)
            withSlots.insert(slot.person)
            switch result[number].state {
            case .deferred: deferred[delivery.rawValue] = lane
            case .dead: dead[delivery.rawValue] = lane
            case .held: held[delivery.rawValue] = lane
            case .pending, .accepted, .rejected, .expired, .withheld, .dropped: break
            }
            // What ended without a ring may be sent again, by a delivery of its own.
            if result[number].state.rings, lane != 0 || slot.device.rawValue != 0, !rung.insert(slot).inserted {
                violate(.accounted, delivery.description, "the same device of the same person twice in one event")
            }
        }
    }

    /// A row of ``ConservationSQL/concerned``, in the order of parts.
    mutating func addConcerned(_ row: borrowing Row) {
        let part = row.int(0)
        parts.append(part)
        let entries: [ConcernedPersons.Entry]
        do { entries = try row.withBlob(1) { try ConcernedPersons(decoding: $0).entries } } catch {
            return violate(.readable, name, "the persons of part \(part): \(error)")
        }
        // Pupils without guardian stand in the first part whatever their id.
        let own = entries.filter { $0.role != .pupilWithoutGuardian }
        if let first = own.first?.person.rawValue, first <= lastOfPart {
            violate(.cursor, name, "part \(part) begins with a person of an earlier part")
        }
        lastOfPart = own.last?.person.rawValue ?? lastOfPart
        for entry in own {
            if entry.role == .author { authors.insert(entry.person) } else { persons.insert(entry.person) }
        }
    }

    /// Rows of the three tables, by delivery with their lane.
    mutating func compare(retries: [Int64: Int64], dead deadRows: [Int64: Int64], held heldRows: [Int64: Int64]) {
        compare(deferred, retries, .retry, "deferred", "retry")
        compare(dead, deadRows, .dead, "dead", "dead")
        compare(held, heldRows, .held, "held", "held")
    }

    private mutating func compare(
        _ slots: [Int64: Int64],
        _ rows: [Int64: Int64],
        _ rule: ConservationReport.Rule,
        _ state: String,
        _ table: String
    ) {
        for (delivery, lane) in slots {
            guard let other = rows[delivery] else {
                violate(rule, Self.name(delivery), "the slot is \(state), and no row in \(table) has it")
                continue
            }
            if other != lane { violate(rule, Self.name(delivery), "the page is on lane \(lane), the row on \(other)") }
        }
        for delivery in rows.keys where slots[delivery] == nil {
            violate(rule, Self.name(delivery), "a row in \(table), and the slot is not \(state)")
        }
    }

    /// `isWhole`: expansion has ended.
    mutating func compareExpansion(cursor: Int64, parts count: Int, isWhole: Bool) {
        if parts != Array(0..<max(count, 0)) {
            violate(.cursor, name, "\(count) parts are said to exist, \(parts.count) do")
        }
        if let part = pageParts.max(), part >= count { violate(.cursor, name, "a page of part \(part), of \(count)") }
        if personMax > cursor { violate(.cursor, name, "a page goes beyond the cursor") }
        if isWhole, count == 0 { violate(.cursor, name, "wholly expanded, without a part") }
        for person in persons.subtracting(withSlots) {
            violate(.accounted, name, "person \(person.rawValue) is concerned, and has no slot")
        }
        for person in withSlots.subtracting(persons) {
            let why = authors.contains(person) ? "is the author" : "is not concerned"
            violate(.accounted, name, "person \(person.rawValue) has a slot, and \(why)")
        }
    }

    private static func name(_ delivery: Int64) -> String {
        delivery < 0 ? "delivery \(delivery)" : DeliveryID(rawValue: delivery).description
    }
}
