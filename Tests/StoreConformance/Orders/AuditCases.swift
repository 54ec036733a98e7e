import Database
import Domain
import Store
import Testing

/// Orders in the table and in the log that is sealed.
enum AuditCases {
    static let all = [
        StoreCase("an order that was carried out is one line", instant),
        StoreCase("an order's life is told in order", life),
        StoreCase("orders are listed from the newest, and go on from the oldest", listed),
        StoreCase("a head that was noted proves what stands before it", heads),
        StoreCase("a line that was changed shows", changed),
        StoreCase("old orders go from the front, and the rest can be verified", pruned),
    ]

    private static func order(_ verb: OrderVerb, _ event: EventID) -> NewOperation {
        var scope = OrderScope()
        scope.words[.event] = [event.description]
        return NewOperation(actor: "léa", verb: verb, scope: scope, matched: 3, eligible: 2, why: "")
    }

    private static func line(_ number: Int) -> InstantOperation {
        InstantOperation(actor: "lea", verb: "device.revoke", filter: "i-\(number)", why: "lost '\"", changed: number)
    }

    private static func instant(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let id = try await queue.keep(line(1), now: now)
            let reader = try place.stores.queueReader()
            let kept = try #require(try reader.operation(id))
            #expect([kept.actor, kept.verb, kept.filter, kept.why] == ["lea", "device.revoke", "i-1", "lost '\""])
            #expect(kept.state == .done && kept.at == now && kept.endedAt == now && kept.changed == 1)
            #expect(kept.orderVerb == nil && kept.scope == "{}" && kept.skipped == [:])
            let log = try reader.audit(of: id)
            #expect(log.map(\.at) == [now])
            #expect(log[0].entry["what"] == "carriedOut" && log[0].entry["filter"] == "i-1")
            #expect(try reader.operation(id + 1) == nil)
            #expect(try reader.audit(of: id + 1).isEmpty)
        }
    }

    private static func life(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let id = try await queue.begin(order(.hold, event), now: now).id
            let reader = try place.stores.queueReader()
            #expect(try reader.event(event)?.state == .held)
            #expect(try reader.runningOperations().map(\.id) == [id])
            try await queue.noteCancel(id, actor: "paul", why: "wrong one", now: now + .seconds(1))
            let ended = try await queue.end(id, .cancelled, now: now + .seconds(2))
            #expect(ended == 0)
            let again = try await queue.end(id, .done, now: now + .seconds(3))
            #expect(again == nil, "it ends once")
            let told = try #require(try reader.operation(id))
            #expect(told.state == .cancelled && told.endedAt == now + .seconds(2) && told.actor == "léa")
            #expect(told.matched == 3 && told.eligible == 2 && told.orderVerb == .hold)
            #expect(OrderScope(text: told.scope) == order(.hold, event).scope)
            let log = try reader.audit(of: id)
            #expect(log.compactMap { $0.entry["what"]?.string } == ["ordered", "cancelled", "ended"])
            #expect(log.map(\.at) == (0...2).map { now + .seconds($0) })
            #expect(try reader.runningOperations().isEmpty)
            #expect(try reader.verifyAudit().broken == nil)

            // One that failed binds nothing that comes.
            let failed = try await queue.begin(order(.drop, event), now: now).id
            _ = try await queue.end(failed, .failed, now: now)
            let pages = try await queue.append(.sample(event, persons: 1...2), now: now)
            #expect(pages == [], "the hold before it holds again")
            #expect(try reader.backlog()[.one]?.held == 2)
        }
    }

    private static func listed(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            var ids: [Int64] = []
            for number in 0..<6 {
                let event = try await queue.post(.sample("\(number)")).id
                ids.append(try await queue.begin(order(.hold, event), now: now).id)
            }
            _ = try await queue.end(ids[1], .done, now: now)
            let reader = try place.stores.queueReader()
            #expect(ids == ids.sorted())
            #expect(try reader.operations(before: nil, limit: 4).map(\.id) == Array(ids.reversed().prefix(4)))
            #expect(try reader.operations(before: ids[2], limit: 4).map(\.id) == [ids[1], ids[0]])
            #expect(try reader.operations(before: ids[0], limit: 4).isEmpty)
            #expect(try reader.runningOperations().map(\.id) == [ids[0]] + ids[2...])
        }
        // A restart finds them still to do.
        let left = try await place.queue { _ in try place.stores.queueReader().runningOperations().count }
        #expect(left == 5)
    }

    private static func heads(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let reader = try place.stores.queueReader()
            let empty = try reader.auditHead(at: now, seal: .none)
            #expect(empty.entry == 0 && empty.hash == [UInt8](repeating: 0, count: 32))
            _ = try await queue.keep(line(1), now: now)
            let head = try reader.auditHead(at: now, seal: .none)
            #expect(head.entry == 1 && head.hash.count == 32 && head.hash != empty.hash && head.key == nil)
            _ = try await queue.keep(line(2), now: now)
            #expect(AuditHead(head.object) == head, "as it is noted")

            let report = try reader.verifyAudit(heads: [head, empty])
            #expect(report.broken == nil && report.heads == 2 && report.entries == 2 && report.operations == 2)
            let first = try #require(head.object["hash"]?.string)
            #expect(try reader.verifyAudit(head: first.uppercased()).broken == nil)
            #expect(try reader.verifyAudit(head: String(repeating: "0", count: 64)).broken != nil)
            var other = head
            other.hash[0] ^= 1
            #expect(try reader.verifyAudit(heads: [other]).broken?.contains("made anew") == true)
            other = head
            other.entry = 3
            #expect(try reader.verifyAudit(heads: [other]).broken?.contains("cut off") == true)
        }
    }

    private static func changed(_ place: StorePlace) async throws {
        try await place.queue { queue in
            for number in 1...3 { _ = try await queue.keep(line(number), now: StorePlace.start) }
            let reader = try place.stores.queueReader()
            let session = try place.session()
            try session.run("UPDATE operation SET why = ? WHERE id = 2", "another")
            #expect(try reader.verifyAudit().broken?.contains("its why is not") == true)
            try session.run("UPDATE operation SET why = ? WHERE id = 2", line(2).why)
            #expect(try reader.verifyAudit().broken == nil)
            try session.run("DELETE FROM audit WHERE id = 2")
            #expect(try reader.verifyAudit().broken == "entry 2 is missing")
        }
    }

    private static func pruned(_ place: StorePlace) async throws {
        let now = StorePlace.start
        let day = Duration.seconds(86_400)
        try await place.queue { queue in
            let reader = try place.stores.queueReader()
            _ = try await queue.keep(line(1), now: now)
            _ = try await queue.keep(line(2), now: now)
            let event = try await queue.post(.sample("a")).id
            let running = try await queue.begin(order(.hold, event), now: now).id
            _ = try await queue.keep(line(3), now: now + day * 50)
            let head = try reader.auditHead(at: now, seal: .none)

            let early = try await queue.pruneAudit(before: now + day * 20, now: now + day * 60)
            #expect(early == 0, "as long as less than the slack has gathered")
            let one = try await queue.pruneAudit(before: now + day * 40, max: 1, now: now + day * 60)
            #expect(one == 1)
            let rest = try await queue.pruneAudit(before: now + day * 40, now: now + day * 60)
            #expect(rest == 1, "an order that is not over stays, with all behind it")
            let none = try await queue.pruneAudit(before: now + day * 40, now: now + day * 60)
            #expect(none == 0)

            let report = try reader.verifyAudit(heads: [head])
            #expect(report.broken == nil && report.pruned == 2 && report.entries == 4)
            #expect(try reader.operation(running)?.state == .running)
            #expect(try reader.operation(1) == nil)
            let last = try #require(try reader.operations(before: nil, limit: 1).first)
            #expect(last.verb == "operation.prune" && last.changed == 1)
        }
    }
}
