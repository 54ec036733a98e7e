import Domain
import SQLite
import Store
import Testing

/// What a scan finds, against a plain loop over everything that was put in.
@Suite(.timeLimit(.minutes(1)))
struct DeliveryScanTests {
    private let now = TestFolder.start

    /// Two events on two lanes; one delivery of each kind of ending.
    private func filled(_ body: (QueueReader, EventID, [LaneID]) async throws -> Void) async throws {
        let folder = try TestFolder()
        try await folder.queue { queue in
            var lanes: [LaneID] = []
            for name in ["fcm/one", "apns/one"] {
                lanes.append(try await queue.lane(named: name, provider: .fcm, now: now).id)
            }
            let event = try await queue.post(.sample("a")).id
            let pages = try #require(
                try await queue.append(.sample(event, persons: 1...10, lanes: lanes), now: now)
            ).map(\.page)
            try await queue.record(outcomes(pages[0]), now: now + .seconds(60))
            let other = try await queue.post(.sample("b")).id
            _ = try await queue.append(.sample(other, persons: 5...6, lanes: [lanes[1]]), now: now + .seconds(600))
            try await body(try folder.reader(), event, lanes)
        }
    }

    private func outcomes(_ page: PageID) -> [Outcome] {
        func failed(_ slot: Int, _ result: SlotResult, _ status: Int, _ reason: String, tries: Int = 1) -> Outcome {
            Outcome(
                page: page,
                slot: slot,
                result: result,
                retryAt: result.state == .deferred ? now + .seconds(90) : nil,
                attempts: tries,
                attempt: .init(at: now + .seconds(60), milliseconds: 5, status: status, reason: reason)
            )
        }
        return [
            Outcome(page: page, slot: 0, result: .accepted(attempts: 1, latencyMilliseconds: 40), attempts: 1),
            failed(1, SlotResult(.deferred, reason: .retrying), 503, "UNAVAILABLE"),
            failed(2, SlotResult(.deferred, reason: .retrying), 0, "timeout", tries: 4),
            failed(3, SlotResult(.dead, reason: .dead), 500, "INTERNAL", tries: 8),
            failed(4, SlotResult(.rejected, reason: .tokenGone), 404, "UNREGISTERED"),
        ]
    }

    private func found(_ reader: QueueReader, _ change: (inout QueueFilter) -> Void) throws -> [DeliveryRow] {
        var filter = QueueFilter()
        change(&filter)
        let scan = DeliveryScan(reader, filter)
        var rows: [DeliveryRow] = []
        while let match = try scan.next() { rows += try scan.rows(of: match) }
        return rows
    }

    @Test func `every condition chooses what it says`() async throws {
        try await filled { reader, event, lanes async throws in
            #expect(try found(reader) { _ in }.count == 22)
            #expect(try found(reader) { $0.states = [.pending] }.count == 17)
            #expect(try found(reader) { $0.states = [.pending, .deferred] }.count == 19)
            #expect(try found(reader) { $0.states = [.dead] }.map(\.attempts) == [8])
            #expect(try found(reader) { $0.lanes = [lanes[0]] }.count == 10)
            #expect(try found(reader) { ($0.states, $0.lanes) = ([.pending], [lanes[1]]) }.count == 12)
            #expect(try found(reader) { $0.event = event }.count == 20)
            #expect(try found(reader) { $0.user = .known(PersonID(rawValue: 5)) }.count == 3)
            #expect(try found(reader) { $0.user = .unknown("nobody") }.isEmpty)
            #expect(try found(reader) { $0.device = DeviceID(rawValue: 10_002) }.count == 2)
            #expect(try found(reader) { $0.reasons = [GlobPattern("UNAVAIL*")] }.map(\.id.slot) == [1])
            #expect(try found(reader) { $0.reasons = [GlobPattern("tokenGone")] }.map(\.id.slot) == [4])
            #expect(try found(reader) { $0.statuses = [.init("5xx")].compactMap { $0 } }.map(\.id.slot) == [1, 3])
            #expect(try found(reader) { $0.statuses = [.init("0")].compactMap { $0 } }.map(\.id.slot) == [2])
            #expect(try found(reader) { $0.attempts = [.init(">=4")].compactMap { $0 } }.map(\.id.slot) == [2, 3])
            #expect(try found(reader) { $0.dueBefore = now + .seconds(91) }.count == 2)
            #expect(try found(reader) { $0.dueBefore = now + .seconds(90) }.isEmpty)
            #expect(try found(reader) { $0.madeSince = now + .seconds(600) }.count == 2)
            #expect(try found(reader) { $0.madeBefore = now + .seconds(600) }.count == 20)
            #expect(try found(reader) { $0.schools = [GlobPattern("0429*")] }.count == 22)
            #expect(try found(reader) { $0.schools = [GlobPattern("0751*")] }.isEmpty)
            #expect(try found(reader) { $0.kinds = [GlobPattern("blog.publish-*")] }.count == 22)
        }
    }

    @Test func `what is known of a failure comes with its row`() async throws {
        try await filled { reader, _, _ async throws in
            let row = try #require(try found(reader) { $0.states = [.deferred] }.first)
            #expect(row.last?.status == 503 && row.last?.reason == "UNAVAILABLE" && row.attempts == 1)
            #expect(row.nextAt == now + .seconds(90) && row.school == "0429901A" && row.madeAt == now)
            #expect(try reader.delivery(row.id)?.nextAt == row.nextAt)
            #expect(try found(reader) { $0.states = [.dead] }.first?.diedAt == now + .seconds(60))
        }
    }

    @Test func `a scan goes on after any delivery`() async throws {
        try await filled { reader, _, _ async throws in
            for states in [[], [.pending], [.deferred, .dead]] as [Set<DeliveryState>] {
                let all = try found(reader) { $0.states = states }.map(\.id)
                #expect(all == all.sorted())
                for (index, id) in all.enumerated() {
                    var filter = QueueFilter()
                    filter.states = states
                    let scan = DeliveryScan(reader, filter, after: id)
                    var rest: [DeliveryID] = []
                    while let match = try scan.next() { rest += try scan.rows(of: match).map(\.id) }
                    #expect(rest == Array(all[(index + 1)...]))
                }
            }
        }
    }

    @Test func `ages are counted by any key`() async throws {
        try await filled { reader, _, _ async throws in
            func counts(_ key: AgeMatrix.Key) throws -> [String: [Int]] {
                var matrix = AgeMatrix(bounds: [5000, 600_000])
                let scan = DeliveryScan(reader, QueueFilter())
                try matrix.count(scan, by: key, now: now + .seconds(601), laneName: { "\($0.rawValue)" }) { try $0() }
                #expect(matrix.total == [2, 0, 20])
                return matrix.rows
            }
            #expect(try counts(.lane) == ["1": [0, 0, 10], "2": [2, 0, 10]])
            #expect(try counts(.state)["pending"] == [2, 0, 15])
            #expect(try counts(.reason)["503 UNAVAILABLE"] == [0, 0, 1])
            #expect(try counts(.reason)["timeout"] == [0, 0, 1])
            #expect(try counts(.school) == ["0429901A": [2, 0, 20]])
        }
    }

    @Test func `a damaged page is named, the others are read`() async throws {
        let folder = try TestFolder()
        try await folder.queue { queue in
            let event = try await queue.post(.sample("a")).id
            _ = try await queue.append(
                .sample(event, persons: 1...3, lanes: [LaneID(rawValue: 1), LaneID(rawValue: 2)]),
                now: now
            )
        }
        try folder.intruder().run("UPDATE result SET slots = x'FF' WHERE page = 1")
        let scan = DeliveryScan(try folder.reader(), QueueFilter())
        var pages: [PageID] = []
        while let match = try scan.next() { pages.append(match.header.id) }
        #expect(pages.map(\.rawValue) == [2] && scan.damaged.map(\.rawValue) == [1])
    }
}
