import API
import Domain
import HTTPTypes
import Testing

struct MiddlewareTests {
    @Test(arguments: [("abc-1.2_3", true), (String(repeating: "a", count: 129), false), ("a b", false), ("a/b", false)])
    func `a sane request id is kept and any other replaced`(id: String, isKept: Bool) async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(.get, "/livez", ["X-Request-Id": id])
            #expect((answer.header("X-Request-Id") == id) == isKept)
            #expect(answer.header("X-Request-Id")?.isEmpty == false)
        }
    }

    @Test(arguments: [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false), ("nonsense", false),
    ])
    func `a valid traceparent is carried on`(trace: String, isCarried: Bool) async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(.get, "/nowhere", ["traceparent": trace])
            #expect(answer.header("traceparent") == (isCarried ? trace : nil))
        }
    }

    @Test func `an unknown path is 404 and a wrong method 405 with those allowed`() async throws {
        try await Gateway.run { _, api async throws in
            let unknown = try await api.send(.get, "/v2/events", ["X-Request-Id": "r1"])
            #expect(unknown.status == 404)
            #expect(try unknown.json["type"] == "https://carillon.example/problems/notFound")
            #expect(try unknown.json["instance"] == "urn:request:r1")
            let wrong = try await api.send(.patch, "/v1/devices/x")
            #expect(wrong.status == 405)
            #expect(wrong.code == "methodNotAllowed")
            #expect(wrong.headers[.allow] == "PUT, DELETE")
            #expect(try await api.send(.head, "/livez").status == 200)
        }
    }

    @Test func `a body over the limit is refused by its announced length`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.publish(Array(repeating: 0x20, count: 262_145), type: "application/json")
            #expect(answer.status == 413)
            #expect(answer.code == "tooLarge")
            #expect(answer.headers[.connection] == "close")
        }
    }

    @Test func `a compressed body is refused`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.publish(
                PublishTests.timeline("z"),
                type: "application/json",
                ["Content-Encoding": "gzip"]
            )
            #expect(answer.status == 415)
        }
    }
}
