import API
import Domain
import HTTPTypes
import Pipeline
import Providers
import Store
import Testing

struct ReachTests {
    static let own = ["Authorization": "Bearer " + Gateway.publisherKey]
    static let other = ["Authorization": "Bearer " + Gateway.otherKey]

    /// An event to `u1`…`u5`, each with a device, of whom `u2` and `u4` are reached.
    static func event(_ gateway: Gateway, _ api: APIClient) async throws -> (id: EventID, page: PageID) {
        let now = gateway.services.time.now()
        let users = (1...5).map { "u\($0)" }
        var slots: [Plan.Slot] = []
        for user in users {
            let device = Registration(
                installation: "phone-" + user,
                target: .fcmToken("token-token-" + user),
                environment: .production,
                app: "onepocket",
                platform: .android
            )
            let account = Account(userID: user, externalKey: nil)
            _ = try await gateway.services.registry.register(device, for: account, limits: Limits(), now: now)
            let row = try await gateway.services.registryReader.read { try $0.device(installation: "phone-" + user) }
            let known = try #require(row)
            slots.append(.init(person: known.owner, device: known.id))
        }
        let lane = try await gateway.services.queue.lane(named: "fcm/onepocket", provider: .fcm, now: now)
        let answer = try await api.publish(PublishTests.timeline("reach"), type: "application/json")
        let id = try #require(try answer.json["id"]?.string.flatMap { EventID($0) })
        let step = ExpansionStep(
            event: id,
            part: 0,
            pages: [NewPage(lane: lane.id, tag: 0, plan: Plan(slots: slots), result: PageResult(count: 5))],
            concerned: ConcernedPersons(
                entries: slots.map { .init(person: $0.person, role: .guardian, through: []) }
                    + [.init(person: .unknown(index: 0), role: .other, through: [])]
            ),
            cursor: PersonID.unknown(index: 0).rawValue,
            isLast: true,
            expiresAt: now + .seconds(3600),
            pupils: 0,
            unknownUsers: ["stranger"]
        )
        let page = try #require(try await gateway.services.queue.append([step], now: now)[0].get()?.first).page
        try await record([1, 3], of: page, gateway)
        return (id, page)
    }

    static func record(_ slots: [Int], of page: PageID, _ gateway: Gateway) async throws {
        let accepted = SlotResult.accepted(attempts: 1, latencyMilliseconds: 40)
        try await gateway.services.queue.record(
            slots.map { Outcome(page: page, slot: $0, result: accepted, attempts: 1) },
            now: gateway.services.time.now()
        )
    }

    @Test func `each person stands with reason and devices`() async throws {
        try await Gateway.run { gateway, api async throws in
            let (id, _) = try await Self.event(gateway, api)
            let answer = try await api.send(.get, "/v1/events/\(id)/reach", Self.own)

            #expect(answer.status == 200)
            let items = try #require(try answer.json["items"]?.array)
            #expect(items.map { $0["user"]?.string } == ["u1", "u2", "u3", "u4", "u5", "stranger"])
            #expect(
                items.map { $0["state"]?.string } == [
                    "waiting", "reached", "waiting", "reached", "waiting", "notReached",
                ]
            )
            #expect(items[1]["devices"]?.array?.first?["installation"] == "phone-u2")
            #expect(items[1]["devices"]?.array?.first?["lane"] == "fcm/onepocket")
            #expect(items[5]["role"] == "other")
            #expect(try answer.json["next"]?.isNull == true)
        }
    }

    @Test func `pages follow one another while the event goes on`() async throws {
        try await Gateway.run { gateway, api async throws in
            let (id, page) = try await Self.event(gateway, api)
            var path = "/v1/events/\(id)/reach?limit=2"
            var users: [String?] = []
            while true {
                let answer = try await api.send(.get, path, Self.own).json
                users += try #require(answer["items"]?.array).map { $0["user"]?.string }
                // Progress between two pages moves nobody.
                try await Self.record([0, 2], of: page, gateway)
                guard let next = answer["next"]?.string else { break }
                path = "/v1/events/\(id)/reach?limit=2&after=" + next
            }
            #expect(users == ["u1", "u2", "u3", "u4", "u5", "stranger"])
        }
    }

    @Test func `a state is asked for`() async throws {
        try await Gateway.run { gateway, api async throws in
            let (id, _) = try await Self.event(gateway, api)
            let first = try await api.send(.get, "/v1/events/\(id)/reach?state=waiting&limit=2", Self.own).json
            #expect(first["items"]?.array?.map { $0["user"]?.string } == ["u1", "u3"])
            let next = try #require(first["next"]?.string)
            let rest = try await api.send(
                .get,
                "/v1/events/\(id)/reach?state=waiting&limit=2&after=" + next,
                Self.own
            ).json
            #expect(rest["items"]?.array?.map { $0["user"]?.string } == ["u5"] && rest["next"]?.isNull == true)
        }
    }

    @Test(arguments: ["limit=0", "limit=1001", "limit=x", "after=E-1", "after=R-5", "state=done"])
    func `a parameter that means nothing is 400`(query: String) async throws {
        try await Gateway.run { gateway, api async throws in
            let answer = try await api.send(.get, "/v1/events/E-1/reach?" + query, Self.own)
            #expect(answer.status == 400 && answer.code == "invalidParameter")
        }
    }

    @Test func `another publisher's event is unknown, and without credentials nothing is said`() async throws {
        try await Gateway.run { gateway, api async throws in
            let (id, _) = try await Self.event(gateway, api)
            let foreign = try await api.send(.get, "/v1/events/\(id)/reach", Self.other)
            #expect(foreign.status == 404 && foreign.code == "unknownEvent")
            #expect(try await api.send(.get, "/v1/events/E-7F3K2/reach", Self.own).status == 404)
            #expect(try await api.send(.get, "/v1/events/\(id)/reach").status == 401)
        }
    }
}
