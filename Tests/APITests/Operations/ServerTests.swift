import API
import Domain
import FoundationEssentials
import Logging
import ServiceLifecycle
import Testing
import WebClient

struct ServerTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test func `a live server publishes, streams no more than its limit and stops gracefully`() async throws {
        try await Gateway.run { gateway, _ async throws in
            let server = APIServer(
                router: publicRouter(gateway.services),
                address: .tcp(host: "127.0.0.1", port: 0),
                logger: Self.logger
            )
            let group = ServiceGroup(configuration: .init(services: [server], logger: Self.logger))
            let running = Task { try await group.run() }
            let port = try #require(await server.port())
            let client = WebClient()
            func post(_ body: [UInt8]) async throws -> WebResponse {
                try await client.send(
                    WebRequest(
                        method: "POST",
                        url: "http://127.0.0.1:\(port)/v1/events",
                        headers: [
                            WebHeader("Content-Type", "application/json"),
                            WebHeader("Authorization", "Bearer " + Gateway.publisherKey),
                            WebHeader("Expect", ""),
                        ],
                        body: .bytes(body)
                    )
                )
            }
            let accepted = try await post(PublishTests.timeline("live"))
            #expect(accepted.status == 202)
            #expect(accepted.header("location")?.hasPrefix("/v1/events/E-") == true)
            let large = try await post(Array(repeating: 0x20, count: 300_000))
            #expect(large.status == 413)
            await client.stop()
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }

    @Test func `the admin socket is private and goes away`() async throws {
        try await Gateway.run { gateway, _ async throws in
            let path = gateway.folder + "/admin.sock"
            let server = APIServer(
                router: adminRouter(gateway.services),
                address: .unix(path: path),
                logger: Self.logger
            )
            let group = ServiceGroup(configuration: .init(services: [server], logger: Self.logger))
            let running = Task { try await group.run() }
            #expect(await server.port() == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let client = WebClient()
            let answer = try await client.send(
                WebRequest(url: "http://admin/admin/status", unixSocketPath: path)
            )
            #expect(answer.status == 200)
            await client.stop()
            await group.triggerGracefulShutdown()
            try await running.value
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
