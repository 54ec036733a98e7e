import Domain
import Store
import Testing

/// Lanes: their names, an operator's orders, what the dispatcher sees, and the pages that wait.
enum LaneCases {
    static let all = [
        StoreCase("a lane is made once, by its bytes", made),
        StoreCase("an order to a lane is on the disk and in the log, or nowhere", ordered),
        StoreCase("what the dispatcher sees is handed over in order", noted),
        StoreCase("open pages come by lane, tag and number", openPages),
    ]

    private static func made(_ place: StorePlace) async throws {
        let now = StorePlace.start
        let first = try await place.queue { queue in
            let first = try await queue.lane(named: "fcm/a", provider: .some, now: now)
            let again = try await queue.lane(named: "fcm/a", provider: .other, now: now + .seconds(9))
            #expect(again.id == first.id && again.provider == .some && again.changedAt == now)
            let capital = try await queue.lane(named: "FCM/a", provider: .some, now: now)
            #expect(capital.id != first.id && first.id > .nowhere)
            #expect(first.mode == .active && first.actor == nil && first.why == nil && first.until == nil)
            return first
        }
        try await place.queue { queue in
            let lanes = try place.stores.queueReader().lanes()
            #expect(lanes.map(\.name) == ["FCM/a", "fcm/a"])
            #expect(lanes.last?.id == first.id)
            let known = try await queue.lane(named: "fcm/a", provider: .some, now: now + .seconds(99))
            #expect(known.id == first.id)
        }
    }

    private static func ordered(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let lane = try await queue.lane(named: "fcm/a", provider: .some, now: now).id
            let until = now + .seconds(600)
            try await queue.setMode(.paused, of: lane, actor: "lea", why: "é", until: until, now: now + .seconds(1))
            try await queue.setMode(.paused, of: lane, actor: "léo", why: "", now: now + .seconds(5))
            let reader = try place.stores.queueReader()
            let paused = try #require(try reader.lanes().first)
            #expect(paused.mode == .paused && paused.actor == "léo" && paused.why == "" && paused.until == nil)
            #expect(paused.changedAt == now + .seconds(1), "the same order is no new state")
            try await queue.setMode(.draining, of: lane, actor: "lea", why: "", until: until, now: now + .seconds(7))
            #expect(try reader.lanes().first?.changedAt == now + .seconds(7))
            #expect(try reader.lanes().first?.until == until)

            let error = await #expect(throws: StoreError.self) {
                try await queue.order(.active, LaneID(rawValue: 99), now: now)
            }
            guard case .damaged = error else {
                Issue.record("\(error as Any)")
                return
            }
            let log = try reader.operations(before: nil, limit: 9)
            #expect(log.map(\.verb) == ["lane.draining", "lane.paused", "lane.paused"], "what failed left no line")
            #expect(
                log.map(\.filter) == [
                    "lane=fcm/a until=\(until.rfc3339)", "lane=fcm/a", "lane=fcm/a until=\(until.rfc3339)",
                ]
            )
            #expect(log.last?.actor == "lea" && log.last?.why == "é" && log.last?.state == .done)
            #expect(try reader.verifyAudit().entries == 3)
        }
    }

    private static func noted(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let lane = try await queue.lane(named: "fcm/a", provider: .some, now: now).id
            for number in Int64(1)...50 {
                queue.note(
                    condition: "open",
                    reason: "\(number)",
                    since: now + .seconds(number),
                    virtualTime: number,
                    of: lane
                )
            }
            queue.remember("token", [0, 255])
            // Its commit comes after theirs.
            _ = try await queue.lane(named: "fcm/b", provider: .some, now: now)
            let reader = try place.stores.queueReader()
            let noted = try #require(try reader.lanes().first)
            #expect(noted.condition == "open" && noted.conditionReason == "50" && noted.virtualTime == 50)
            #expect(noted.changedAt == now + .seconds(50) && noted.mode == .active)
            #expect(try reader.meta("token") == [0, 255])
            #expect(try reader.meta("Token") == nil)
        }
    }

    private static func openPages(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            var slow = NewEvent.sample("slow")
            slow.publication.urgency = .low
            let event = try await queue.post(slow).id
            let urgent = try await queue.post(.sample("urgent")).id
            var step = ExpansionStep.sample(event, persons: 1...2, lanes: [.two, .one, .one])
            for (index, tag) in [Int64(5), 7, -3].enumerated() { step.pages[index].tag = tag }
            let own = try #require(try await queue.append(step, now: now))
            let later = try #require(try await queue.append(.sample(urgent, persons: 1...2, lanes: [.one]), now: now))

            let reader = try place.stores.queueReader()
            let entries = try reader.openPages()
            #expect(entries.map(\.page) == [own[2], later[0], own[1], own[0]].map(\.page))
            #expect(entries.map(\.tag) == [-3, 0, 7, 5])
            #expect(entries.map(\.isUrgent) == [false, true, false, false])
            #expect(entries.map(\.event) == [event, urgent, event, event] && entries.allSatisfy { $0.count == 2 })
            #expect(try reader.openPages(on: .one) == Array(entries.prefix(3)))
            #expect(try reader.openPages(on: .two) == Array(entries.suffix(1)))
            #expect(try reader.openPages(on: LaneID(rawValue: 3)).isEmpty)

            try await queue.record((0..<2).map { .accepted(own[0].page, $0) }, now: now)
            #expect(try !reader.hasOpenPage(on: .two))
            #expect(try reader.hasOpenPage(on: .one))
            #expect(try reader.openPages(on: .two).isEmpty)
        }
    }
}

/// Untyped throws: inside `#expect` a typed throw is not understood by Swift 6.2.
extension QueueStore {
    fileprivate func order(_ mode: StoredLane.Mode, _ lane: LaneID, now: Instant) async throws {
        try await setMode(mode, of: lane, actor: "lea", why: "", now: now)
    }
}
