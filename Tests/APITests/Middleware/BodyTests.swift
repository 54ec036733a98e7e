import API
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

/// Bodies that never end, handed to the router piece by piece.
struct BodyTests {
    private func post(_ services: APIServices, _ body: RequestBody) async throws -> Response {
        let head = HTTPRequest(
            method: .post,
            scheme: nil,
            authority: nil,
            path: "/v1/events",
            headerFields: [
                .contentType: "application/json", .authorization: "Bearer " + Gateway.publisherKey,
                .transferEncoding: "chunked",
            ]
        )
        let context = APIContext(
            source: .init(
                channel: NIOAsyncTestingChannel(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        return try await publicRouter(services).buildResponder()
            .respond(to: Request(head: head, body: body), context: context)
    }

    @Test func `a body is refused as soon as it passes the limit`() async throws {
        try await Gateway.run { gateway, _ async throws in
            let (body, source) = RequestBody.makeStream()
            async let answer = post(gateway.services, body)
            await source.yield(ByteBuffer(repeating: 0x20, count: 200_000))
            await source.yield(ByteBuffer(repeating: 0x20, count: 62_145))
            #expect(try await answer.status == .contentTooLarge)
            #expect(try await answer.headers[.connection] == "close")
            source.finish()
        }
    }

    @Test func `a body that does not come is given up`() async throws {
        try await Gateway.run(change: { $0.bodyTimeout = .milliseconds(1) }) { gateway, _ async throws in
            let (body, source) = RequestBody.makeStream()
            let answer = try await post(gateway.services, body)
            #expect(answer.status == .requestTimeout)
            #expect(answer.headers[.connection] == "close")
            source.finish()
        }
    }

    @Test func `a body that breaks off is 400`() async throws {
        struct Broken: Error {}
        try await Gateway.run { gateway, _ async throws in
            let (body, source) = RequestBody.makeStream()
            async let answer = post(gateway.services, body)
            source.finish(Broken())
            #expect(try await answer.status == .badRequest)
        }
    }
}
