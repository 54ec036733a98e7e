import Database
import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Testing

/// A million waiting deliveries in 2,000 pages: what a question touches stays bounded. No time is asserted.
@Suite(.timeLimit(.minutes(5)))
struct MillionDeliveriesTests {
    private static let pages = 2000
    private static let perPage = 500
    private static let events = 20

    private let folder: TestFolder

    init() async throws {
        folder = try TestFolder()
        _ = try await folder.registry { _ in }
        var ids: [EventID] = []
        try await folder.queue { queue in
            _ = try await queue.lane(named: "fcm/one", provider: .fcm, now: TestFolder.start)
            _ = try await queue.lane(named: "apns/one", provider: .apns, now: TestFolder.start)
            for number in 0..<Self.events { ids.append(try await queue.post(.sample("\(number)")).id) }
        }
        try Self.fill(folder.intruder(), ids)
    }

    /// All in one transaction; pages of an event stand together, sorted by person, half on each lane.
    private static func fill(_ connection: Connection, _ events: [EventID]) throws {
        let result = [UInt8](repeating: 0, count: perPage * 2)
        try connection.transaction(.immediate) { connection in
            for number in 0..<pages {
                let first = Int64(number % (pages / Self.events) * perPage)
                let plan = Plan(
                    slots: (0..<Int64(perPage)).map {
                        .init(person: PersonID(rawValue: first + $0), device: DeviceID(rawValue: first + $0 + 1))
                    }
                )
                let at = TestFolder.start.milliseconds + Int64(number) * 10
                try connection.run(
                    """
                    INSERT INTO page(id, event, lane, part, tag, count, state, expires_at, person_min, person_max, opened_at)
                    VALUES (?, ?, ?, 0, ?, ?, 0, ?, ?, ?, ?)
                    """,
                    number + 1,
                    events[number / (pages / Self.events)].rawValue,
                    number % 2 + 1,
                    number,
                    perPage,
                    at + 3_600_000,
                    first,
                    first + Int64(perPage) - 1,
                    at
                )
                try connection.run("INSERT INTO plan(page, slots) VALUES (?, ?)", number + 1, plan.encoded())
                try connection.run("INSERT INTO result(page, slots) VALUES (?, ?)", number + 1, result)
            }
        }
    }

    private func walk(_ filter: QueueFilter, rowsMax: Int = .max) throws -> (matched: Int, cost: DeliveryScan.Cost) {
        let scan = DeliveryScan(try folder.reader(), filter)
        var matched = 0
        while matched < rowsMax, let match = try scan.next() { matched += match.slots.count }
        return (matched, scan.cost)
    }

    private func walk(_ expression: String) throws -> (matched: Int, cost: DeliveryScan.Cost) {
        var words = FilterWords()
        words[.where] = [expression]
        let registry = try SQLiteStores(folder: folder.path).registryReader(seal: nil)
        let now = TestFolder.start + .milliseconds(20_000)
        return try walk(words.resolve(queue: folder.reader(), registry: registry, now: now))
    }

    @Test func `questions touch what they need`() throws {
        var waiting = QueueFilter()
        waiting.states = [.pending, .deferred]
        let list = try walk(waiting, rowsMax: 100)
        #expect(list.cost.results == 1 && list.cost.plans == 0 && list.cost.headers <= Self.pages + 1)

        let all = try walk(waiting)
        #expect(all.matched == 1_000_000)
        #expect(all.cost == .init(headers: Self.pages * 2, results: Self.pages, plans: 0))

        var user = waiting
        user.user = .known(PersonID(rawValue: 777))
        let one = try walk(user)
        #expect(one.matched == Self.events && one.cost.plans == Self.events && one.cost.results == Self.events)

        var lane = waiting
        lane.lanes = [LaneID(rawValue: 1)]
        #expect(try walk(lane).cost == .init(headers: Self.pages, results: Self.pages / 2, plans: 0))

        var young = waiting
        young.madeSince = TestFolder.start + .milliseconds(Int64(Self.pages - 10) * 10)
        #expect(try walk(young).cost.results == 10)

        // An expression narrows like the flags: what its header or its event decides is not decoded.
        #expect(
            try walk("state=pending and lane=fcm/one").cost
                == .init(headers: Self.pages, results: Self.pages / 2, plans: 0)
        )
        #expect(try walk("state=pending,deferred and age<=1s").cost.results == 100)
        #expect(try walk("state=dead").cost == .init())
        #expect(try walk("app=OTHER or class=low").cost == .init(headers: Self.pages, results: 0, plans: 0))
        #expect(try walk("not lane=fcm/one and school=OTHER").cost.results == 0)
        #expect(try walk("user=guardian and state=pending").cost.plans == 0)
        #expect(try walk("not ref=BLOG/*").cost == .init(headers: Self.pages, contents: Self.events))

        var dead = QueueFilter()
        dead.states = [.dead]
        #expect(try walk(dead).cost == .init())
    }

    @Test func `the backlog and the ages are exact`() throws {
        let reader = try folder.reader()
        let backlog = try reader.backlog()
        #expect(backlog.values.map(\.pending) == [500_000, 500_000])
        var waiting = QueueFilter()
        waiting.states = [.pending]
        var matrix = AgeMatrix(bounds: [10_000])
        let now = TestFolder.start + .milliseconds(20_000)
        try matrix.count(DeliveryScan(reader, waiting), by: .lane, now: now, laneName: { "\($0.rawValue)" }) {
            try $0()
        }
        #expect(matrix.total == [500_000, 500_000])
        let person = try reader.events(
            concerning: .known(PersonID(rawValue: 1)),
            since: TestFolder.start,
            until: TestFolder.start + .seconds(60),
            max: 100,
            laneReason: { _ in nil }
        )
        #expect(person.count == Self.events)
    }
}
