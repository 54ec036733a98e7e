import API
import Domain
import HTTPTypes
import Testing

struct EventListTests {
    private static let own = ["Authorization": "Bearer " + Gateway.publisherKey]
    private static let other = ["Authorization": "Bearer " + Gateway.otherKey]

    /// Posts `count` events as publisher one, a minute apart, and answers their ids, the newest first.
    private static func events(_ count: Int, _ gateway: Gateway, _ api: APIClient) async throws -> [String] {
        var ids: [String] = []
        for number in 0..<count {
            gateway.time.advance(.seconds(60))
            let answer = try await api.publish(PublishTests.timeline("list-\(number)"), type: "application/json")
            ids.insert(try #require(try answer.json["id"]?.string), at: 0)
        }
        return ids
    }

    @Test func `a publisher sees its own events, newest first, a page at a time`() async throws {
        try await Gateway.run { gateway, api async throws in
            let ids = try await Self.events(5, gateway, api)
            let first = try await api.send(.get, "/v1/events?limit=2", Self.own)
            #expect(first.status == 200)
            #expect(try first.json["items"]?.array?.map { $0["id"]?.string } == [ids[0], ids[1]])
            let next = try #require(try first.json["next"]?.string)
            let second = try await api.send(.get, "/v1/events?limit=10&after=\(next)", Self.own)
            #expect(try second.json["items"]?.array?.map { $0["id"]?.string } == [ids[2], ids[3], ids[4]])
            #expect(try second.json["next"]?.isNull == true)
            let others = try await api.send(.get, "/v1/events", Self.other)
            #expect(try others.json["items"]?.array?.isEmpty == true)
        }
    }

    @Test func `state and time bound the list`() async throws {
        try await Gateway.run { gateway, api async throws in
            let start = gateway.services.time.now()
            let ids = try await Self.events(4, gateway, api)
            let since = (start + .seconds(120)).rfc3339
            let until = (start + .seconds(240)).rfc3339
            let between = try await api.send(.get, "/v1/events?since=\(since)&until=\(until)", Self.own)
            #expect(try between.json["items"]?.array?.map { $0["id"]?.string } == [ids[2], ids[1]].reversed())
            let done = try await api.send(.get, "/v1/events?state=done", Self.own)
            #expect(try done.json["items"]?.array?.isEmpty == true)
            let accepted = try await api.send(.get, "/v1/events?state=accepted", Self.own)
            #expect(try accepted.json["items"]?.array?.count == 4)
        }
    }

    @Test func `an event is found by what it was posted as, by its publisher alone`() async throws {
        try await Gateway.run { gateway, api async throws in
            let ids = try await Self.events(2, gateway, api)
            let answer = try await api.publish(
                PublishTests.timeline("by-key"),
                type: "application/json",
                ["Idempotency-Key": "post-4711"]
            )
            let id = try #require(try answer.json["id"]?.string)
            #expect(!ids.contains(id))
            let found = try await api.send(.get, "/v1/events?ref=post-4711", Self.own)
            #expect(try found.json["items"]?.array?.map { $0["id"]?.string } == [id])
            let others = try await api.send(.get, "/v1/events?ref=post-4711", Self.other)
            #expect(try others.json["items"]?.array?.isEmpty == true)
            let unknown = try await api.send(.get, "/v1/events?ref=post-4712", Self.own)
            #expect(unknown.status == 200)
            #expect(try unknown.json["items"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: ["limit=0", "limit=1001", "limit=x", "state=gone", "since=yesterday", "until=1", "after=nothing"])
    func `a wrong parameter is named`(_ query: String) async throws {
        try await Gateway.run { gateway, api async throws in
            let answer = try await api.send(.get, "/v1/events?" + query, Self.own)
            #expect(answer.status == 400)
            #expect(try answer.json["code"]?.string == "invalidParameter")
            let name = try #require(query.split(separator: "=").first)
            #expect(try answer.json["detail"]?.string?.hasPrefix(String(name)) == true)
        }
    }
}
