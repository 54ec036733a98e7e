import API
import Domain
import HTTPTypes
import Pipeline
import Providers
import Store
import Testing
import WebClient

struct ParentTests {
    @Test(arguments: [
        ("redirected", 401), ("page", 401), ("ownerless", 401), ("unknown", 401), ("broken", 503), ("oidc", 200),
        ("token-of-u1", 200),
    ])
    func `a token is what userinfo says`(token: String, status: Int) async throws {
        try await Gateway.run { gateway, api async throws in
            let answer = try await api.send(.get, "/v1/devices", ["Authorization": "Bearer " + token])
            #expect(answer.status == status)
            if status == 401 {
                #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="carillon", error="invalid_token""#)
            }
            if status == 503 { #expect(answer.headers[.retryAfter] == "5") }
            #expect(gateway.ent.requests == ["/userinfo?version=v2.0"])
        }
    }

    @Test(arguments: [nil, "", "Basic dTpw", "Bearer", "Bearer a b", "Bearer a,b"])
    func `what is no bearer token is 401 without a question`(field: String?) async throws {
        try await Gateway.run { gateway, api async throws in
            let answer = try await api.send(.get, "/v1/devices", field.map { ["Authorization": $0] } ?? [:])
            #expect(answer.status == 401)
            #expect(gateway.ent.requests.isEmpty)
        }
    }

    @Test func `a yes is remembered for a minute, a no for five seconds, an outage not at all`() async throws {
        try await Gateway.run { gateway, api async throws in
            func ask(_ token: String) async throws {
                _ = try await api.send(.get, "/v1/devices", ["Authorization": "Bearer " + token])
            }
            var counts: [Int] = []
            for (token, pause) in [
                ("token-of-u1", Duration.seconds(59)), ("token-of-u1", .seconds(1)), ("token-of-u1", .zero),
                ("no", .seconds(4)), ("no", .seconds(1)), ("no", .zero), ("broken", .zero), ("broken", .zero),
            ] {
                try await ask(token)
                counts.append(gateway.ent.requests.count)
                gateway.time.advance(pause)
            }
            #expect(counts == [1, 1, 2, 3, 3, 4, 5, 6])
        }
    }

    @Test func `many requests with one token ask once`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await api.send(.get, "/v1/devices", ["Authorization": "Bearer token-of-u1"]).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(gateway.ent.requests.count == 1)
        }
    }

    @Test func `an ENT that is down is 503 and nothing is stored`() async throws {
        let client = WebClient()
        try await Gateway.run(change: { services in
            services.parents = ParentAuthenticator(
                client: client,
                // Port 1 of loopback: nobody listens there.
                userinfoURL: "http://127.0.0.1:1/userinfo?version=2.1",
                limits: Limits(),
                time: services.time
            )
        }) { gateway, api async throws in
            let answer = try await api.register("x", user: "u1", DeviceTests.fcm("tok"))
            #expect(answer.status == 503)
            #expect(answer.code == "accountsUnavailable")
            #expect(try await gateway.services.registryReader.read { try $0.deviceCounts().isEmpty })
        }
        await client.stop()
    }
}
