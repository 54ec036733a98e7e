import API
import Contract
import Domain
import HTTPTypes
import Pipeline
import Store
import Testing

struct OperationsTests {
    @Test func `each listener has its own routes`() async throws {
        try await Gateway.run { _, api async throws in
            #expect(try await api.send(.get, "/livez").status == 200)
            #expect(try await api.send(.get, "/version").json["version"] == "1.2.3")
            #expect(try await api.send(.get, "/readyz").status == 200)
            #expect(try await api.send(.get, "/metrics").status == 404)
            #expect(try await api.send(.get, "/healthz").status == 404)
            #expect(try await api.send(.get, "/admin/lanes").status == 404)
        }
        try await Gateway.run(api: { metricsRouter($0) }) { _, api async throws in
            let metrics = try await api.send(.get, "/metrics")
            #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(String(decoding: metrics.body, as: UTF8.self).contains("carillon_events_accepted_total"))
            #expect(try await api.send(.get, "/healthz").json["status"] == "ok")
            #expect(try await api.send(.post, "/v1/events").status == 404)
        }
    }

    @Test func `a refused credential is no health`() async throws {
        let lanes = FakeLanes(state: "credentialFault")
        try await Gateway.run(api: { metricsRouter($0) }, change: { $0.lanes = lanes }) { _, api async throws in
            let health = try await api.send(.get, "/healthz")
            #expect(health.status == 200)
            #expect(try health.json["status"] == "degraded")
            let alarm = try health.json["alarms"]?.array?.first?.string
            #expect(
                alarm == "apns/onepocket: the provider refuses the credential since 1970-01-01T00:01:00Z (403)",
                "\(alarm ?? "")"
            )
            #expect(try health.json["lanes"]?.array?.first?["since"] == "1970-01-01T00:01:00Z")
        }
    }

    @Test func `a gateway that cannot promise says why`() async throws {
        let full: @Sendable (inout APIServices) -> Void = {
            $0.condition = FakeCondition(reasonsNotReady: ["diskFull"])
        }
        try await Gateway.run(change: full) { _, api async throws in
            let answer = try await api.send(.get, "/readyz")
            #expect(answer.status == 503)
            #expect(try answer.json["reasons"] == ["diskFull"])
            #expect(answer.headers[.retryAfter] == "5")
        }
    }

    @Test func `a lane is paused with a reason and resumed`() async throws {
        let lanes = FakeLanes()
        try await Gateway.run(api: { adminRouter($0) }, change: { $0.lanes = lanes }) { _, api async throws in
            let listed = try await api.send(.get, "/admin/lanes").json["items"]?.array
            #expect(listed?.map { $0["lane"] } == ["apns/onepocket", "fcm/onepocket"])
            let path = "/admin/lanes/pause?lane=fcm%2Fonepocket"
            #expect(try await api.send(.post, path, [:], Array("{}".utf8)).status == 422)
            #expect(try await api.send(.post, path, [:], []).status == 400)
            #expect(try await api.send(.post, "/admin/lanes/pause?lane=x", [:], []).code == "unknownLane")
            let order = Array(#"{"actor":"eva","why":"maintenance"}"#.utf8)
            #expect(try await api.send(.post, path, [:], order).json["lane"] == "fcm/onepocket")
            for until in ["2020-01-01T00:00:00Z", "soon"] {
                let order = Array(#"{"why":"maintenance","until":"\#(until)"}"#.utf8)
                #expect(try await api.send(.post, path, [:], order).status == 422)
            }
            let ending = Array(#"{"actor":"eva","why":"maintenance","until":"2100-01-01T00:00:00Z"}"#.utf8)
            #expect(try await api.send(.post, path, [:], ending).status == 200)
            #expect(try await api.send(.post, "/admin/lanes/resume?lane=fcm/onepocket").status == 200)
            #expect(try await api.send(.post, "/admin/lanes/drain?lane=fcm/onepocket", [:], order).status == 200)
            #expect(try await api.send(.post, "/admin/lanes/probe?lane=fcm/onepocket").code == "notBuilt")
            let status = try await api.send(.get, "/admin/status")
            #expect(try status.json["pid"] == 42)
            #expect(try status.json["epoch"] == 1)
        }
        #expect(
            lanes.orders == [
                "pause 1 eva maintenance", "pause 1 eva maintenance 2100-01-01T00:00:00Z", "resume 1 unknown",
                "drain 1 eva maintenance",
            ]
        )
    }

    @Test func `a person's decision about held removals is taken while they are frozen`() async throws {
        let lanes = FakeLanes(held: [(30, 28)])
        try await Gateway.run(api: { adminRouter($0) }, change: { $0.lanes = lanes }) { _, api async throws in
            let path = "/admin/lanes/removals?lane=fcm%2Fonepocket"
            #expect(try await api.send(.post, path, [:], Array(#"{"why":"x"}"#.utf8)).code == "invalidOrder")
            #expect(try await api.send(.post, path, [:], Array(#"{"decision":"apply"}"#.utf8)).code == "invalidOrder")
            let order = Array(#"{"decision":"apply","actor":"eva","why":"app withdrawn"}"#.utf8)
            #expect(try await api.send(.post, "/admin/lanes/removals?lane=x", [:], order).code == "unknownLane")
            #expect(
                try await api.send(.post, path, [:], order).json
                    == ["lane": "fcm/onepocket", "decision": "apply", "held": 30, "changed": 28]
            )
            let again = try await api.send(.post, path, [:], Array(#"{"decision":"discard","why":"x"}"#.utf8))
            #expect(again.status == 409)
            #expect(again.code == "removalsNotFrozen")
        }
        #expect(lanes.orders == ["1 true eva app withdrawn", "1 false unknown x"])
    }

    @Test func `a closed lane is asked at once, a paused one is not`() async throws {
        try await Gateway.run(api: { adminRouter($0) }, change: { $0.live = FakeLive() }) { _, api async throws in
            #expect(try await api.send(.post, "/admin/lanes/probe?lane=fcm/onepocket").status == 200)
            #expect(try await api.send(.post, "/admin/lanes/probe?lane=apns/onepocket").code == "lanePaused")
        }
    }
}
