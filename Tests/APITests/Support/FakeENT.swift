import API
import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// The ENT's userinfo on a free port: a token says how it wants to be answered.
final class FakeENT: Sendable {
    private let asked: Asked
    let server: APIServer

    /// Paths with query, in the order they came.
    var requests: [String] { asked.requests.withLock { $0 } }

    init() {
        let asked = Asked()
        let router = Router(context: APIContext.self)
        router.get("userinfo") { request, _ in
            asked.requests.withLock { $0.append(request.uri.string) }
            let token = String((request.headers[.authorization] ?? "").dropFirst("Bearer ".count))
            switch token {
            case "redirected":
                return Response(status: .found, headers: [.location: "/userinfo?version=v2.0&login"])
            case "broken": return Response(status: .internalServerError)
            case "page": return Self.answer("<html></html>", "text/html")
            case "ownerless": return Self.answer(#"{"userId":"","login":"x"}"#)
            case "oidc": return Self.answer(#"{"sub":"user-oidc"}"#)
            case let token where token.hasPrefix("token-of-"):
                return Self.answer(#"{"userId":"\#(token.dropFirst(9))","externalId":"feed-\#(token.dropFirst(9))"}"#)
            default: return Response(status: .unauthorized)
            }
        }
        self.asked = asked
        server = APIServer(
            router: router,
            address: .tcp(host: "127.0.0.1", port: 0),
            logger: Logger(label: "ent", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    private static func answer(_ text: String, _ type: String = "application/json") -> Response {
        Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private final class Asked: Sendable {
        let requests = Mutex<[String]>([])
    }
}
