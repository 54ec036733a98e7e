import API
import Domain
import HTTPTypes
import Pipeline
import Store
import TestSupport
import Testing

struct PublishTests {
    static let school = "0429901A"

    /// A timeline message: needs no directory.
    static func timeline(_ text: String) -> [UInt8] {
        Array(
            """
            {"action":"add","type":"BLOG","event-type":"PUBLISH-POST","recipientsIds":["u1"],
             "params":{},"pushNotif":{"title":"t","body":"\(text)"}}
            """.utf8
        )
    }

    static func signed(_ body: [UInt8], id: String, at time: Instant) -> [String: String] {
        [
            "webhook-id": id, "webhook-timestamp": "\(time.seconds)",
            "webhook-signature": StandardWebhooks.sign(
                secret: Gateway.secret,
                id: id,
                timestamp: time.seconds,
                body: body
            ),
        ]
    }

    @Test func `a request without credentials is 401 with a challenge`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(
                .post,
                "/v1/events",
                ["Content-Type": "application/json"],
                Self.timeline("a")
            )
            #expect(answer.status == 401)
            #expect(answer.code == "unauthenticated")
            #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="carillon""#)
        }
    }

    @Test func `an unknown key is 401`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.publish(Self.timeline("a"), type: "application/json", key: "cpk_unknown")
            #expect(answer.status == 401)
        }
    }

    @Test func `a signed retry keeps its id and is a duplicate`() async throws {
        try await Gateway.run { gateway, api async throws in
            let body = Self.timeline("signed")
            var headers = Self.signed(body, id: "msg_1", at: gateway.services.time.now())
            headers["Content-Type"] = "application/json"
            let first = try await api.send(.post, "/v1/events", headers, body)
            gateway.time.advance(.seconds(120))
            var retry = Self.signed(body, id: "msg_1", at: gateway.services.time.now())
            retry["Content-Type"] = "application/json"
            let second = try await api.send(.post, "/v1/events", retry, body)

            #expect(first.status == 202)
            #expect(second.status == 200)
            #expect(try second.json["duplicate"] == true)
            #expect(try first.json["id"] == second.json["id"])
        }
    }

    @Test(arguments: [Duration.seconds(-301), .seconds(301)])
    func `a signature too far from now is 401`(_ offset: Duration) async throws {
        try await Gateway.run { gateway, api async throws in
            let body = Self.timeline("old")
            var headers = Self.signed(body, id: "msg_2", at: gateway.services.time.now() + offset)
            headers["Content-Type"] = "application/json"
            let answer = try await api.send(.post, "/v1/events", headers, body)
            #expect(answer.status == 401)
            #expect(answer.code == "invalidSignature")
        }
    }

    @Test func `what is wrong with a signature is said, with both clocks`() async throws {
        try await Gateway.run { gateway, api async throws in
            let body = Self.timeline("why")
            func detail(_ change: (inout [String: String]) -> Void, at offset: Duration = .zero) async throws -> String
            {
                var headers = Self.signed(body, id: "msg_9", at: gateway.services.time.now() + offset)
                headers["Content-Type"] = "application/json"
                change(&headers)
                let answer = try await api.send(.post, "/v1/events", headers, body)
                #expect(answer.status == 401 && answer.code == "invalidSignature")
                return try #require(try answer.json["detail"]?.string)
            }
            let old = try await detail({ _ in }, at: .seconds(-301))
            #expect(old.contains("1795431299 (2026-11-23T10:54:59Z), 301 s behind the clock here"))
            #expect(old.contains("1795431600 (2026-11-23T11:00:00Z); at most 300 s"))
            let new = try await detail({ _ in }, at: .seconds(3600))
            #expect(new.contains("3600 s ahead of the clock here") && new.contains("2026-11-23T12:00:00Z"))
            let milliseconds = try await detail { $0["webhook-timestamp"] = "999999999999" }
            #expect(milliseconds.contains("webhook-timestamp says 999999999999, "))
            let date = try await detail { $0["webhook-timestamp"] = "2026-11-23T11:00:00Z" }
            #expect(date.contains("seconds since 1970 in digits") && !date.contains("2026"))
            let missing = try await detail { $0["webhook-id"] = nil }
            #expect(missing.contains("come together"))
            let version = try await detail { $0["webhook-signature"] = "v2,AAAA" }
            #expect(version.contains("no signature of version 1"))
            let dot = try await detail { $0["webhook-id"] = "a.b" }
            #expect(dot.contains("holds a dot"))
            let wrong = try await detail { $0["webhook-id"] = "msg_8" }
            #expect(wrong.contains("no secret of a publisher here"))
        }
    }

    @Test func `binary mode needs a key because a signature does not cover its headers`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let event = try JSONParser.parse(try bytes("cloudevent-01-class.json"))
            let body = JSONWriter.bytes(event["data"]!)
            var headers = ["Content-Type": "application/json"]
            for name in ["specversion", "id", "source", "type", "time"] {
                headers["ce-" + name] = event[name]?.string
            }
            let signature = Self.signed(body, id: "msg_3", at: gateway.services.time.now())
            let signed = try await api.send(.post, "/v1/events", headers.merging(signature) { $1 }, body)
            #expect(signed.status == 401)
            #expect(signed.code == "unsignedAttributes")
            headers["Authorization"] = "Bearer " + Gateway.publisherKey
            #expect(try await api.send(.post, "/v1/events", headers, body).status == 202)
        }
    }

    @Test func `a school outside the publisher's rights is 403`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let answer = try await api.publish(try bytes("cloudevent-01-class.json"), key: Gateway.limitedKey)
            #expect(answer.status == 403)
            #expect(answer.code == "forbiddenSchool")
        }
    }

    @Test func `a batch answers each event and stores the right ones`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let type = "application/cloudevents-batch+json"
            let body = try bytes("batch.json")
            let first = try await api.publish(body, type: type)
            let again = try await api.publish(body, type: type)

            #expect(first.status == 202)
            let results = try #require(try first.json["results"]?.array)
            #expect(results.map { $0["status"]?.int64 } == [202, 202, 422, 202, 202])
            #expect(results.map { $0["index"]?.int64 } == [0, 1, 2, 3, 4])
            #expect(results[2]["problem"]?["code"] == "invalidEvent")
            let repeated = try #require(try again.json["results"]?.array)
            #expect(again.status == 200)
            #expect(repeated.map { $0["status"]?.int64 } == [200, 200, 422, 200, 200])
            #expect(repeated.map { $0["id"]?.string } == results.map { $0["id"]?.string })
        }
    }

    @Test func `a batch of wrong events only is 422 with each problem`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.publish(Array("[{},{}]".utf8), type: "application/cloudevents-batch+json")
            #expect(answer.status == 422)
            #expect(answer.code == "batchRejected")
            #expect(try answer.json["results"]?.array?.count == 2)
        }
    }

    @Test func `a publisher sees its own events only`() async throws {
        try await Gateway.run { gateway, api async throws in
            let answer = try await api.publish(Self.timeline("mine"), type: "application/json")
            let path = try #require(answer.headers[.location])
            let own = try await api.send(.get, path, ["Authorization": "Bearer " + Gateway.publisherKey])
            let foreign = try await api.send(.get, path, ["Authorization": "Bearer " + Gateway.otherKey])
            let signed = try await api.send(
                .get,
                path,
                Self.signed([], id: "get_1", at: gateway.services.time.now())
            )

            #expect(own.status == 200)
            #expect(try own.json["state"] == "accepted")
            #expect(try own.json["publisher"] == "one")
            #expect(foreign.status == 404)
            #expect(foreign.code == "unknownEvent")
            #expect(signed.status == 200)
        }
    }

    @Test(arguments: ["/v1/events/nonsense", "/v1/events/E-7F3K2"])
    func `an unknown event is 404`(path: String) async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(.get, path, ["Authorization": "Bearer " + Gateway.publisherKey])
            #expect(answer.status == 404)
        }
    }

    @Test func `a store that cannot promise is 503 and never 202`() async throws {
        try await Gateway.run { gateway, api async throws in
            await gateway.services.queue.close()
            let answer = try await api.publish(Self.timeline("late"), type: "application/json")
            #expect(answer.status == 503)
            #expect(answer.code == "storeUnavailable")
            #expect(answer.headers[.retryAfter] == "5")
        }
    }

    @Test func `new settings take effect at the next request`() async throws {
        try await Gateway.run { gateway, api async throws in
            gateway.services.publishers.replace([])
            #expect(try await api.publish(Self.timeline("x"), type: "application/json").status == 401)
        }
    }
}
