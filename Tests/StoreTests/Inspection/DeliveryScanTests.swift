import Database
import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Testing

/// What a scan finds, against a plain loop over everything that was put in.
@Suite(.timeLimit(.minutes(1)))
struct DeliveryScanTests {
    private let now = TestFolder.start

    /// Two events on two lanes; one delivery of each kind of ending.
    private func filled(_ body: (QueueReader, EventID, [LaneID]) async throws -> Void) async throws {
        try await filled(try TestFolder(), body)
    }

    private func fill(_ folder: TestFolder, _ body: (QueueReader, RegistryReader) throws -> Void) async throws {
        _ = try await folder.registry { _ in }
        try await filled(folder) { reader, _, _ async throws in
            try body(reader, try SQLiteStores(folder: folder.path).registryReader(seal: nil))
        }
    }

    private func filled(
        _ folder: TestFolder,
        _ body: (QueueReader, EventID, [LaneID]) async throws -> Void
    ) async throws {
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

    /// Slots of the first event's page on the first lane, by each way to say it.
    @Test func `an expression chooses what its parts choose`() async throws {
        let folder = try TestFolder()
        try await fill(folder) { reader, registry throws in
            func found(_ text: String, not: [String] = []) throws -> [DeliveryRow] {
                var words = FilterWords()
                words[.where] = text.isEmpty ? [] : [text]
                words[.not] = not
                let filter = try words.resolve(queue: reader, registry: registry, now: now + .seconds(660))
                let scan = DeliveryScan(reader, filter)
                var rows: [DeliveryRow] = []
                while let match = try scan.next() { rows += try scan.rows(of: match) }
                return rows
            }
            func slots(_ text: String, not: [String] = []) throws -> [Int] { try found(text, not: not).map(\.id.slot) }

            #expect(try found("").count == 22)
            #expect(try found("lane=fcm/*").count == 10)
            #expect(try found("lane!=fcm/*").count == 12)
            #expect(try found("", not: ["lane=fcm/*"]).count == 12)
            #expect(try found("", not: ["lane=fcm/*", "state=pending"]).isEmpty)
            #expect(try found("lane~ONE").count == 22)
            #expect(try slots("reason~avail") == [1])
            #expect(try slots("reason~avail or http=0 or attempts>7") == [1, 2, 3])
            #expect(try slots("state=deferred,dead and not reason=timeout") == [1, 3])
            #expect(try slots("http>=500 and http!=503") == [3])
            #expect(try slots("http<500") == [4])
            #expect(try slots("lane=fcm/one and state!=pending and http!=5xx,0") == [0, 4])
            #expect(try found("age>60s").count == 20 && found("age>=60s").count == 22)
            #expect(try found("age<60s").isEmpty && found("age<=60s").count == 2)
            #expect(try found("age>=660s").count == 20 && found("age>660s").isEmpty)
            // Due at 90 s: of what has a time only.
            let due = (now + .seconds(90)).rfc3339
            #expect(try found("due<=\(due)").count == 2 && found("due<\(due)").isEmpty)
            #expect(try found("due>=\(due)").count == 2 && found("due>\(due)").isEmpty)
            #expect(try found("not due<=\(due)").count == 20)
            #expect(try found("attempts!=0 and attempts<=1").map(\.id.slot) == [0, 1, 4])
            #expect(try found("user!=nobody").count == 22 && found("user=nobody").isEmpty)
            #expect(try found("class=urgent").count == 22 && found("class=normal,low").isEmpty)
            #expect(try found("school=0429901A and kind~publish and app!=NEWS").count == 22)
            #expect(try found("not school=0429901A or state=dead").map(\.id.slot) == [3])
            // What cannot be true of one delivery.
            #expect(try found("state=dead and state=pending").isEmpty)
            #expect(throws: FilterWords.WordError.unknown(.lane, word: "fmc/*", known: ["apns/one", "fcm/one"])) {
                try found("", not: ["lane=fmc/*"])
            }
        }
    }

    @Test func `an event is found by what it is about`() async throws {
        let folder = try TestFolder()
        _ = try await folder.registry { _ in }
        try await folder.queue { queue in
            for (number, subject) in ["BLOG/1/2", "NEWS/1/2"].enumerated() {
                let event = try await queue.post(.sample("\(number)", subject: subject)).id
                _ = try await queue.append(.sample(event, persons: 1...3, lanes: [LaneID(rawValue: 0)]), now: now)
            }
        }
        let reader = try folder.reader()
        func found(_ change: (inout FilterWords) -> Void) throws -> (count: Int, cost: DeliveryScan.Cost) {
            var words = FilterWords()
            change(&words)
            let registry = try SQLiteStores(folder: folder.path).registryReader(seal: nil)
            let scan = DeliveryScan(reader, try words.resolve(queue: reader, registry: registry, now: now))
            var count = 0
            while let match = try scan.next() { count += match.slots.count }
            return (count, scan.cost)
        }
        #expect(try found { $0[.ref] = ["blog/*"] }.count == 3)
        #expect(try found { $0[.where] = ["ref~/1/ and not ref=NEWS/*"] }.count == 3)
        #expect(try found { $0[.ref] = ["/blog#/view/1"] }.count == 6)
        // The text of an event is read only when something else does not decide.
        let other = try found { $0[.where] = ["ref=blog/* and app=OTHER"] }
        #expect(other.count == 0 && other.cost.contents == 0 && other.cost.results == 0)
        let blog = try found { $0[.ref] = ["blog/*"] }
        #expect(blog.cost.contents == 2 && blog.cost.results == 1)
    }

    @Test func `persons are counted once, at their oldest`() async throws {
        try await filled { reader, _, _ async throws in
            func matrix(_ key: AgeMatrix.Key) throws -> AgeMatrix {
                var matrix = AgeMatrix(bounds: [5000, 600_000], of: .users)
                let scan = DeliveryScan(reader, QueueFilter())
                try matrix.count(scan, by: key, now: now + .seconds(601), laneName: { "\($0.rawValue)" }) { try $0() }
                return matrix
            }
            // 22 deliveries to ten persons; persons 5 and 6 have a younger one, too.
            let lanes = try matrix(.lane)
            #expect(lanes.total == [0, 0, 10] && lanes.rows == ["1": [0, 0, 10], "2": [0, 0, 10]])
            #expect(try matrix(.class).rows == ["urgent": [0, 0, 10]])
            #expect(try matrix(.reason).rows["timeout"] == [0, 0, 1])
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
