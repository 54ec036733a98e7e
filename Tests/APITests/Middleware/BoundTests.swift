import API
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Testing

/// What one client may ask for, and what all unproven ones together.
@Suite(.timeLimit(.minutes(1)))
struct BoundTests {
    @Test(arguments: [
        (HTTPRequest.Method.get, "/v1/devices"), (.delete, "/v1/devices/x"), (.get, "/timeline/pushNotif/fcmTokens"),
        (.delete, "/timeline/pushNotif/fcmToken?fcmToken=abc"),
    ])
    func `every route of a parent is limited`(method: HTTPRequest.Method, path: String) async throws {
        try await Gateway.run(change: { $0.limits.requestsBurst = 2 }) { _, api async throws in
            let headers = ["Authorization": "Bearer token-of-u1"]
            var statuses: [Int] = []
            var last: Answer?
            for _ in 0..<3 {
                last = try await api.send(method, path, headers)
                statuses.append(last?.status ?? 0)
                #expect(last?.header("RateLimit-Policy") != nil)
            }
            #expect(statuses.last == 429 && !statuses.dropLast().contains(429))
            #expect(last?.code == "rateLimited" && last?.header("Retry-After") != nil)
            // Another account has its own.
            #expect(try await api.send(method, path, ["Authorization": "Bearer token-of-u2"]).status != 429)
        }
    }

    @Test func `every route of the public listener says where its client stands`() async throws {
        try await Gateway.run { gateway, api async throws in
            for route in publicRouter(gateway.services).routes where route.method != .head {
                let path = "\(route.path)".replacing(/\{[^}]*\}/, with: "x")
                // What each asks for first: a publisher's key, or a parent's token.
                let isPublisher = ["/v1/events", "/v1/directory", "/v1/persons"].contains { path.hasPrefix($0) }
                let bearer = isPublisher ? Gateway.publisherKey : "token-of-u1"
                let headers = ["Authorization": "Bearer " + bearer, "Content-Type": "application/json"]
                let answer = try await api.send(route.method, path, headers, PublishTests.timeline(path))
                let name = answer.header("RateLimit-Policy")?.prefix { $0 != ";" }
                #expect(name != nil && answer.header("RateLimit") != nil, "\(route.method) \(path): \(answer.status)")
            }
        }
    }

    @Test(arguments: ["/livez", "/readyz", "/version", "/openapi.json"])
    func `one address asks so often for what needs no account`(path: String) async throws {
        try await Gateway.run(change: { $0.limits.openRequestsBurst = 2 }) { gateway, api async throws in
            #expect(try await api.send(.get, path).status == 200)
            #expect(try await api.send(.get, path).header("RateLimit")?.hasPrefix("\"open\";r=0;") == true)
            let third = try await api.send(.get, path)
            #expect(third.status == 429 && third.code == "rateLimited" && third.header("Retry-After") != nil)
            // Accounts have their own.
            #expect(try await api.send(.get, "/v1/devices", ["Authorization": "Bearer token-of-u1"]).status == 200)
        }
    }

    @Test func `a publisher's posts and questions are limited, its repetitions are answered`() async throws {
        try await Gateway.run(change: {
            $0.limits.postsBurst = 1
            $0.limits.requestsBurst = 1
        }) { _, api async throws in
            func post(_ text: String) async throws -> Answer {
                try await api.publish(PublishTests.timeline(text), type: "application/json")
            }
            let first = try await post("one")
            #expect(first.status == 202 && first.header("RateLimit") == "\"events\";r=0;t=1")
            let second = try await post("two")
            #expect(second.status == 429 && second.code == "rateLimited" && second.header("Retry-After") == "1")
            #expect(try await post("one").status == 200)
            let path = try #require(first.header("Location"))
            let headers = ["Authorization": "Bearer " + Gateway.publisherKey]
            #expect(try await api.send(.get, path, headers).status == 200)
            #expect(try await api.send(.get, path, headers).status == 429)
            #expect(try await api.send(.get, path, ["Authorization": "Bearer " + Gateway.otherKey]).status == 404)
        }
    }

    @Test func `so many events of a publisher wait for their time, and no more`() async throws {
        try await Gateway.run(change: { $0.limits.scheduledEventsMax = 2 }) { gateway, api async throws in
            func post(_ text: String, after: Duration) async throws -> Answer {
                let date = (gateway.time.source.now() + after).rfc3339
                let body = String(decoding: PublishTests.timeline(text), as: UTF8.self)
                    .replacing("\"params\"", with: "\"date\":{\"$date\":\"\(date)\"},\"params\"")
                return try await api.publish(Array(body.utf8), type: "application/json")
            }
            #expect(try await post("a", after: .seconds(60)).status == 202)
            #expect(try await post("b", after: .seconds(60)).status == 202)
            let third = try await post("c", after: .seconds(60))
            #expect(third.status == 429 && third.code == "tooManyScheduled" && third.header("Retry-After") != nil)
            #expect(try await post("d", after: .seconds(-60)).status == 202)
            #expect(try await post("a", after: .seconds(60)).status == 200)
        }
    }

    @Test func `unproven bodies share one bound, a key needs none`() async throws {
        try await Gateway.run(change: { $0.http.unprovenBodies = UnprovenBodies(bytesMax: 20) }) {
            gateway,
            api async throws in
            let body = PublishTests.timeline("signed")
            var headers = PublishTests.signed(body, id: "msg_1", at: gateway.services.time.now())
            headers["Content-Type"] = "application/json"
            headers["Content-Length"] = "\(body.count)"
            let refused = try await api.send(.post, "/v1/events", headers, body)
            #expect(refused.status == 503 && refused.code == "overloaded" && refused.header("Retry-After") != nil)
            #expect(try await api.publish(body, type: "application/json").status == 202)
        }
    }

    @Test func `an address that invents tokens is refused, who was known stays known`() async throws {
        try await Gateway.run { gateway, api async throws in
            func ask(_ token: String) async throws -> Int {
                try await api.send(.get, "/v1/devices", ["Authorization": "Bearer " + token]).status
            }
            #expect(try await ask("token-of-u1") == 200)
            var statuses: [Int] = []
            for number in 0..<200 { statuses.append(try await ask("invented-\(number)")) }
            #expect(statuses.prefix(120).allSatisfy { $0 == 401 })
            #expect(statuses.suffix(80).allSatisfy { $0 == 429 })
            gateway.time.advance(.seconds(61))
            #expect(try await ask("token-of-u1") == 200)
        }
    }
}
