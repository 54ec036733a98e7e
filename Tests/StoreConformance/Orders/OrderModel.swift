import Database
import Domain
import Store
import Testing

/// Random orders among random outcomes and expiries against a plain dictionary: slots, rows of exceptions and events must agree with it.
package struct OrderModel {
    let place: StorePlace

    package init(_ place: StorePlace) { self.place = place }

    struct Slot {
        var event: EventID
        var lane: LaneID
        var state = DeliveryState.pending
        var attempts = 0
        var retryAt: Instant?
        var expiresAt: Instant
    }

    package func walk(seed: UInt64) async throws {
        var random = SeededWalk(seed: seed)
        var model: [DeliveryID: Slot] = [:]
        try await place.queue { queue async throws in
            var now = StorePlace.start
            for number in 1...3 {
                let event = try await queue.accept(.sample("\(number)")).id
                let expiresAt = now + .seconds(Int64.random(in: 600...3600, using: &random))
                let step = ExpansionStep.sample(
                    event,
                    persons: 1...Int64.random(in: 2...20, using: &random),
                    lanes: [LaneID(rawValue: 1), LaneID(rawValue: 2)],
                    expiresAt: expiresAt
                )
                for entry in try #require(try await queue.append(step, now: now)) {
                    for slot in 0..<entry.count {
                        let id = DeliveryID(page: entry.page, slot: slot)
                        model[id] = Slot(event: event, lane: entry.lane, expiresAt: expiresAt)
                    }
                }
            }
            for turn in 0..<60 {
                now = now + .milliseconds(Int64.random(in: 0...60_000, using: &random))
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    while try await !queue.expire(now: now).isEmpty {}
                    expire(&model, now: now)
                case 1...3: try await queue.record(outcomes(&model, now: now, &random), now: now)
                default: try await give(&model, queue, now: now, &random)
                }
                try check(model, "seed \(seed), turn \(turn)")
            }
        }
        try check(model, "seed \(seed), after a restart")
        #expect(try place.stores.queueReader().verifyAudit().broken == nil)
    }

    private func expire(_ model: inout [DeliveryID: Slot], now: Instant) {
        for (id, slot) in model where [.pending, .deferred].contains(slot.state) && slot.expiresAt <= now {
            model[id]?.state = .expired
        }
    }

    private func outcomes(
        _ model: inout [DeliveryID: Slot],
        now: Instant,
        _ random: inout SeededWalk
    ) -> [Outcome] {
        (0..<8).compactMap { _ in
            guard let id = model.keys.sorted().randomElement(using: &random), let slot = model[id] else { return nil }
            let states = [DeliveryState.accepted, .deferred, .deferred, .rejected, .dead]
            let state = states[Int.random(in: states.indices, using: &random)]
            let due = now + .seconds(Int64.random(in: 1...300, using: &random))
            let isOpen = slot.state == .pending || slot.state == .deferred
            // What a provider took is accepted, also when its time had ended meanwhile.
            let isLate = slot.state == .expired && state == .accepted
            if isOpen || isLate || (slot.state == .held && state.isTerminal) {
                model[id]?.state = state
                model[id]?.retryAt = due
                model[id]?.attempts = slot.attempts + 1
            }
            return Outcome(
                page: id.page,
                slot: id.slot,
                result: SlotResult(state, reason: state == .accepted ? nil : .retrying),
                retryAt: state == .deferred ? due : nil,
                attempts: slot.attempts + 1,
                isRetry: slot.state == .deferred
            )
        }
    }

    private func give(
        _ model: inout [DeliveryID: Slot],
        _ queue: QueueStore,
        now: Instant,
        _ random: inout SeededWalk
    ) async throws {
        let verb = OrderVerb.allCases[Int.random(in: OrderVerb.allCases.indices, using: &random)]
        let withDead = Bool.random(using: &random)
        let chosen = model.keys.sorted().filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let inFlight = Set(chosen.filter { _ in Int.random(in: 0..<6, using: &random) == 0 })
        var scope = OrderScope()
        scope.deliveries = chosen
        let order = NewOperation(
            actor: "lea",
            verb: verb,
            scope: scope,
            matched: chosen.count,
            eligible: chosen.count,
            why: "walk"
        )
        let operation = try await queue.begin(order, now: now).id
        let pages = Dictionary(grouping: chosen, by: \.page).sorted { $0.key < $1.key }
        let slice = OrderSlice(
            operation: operation,
            verb: verb,
            withDead: withDead,
            isFresh: false,
            pages: pages.map { ($0.key, $0.value.map(\.slot)) },
            inFlight: inFlight,
            skipped: [:]
        )
        let (changed, skipped) = try await queue.apply(slice, now: now)
        let expected = apply(verb, withDead, chosen.filter { !inFlight.contains($0) }, &model, now: now)
        #expect(changed == expected)
        #expect(changed + skipped.values.reduce(0, +) == chosen.count)
        let ended = try await queue.end(operation, .done, now: now)
        #expect(ended == changed)
    }

    /// The rule, said once more in the plainest way.
    private func apply(
        _ verb: OrderVerb,
        _ withDead: Bool,
        _ ids: [DeliveryID],
        _ model: inout [DeliveryID: Slot],
        now: Instant
    ) -> Int {
        var changed = 0
        for id in ids {
            guard var slot = model[id] else { continue }
            let isOver = slot.expiresAt <= now
            switch (verb, slot.state) {
            case (.retry, .deferred) where !isOver: slot.retryAt = now
            case (.retry, .dead) where !isOver: (slot.state, slot.retryAt, slot.attempts) = (.deferred, now, 0)
            case (.hold, .pending), (.hold, .deferred): slot.state = .held
            case (.release, .held): (slot.state, slot.retryAt) = (isOver ? .expired : .deferred, now)
            case (.drop, .pending), (.drop, .deferred), (.drop, .held): slot.state = .dropped
            case (.drop, .dead) where withDead: slot.state = .dropped
            case (.withdraw, .pending), (.withdraw, .deferred), (.withdraw, .held): slot.state = .dropped
            case (.supersede, .pending), (.supersede, .deferred), (.supersede, .held): slot.state = .dropped
            case (.expire, .pending), (.expire, .deferred), (.expire, .held): slot.state = .expired
            default: continue
            }
            model[id] = slot
            changed += 1
        }
        return changed
    }

    private func check(_ model: [DeliveryID: Slot], _ comment: Comment) throws {
        let reader = try place.stores.queueReader()
        for (page, slots) in Dictionary(grouping: model.keys, by: \.page) {
            let read = try #require(try reader.page(page))
            for id in slots { #expect(read.result[id.slot].state == model[id]?.state, comment) }
        }
        func ids(_ state: DeliveryState) -> Set<DeliveryID> { Set(model.filter { $0.value.state == state }.keys) }
        #expect(Set(try reader.openPages().map(\.page)) == Set(ids(.pending).map(\.page)), comment)
        for lane in [LaneID(rawValue: 1), LaneID(rawValue: 2)] {
            let due = try reader.dueRetries(on: lane, now: Instant(milliseconds: .max), limit: 100_000)
            let deferred = model.filter { $0.value.state == .deferred && $0.value.lane == lane }
            #expect(Set(due.map(\.delivery)) == Set(deferred.keys), comment)
            for row in due {
                #expect(row.dueAt == model[row.delivery]?.retryAt, comment)
                #expect(row.attempts == model[row.delivery]?.attempts, comment)
            }
        }
        let connection = try place.session()
        let held = try connection.all("SELECT delivery FROM held") { DeliveryID(rawValue: $0.int64(0)) }
        #expect(Set(held) == ids(.held), comment)
        let dead = try connection.all("SELECT delivery FROM dead") { DeliveryID(rawValue: $0.int64(0)) }
        #expect(Set(dead) == ids(.dead), comment)
        for event in Set(model.values.map(\.event)) {
            let isDone = model.values.filter { $0.event == event }.allSatisfy(\.state.isTerminal)
            #expect((try reader.event(event)?.state == .done) == isDone, comment)
        }
    }
}
