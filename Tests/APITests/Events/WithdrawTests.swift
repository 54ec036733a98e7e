import API
import Domain
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Pipeline
import Store
import Testing

/// A publisher takes back what it published; no dispatcher runs.
@Suite(.timeLimit(.minutes(1)))
struct WithdrawTests {
    static let json = ["Content-Type": "application/json"]

    private func serving(
        _ body: @escaping @Sendable (Gateway, APIClient) async throws -> Void
    ) async throws {
        try await Gateway.run { gateway, _ async throws in
            let runner = try OrderRunner(
                queue: gateway.services.queue,
                stores: SQLiteStores(folder: gateway.folder),
                lanes: .none,
                time: gateway.services.time,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            var services = gateway.services
            services.orders = runner
            let running = Task { await runner.run() }
            let result: Result<Void, any Error>
            do {
                try await Application(router: publicRouter(services)).test(.router) { client in
                    try await body(gateway, APIClient(client: client))
                }
                result = .success(())
            } catch { result = .failure(error) }
            runner.stop()
            await running.value
            try result.get()
        }
    }

    private func withdraw(
        _ api: APIClient,
        _ id: String,
        _ body: String = #"{"reason":"wrong class"}"#,
        _ headers: [String: String] = ReachTests.own
    ) async throws -> Answer {
        try await api.send(
            .post,
            "/v1/events/\(id)/withdraw",
            headers.merging(Self.json) { own, _ in own },
            Array(body.utf8)
        )
    }

    @Test func `what waits ends as withdrawn, and what was accepted stays so`() async throws {
        try await serving { gateway, api async throws in
            let (id, _) = try await ReachTests.event(gateway, api)
            let answer = try await withdraw(api, id.description)

            #expect(answer.status == 200)
            #expect(try answer.json["state"] == "withdrawn" && answer.json["reason"] == "wrong class")
            let status = try await api.send(.get, "/v1/events/\(id)", ReachTests.own).json
            #expect(status["state"] == "withdrawn" && status["withdrawnReason"] == "wrong class")
            #expect(status["withdrawnAt"] == (try answer.json["withdrawnAt"]))
            #expect(status["guardians"] == ["total": 5, "reached": 2, "waiting": 0, "notReached": 3])
            #expect(status["notReached"] == ["withdrawn": 3])
        }
    }

    @Test func `a second withdrawal is answered as the first and orders nothing`() async throws {
        try await serving { gateway, api async throws in
            let (id, _) = try await ReachTests.event(gateway, api)
            let first = try await withdraw(api, id.description)
            gateway.time.advance(.seconds(60))
            let second = try await withdraw(api, id.description, #"{"reason":"another"}"#)

            #expect(second.status == 200 && second.body == first.body)
            let orders = try await gateway.services.queueReader.read { try $0.operations(before: nil, limit: 9) }
            #expect(orders.map(\.verb) == ["withdraw"] && orders.map(\.changed) == [3])
            #expect(orders.map(\.actor) == ["publisher one"] && orders.map(\.why) == ["wrong class"])
            let audit = try await gateway.services.queueReader.read { try $0.verifyAudit() }
            #expect(audit.broken == nil && audit.entries == 2)
        }
    }

    @Test func `an event nobody has expanded is withdrawn before it rings`() async throws {
        try await serving { _, api async throws in
            let posted = try await api.publish(PublishTests.timeline("w"), type: "application/json")
            let id = try #require(try posted.json["id"]?.string)
            #expect(try await withdraw(api, id).status == 200)
            #expect(try await api.send(.get, "/v1/events/" + id, ReachTests.own).json["state"] == "withdrawn")
        }
    }

    @Test func `an event that has ended cannot be taken back`() async throws {
        try await serving { gateway, api async throws in
            let (id, page) = try await ReachTests.event(gateway, api)
            try await ReachTests.record([0, 2, 4], of: page, gateway)
            let answer = try await withdraw(api, id.description)
            #expect(answer.status == 409 && answer.code == "eventEnded")
            #expect(try await api.send(.get, "/v1/events/\(id)", ReachTests.own).json["state"] == "done")
        }
    }

    @Test func `another publisher's event is unknown, and stays as it is`() async throws {
        try await serving { gateway, api async throws in
            let (id, _) = try await ReachTests.event(gateway, api)
            #expect(try await withdraw(api, id.description, #"{"reason":"x"}"#, ReachTests.other).status == 404)
            #expect(try await withdraw(api, "E-7F3K2").code == "unknownEvent")
            #expect(try await withdraw(api, id.description, #"{"reason":"x"}"#, [:]).status == 401)
            #expect(try await api.send(.get, "/v1/events/\(id)", ReachTests.own).json["state"] == "sending")
        }
    }

    @Test(arguments: [
        ("", 400), ("{", 400), ("{}", 422), (#"{"reason":" "}"#, 422), (#"{"reason":5}"#, 422),
        (#"{"reason":"\#(String(repeating: "x", count: 1001))"}"#, 422),
    ])
    func `a reason is needed`(body: String, status: Int) async throws {
        try await serving { gateway, api async throws in
            let (id, _) = try await ReachTests.event(gateway, api)
            #expect(try await withdraw(api, id.description, body).status == status)
            #expect(try await api.send(.get, "/v1/events/\(id)", ReachTests.own).json["state"] == "sending")
        }
    }

    @Test func `a signature over the body proves the publisher`() async throws {
        try await serving { gateway, api async throws in
            let (id, _) = try await ReachTests.event(gateway, api)
            let body = #"{"reason":"signed"}"#
            let headers = PublishTests.signed(Array(body.utf8), id: "w1", at: gateway.services.time.now())
            #expect(try await withdraw(api, id.description, body + " ", headers).status == 401)
            #expect(try await withdraw(api, id.description, body, headers).status == 200)
        }
    }
}
