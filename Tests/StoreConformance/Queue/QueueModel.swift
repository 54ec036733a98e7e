import Domain
import Store
import Testing

/// Random outcomes, retries and expiries against a plain dictionary: pages, retries, reports and events must agree with it.
package struct QueueModel {
    let place: StorePlace

    package init(_ place: StorePlace) { self.place = place }

    struct Slot {
        var event: EventID
        var lane: LaneID
        var person: PersonID
        var state: DeliveryState
        var retryAt: Instant?
        var expiresAt: Instant
    }

    package func walk(seed: UInt64) async throws {
        var random = SeededWalk(seed: seed)
        var model: [DeliveryID: Slot] = [:]
        try await place.queue { queue async throws in
            var now = StorePlace.start
            var events: [EventID] = []
            for number in 1...4 {
                let event = try await queue.accept(.sample("\(number)")).id
                events.append(event)
                try await expand(event, queue, &model, &random)
            }
            for _ in 0..<25 {
                now = now + .milliseconds(Int64.random(in: 0...120_000, using: &random))
                if Int.random(in: 0..<6, using: &random) == 0 {
                    while try await !queue.expire(now: now, pagesMax: 2, retriesMax: 500).isEmpty {}
                    for (id, slot) in model where !slot.state.isTerminal && slot.expiresAt <= now {
                        model[id]?.state = .expired
                        model[id]?.retryAt = nil
                    }
                } else {
                    let outcomes = self.outcomes(&model, now: now, &random)
                    try await queue.record(outcomes, now: now)
                }
                try check(model, events, now, seed)
            }
        }
        // And the same after a restart.
        try await place.queue { _ in }
        try check(model, Array(Set(model.values.map(\.event))), StorePlace.start, seed)
    }

    private func expand(
        _ event: EventID,
        _ queue: QueueStore,
        _ model: inout [DeliveryID: Slot],
        _ random: inout SeededWalk
    ) async throws {
        let parts = Int.random(in: 1...3, using: &random)
        for part in 0..<parts {
            let first = Int64(part) * 100 + 1
            let expiresAt = StorePlace.start + .seconds(Int64.random(in: 600...3600, using: &random))
            var step = ExpansionStep.sample(
                event,
                part: part,
                persons: first...(first + Int64.random(in: 1...40, using: &random)),
                lanes: [LaneID(rawValue: 1), LaneID(rawValue: 2)],
                isLast: part == parts - 1,
                expiresAt: expiresAt
            )
            let nowhere = Plan.Slot(person: PersonID(rawValue: first + 50), device: DeviceID(rawValue: 0))
            step.pages.append(
                NewPage(
                    lane: .nowhere,
                    tag: 0,
                    plan: Plan(slots: [nowhere]),
                    result: PageResult([SlotResult(.withheld, reason: .noDevice)])
                )
            )
            let entries = try #require(try await queue.append(step, now: StorePlace.start))
            for (entry, page) in zip(entries, step.pages) {
                for (number, slot) in page.plan.slots.enumerated() {
                    model[DeliveryID(page: entry.page, slot: number)] = Slot(
                        event: event,
                        lane: page.lane,
                        person: slot.person,
                        state: .pending,
                        expiresAt: expiresAt
                    )
                }
            }
            // Lane 0 has no entry; its page follows the others.
            let last = try #require(entries.last).page.rawValue + 1
            model[DeliveryID(page: PageID(rawValue: last), slot: 0)] = Slot(
                event: event,
                lane: .nowhere,
                person: nowhere.person,
                state: .withheld,
                expiresAt: expiresAt
            )
        }
    }

    /// Outcomes for a random handful, terminal slots included, applied to the model by its own plain rule.
    private func outcomes(
        _ model: inout [DeliveryID: Slot],
        now: Instant,
        _ random: inout SeededWalk
    ) -> [Outcome] {
        let ids = model.keys.sorted().filter { model[$0]?.lane != .nowhere }
        return (0..<Int.random(in: 1...30, using: &random)).compactMap { _ in
            guard let id = ids.randomElement(using: &random), let slot = model[id] else { return nil }
            let states: [DeliveryState] = [
                .accepted, .accepted, .deferred, .deferred, .rejected, .dead, .expired, .dropped,
            ]
            let state = states[Int.random(in: states.indices, using: &random)]
            let retryAt = now + .seconds(Int64.random(in: 1...300, using: &random))
            // What a provider took is accepted, also when its time had ended meanwhile.
            if !slot.state.isTerminal || (slot.state == .expired && state == .accepted) {
                model[id]?.state = state
                model[id]?.retryAt = state == .deferred ? retryAt : nil
            }
            return Outcome(
                page: id.page,
                slot: id.slot,
                result: SlotResult(state, reason: state == .accepted ? nil : .retrying),
                retryAt: state == .deferred ? retryAt : nil,
                attempts: 1,
                isRetry: slot.state == .deferred
            )
        }
    }

    private func check(
        _ model: [DeliveryID: Slot],
        _ events: [EventID],
        _ now: Instant,
        _ seed: UInt64
    ) throws {
        let reader = try place.stores.queueReader()
        for event in events {
            let own = model.filter { $0.value.event == event }
            let report = try #require(try reader.report(on: event) { _ in nil })
            let sums = report.deliveries
            func count(_ states: DeliveryState...) -> Int { own.values.count { states.contains($0.state) } }
            #expect(
                [sums.accepted, sums.pending, sums.deferred, sums.rejected, sums.expired, sums.withheld]
                    == [
                        count(.accepted), count(.pending), count(.deferred), count(.rejected, .dead, .dropped),
                        count(.expired), count(.withheld),
                    ],
                "seed \(seed)"
            )
            #expect(sums.total == own.count, "seed \(seed)")
            #expect((report.event.state == .done) == own.values.allSatisfy(\.state.isTerminal), "seed \(seed)")
            let reached = Set(own.values.filter { $0.state == .accepted }.map(\.person))
            #expect(Set(report.guardians.filter { $0.standing == .reached }.map(\.person)) == reached, "seed \(seed)")
        }
        let open = Set(model.filter { $0.value.state == .pending }.map(\.key.page))
        #expect(Set(try reader.openPages().map(\.page)) == open, "seed \(seed)")
        for lane in [LaneID(rawValue: 1), LaneID(rawValue: 2)] {
            let due = try reader.dueRetries(on: lane, now: Instant(milliseconds: .max), limit: 100_000)
            let waiting = model.filter { $0.value.lane == lane && $0.value.state == .deferred }
            #expect(Set(due.map(\.delivery)) == Set(waiting.keys), "seed \(seed)")
            #expect(due.map(\.dueAt) == waiting.values.compactMap(\.retryAt).sorted(), "seed \(seed)")
        }
    }
}
