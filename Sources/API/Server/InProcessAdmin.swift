import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// The admin router without a socket: for a command that has the stores to itself while no gateway runs. What it answers is what the
/// gateway would.
package struct InProcessAdmin: Sendable {
    private static let pieceBytes = 256 * 1024

    package enum Body: Sendable {
        case bytes([UInt8])
        /// Read piece by piece.
        case file(descriptor: Int32)
    }

    package struct Answer: Sendable {
        package var status: Int
        package var body: [UInt8]
    }

    private let router: RouterResponder<APIContext>
    private let logger = Logger(label: "admin", factory: { _ in SwiftLogNoOpLogHandler() })

    package init(_ services: AdminServices) { router = adminRouter(services).buildResponder() }

    /// `target`: path and query, as a request line has them.
    package func answer(_ method: String, _ target: String, contentType: String, _ body: Body) async -> Answer {
        guard let method = HTTPRequest.Method(method) else { return Answer(status: 400, body: []) }
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: target,
            headerFields: [.contentType: contentType]
        )
        let request = Request(head: head, body: Self.requestBody(body))
        do {
            let response = try await router.respond(to: request, context: APIContext(logger: logger))
            let written = Written()
            try await response.body.write(written)
            return Answer(status: response.status.code, body: written.bytes)
        } catch {
            // The middleware has answered every error; only the body of an answer is left, and it is in memory.
            return Answer(status: 500, body: [])
        }
    }

    private static func requestBody(_ body: Body) -> RequestBody {
        switch body {
        case .bytes(let bytes): RequestBody(buffer: ByteBuffer(bytes: bytes))
        case .file(let descriptor): RequestBody(asyncSequence: Pieces(descriptor: descriptor))
        }
    }

    /// A file, read where it is asked for: nobody else is served by this process.
    private struct Pieces: AsyncSequence, Sendable {
        let descriptor: Int32

        struct AsyncIterator: AsyncIteratorProtocol {
            let descriptor: Int32

            mutating func next() async throws -> ByteBuffer? {
                var bytes = [UInt8](repeating: 0, count: InProcessAdmin.pieceBytes)
                let count = read(descriptor, &bytes, bytes.count)
                guard count >= 0 else { throw CancellationError() }
                return count > 0 ? ByteBuffer(bytes: bytes[..<count]) : nil
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(descriptor: descriptor) }
    }

    private final class Written: ResponseBodyWriter {
        private let collected = Mutex<[UInt8]>([])

        var bytes: [UInt8] { collected.withLock { $0 } }

        func write(_ buffer: ByteBuffer) async throws {
            collected.withLock { $0.append(contentsOf: buffer.readableBytesView) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
