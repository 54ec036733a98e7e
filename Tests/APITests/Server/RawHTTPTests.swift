import API
import Domain
import FoundationEssentials
import Logging
import ServiceLifecycle
import Testing

/// HTTP/1.1 as it is on the wire, against the listener itself.
struct RawHTTPTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func serving(
        limits: ListenerLimits = ListenerLimits(),
        change: @Sendable (inout APIServices) -> Void = { _ in },
        _ test: @Sendable (Gateway, Int) async throws -> Void
    ) async throws {
        try await Gateway.run(change: change) { gateway, _ async throws in
            let server = APIServer(
                router: publicRouter(gateway.services),
                address: .tcp(host: "127.0.0.1", port: 0),
                limits: limits,
                logger: logger
            )
            let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
            let running = Task { try await group.run() }
            let port = try #require(await server.port())
            let result: Result<Void, any Error>
            do { result = .success(try await test(gateway, port)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await running.value
            try result.get()
        }
    }

    private static func field(_ path: String) throws -> String {
        let file = sample("../field/" + path).standardizedFileURL
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").replacing("@KEY@", with: Gateway.publisherKey)
    }

    @Test(arguments: ["13-http/no-host.http", "13-http/two-hosts.http"])
    func `one Host is required`(file: String) async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send(try Self.field(file))
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains("malformedRequest"))
        }
    }

    @Test func `HTTP/1.0 is closed after its answer`() async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send(try Self.field("13-http/http10.http"))
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test func `HTTP/1.0 with keep-alive goes on`() async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            for _ in 0..<2 {
                try connection.send(lines: "GET /livez HTTP/1.0", "Connection: keep-alive")
                #expect(try await connection.read(until: "\"ok\"}").lowercased().contains("connection: keep-alive"))
            }
        }
    }

    @Test func `a body is asked for once the head has proven its sender`() async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            let body = String(decoding: PublishTests.timeline("continue"), as: UTF8.self)
            let head = try Self.field("02-expect-100-continue.http")
                .replacing("application/cloudevents+json", with: "application/json")
                .replacing("Content-Length: 300", with: "Content-Length: \(body.utf8.count)")
            try connection.send(head)
            #expect(try await connection.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try connection.send(body)
            #expect(try await connection.read(until: "}").hasPrefix("HTTP/1.1 202 "))
        }
    }

    @Test(arguments: [
        ("Authorization: Bearer cpk_wrong", "application/json", 401),
        ("Authorization: Bearer " + Gateway.publisherKey, "text/plain", 415),
        ("webhook-signature: v1,AAAA", "application/json", 401),
        ("X-None: 1", "application/json", 401),
    ])
    func `what the head shows to be wrong is refused without a body`(
        credentials: String,
        type: String,
        status: Int
    ) async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send(
                lines: "POST /v1/events HTTP/1.1",
                "Host: a",
                credentials,
                "Content-Type: \(type)",
                "Content-Length: 200000"
            )
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test func `a head of more than 16 KiB is 431`() async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send("GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: " + String(repeating: "a", count: 17 << 10))
            #expect(try await connection.readToEnd().contains("HTTP/1.1 431 "))
        }
    }

    @Test func `bytes that are no HTTP are 400`() async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send("\u{16}\u{3}\u{1}hello\r\n\r\n")
            #expect(try await connection.readToEnd().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `pipelined requests are answered one after another`() async throws {
        try await Self.serving { _, port async throws in
            let connection = try RawConnection(port: port)
            let request = "GET /version HTTP/1.1\r\nHost: a\r\n\r\n"
            try connection.send(String(repeating: request, count: 20))
            try connection.send(lines: "GET /livez HTTP/1.1", "Host: a", "Connection: close")
            let answers = try await connection.readToEnd()
            #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 22)
        }
    }

    @Test func `a head that does not end is given up`() async throws {
        var limits = ListenerLimits()
        limits.headTimeout = .milliseconds(50)
        try await Self.serving(limits: limits) { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send("GET /livez HTTP/1.1\r\nHost:")
            #expect(try await connection.readToEnd() == "")
        }
    }

    @Test(arguments: ["Content-Length: 100", "Transfer-Encoding: chunked"])
    func `a body that does not end is given up with an answer`(length: String) async throws {
        try await Self.serving(change: { $0.bodyTimeout = .milliseconds(50) }) { _, port async throws in
            let connections = try (0..<2).map { _ in try RawConnection(port: port) }
            for connection in connections {
                try connection.send(
                    lines: "POST /v1/events HTTP/1.1",
                    "Host: a",
                    "Authorization: Bearer \(Gateway.publisherKey)",
                    "Content-Type: application/cloudevents+json",
                    length
                )
                try connection.send(length.hasPrefix("Content") ? "{" : "1\r\n{\r\n")
            }
            for connection in connections {
                let answer = try await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 408 "))
                #expect(answer.contains("bodyTooSlow"))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func `at the bound an idle connection gives way`() async throws {
        var limits = ListenerLimits()
        limits.connectionsMax = 4
        try await Self.serving(limits: limits) { _, port async throws in
            let idle = try (0..<4).map { _ in try RawConnection(port: port) }
            let honest = try RawConnection(port: port)
            try honest.send(lines: "GET /livez HTTP/1.1", "Host: a")
            #expect(try await honest.read(until: "}").hasPrefix("HTTP/1.1 200 "))
            #expect(try await idle[0].readToEnd() == "")
        }
    }

    @Test func `a coding is refused with the one that is taken`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.publish([0x1F, 0x8B, 8], ["Content-Encoding": "gzip"])
            #expect(answer.status == 415)
            #expect(answer.header("Accept-Encoding") == "identity")
            let other = try await api.publish([0x3C], type: "text/xml")
            #expect(other.status == 415)
            #expect(other.header("Accept-Post")?.contains("application/cloudevents+json") == true)
        }
    }

    @Test(arguments: [[], ["https://ent.example.org"], ["https://other.example.org"]])
    func `a preflight is answered for the configured origins alone`(origins: [String]) async throws {
        try await Self.serving(change: { $0.http.allowedOrigins = origins }) { _, port async throws in
            let connection = try RawConnection(port: port)
            try connection.send(try Self.field("16-preflight.http"))
            let answer = try await connection.readToEnd().lowercased()
            let isAllowed = origins == ["https://ent.example.org"]
            #expect(answer.hasPrefix("http/1.1 204 ") == isAllowed)
            #expect(answer.contains("access-control-allow-origin: https://ent.example.org") == isAllowed)
            #expect(answer.contains("access-control-allow-headers: authorization, content-type") == isAllowed)
        }
    }
}
