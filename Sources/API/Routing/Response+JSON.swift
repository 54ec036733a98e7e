import Contract
import Domain
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A JSON answer that no cache keeps: most are of one publisher or one parent.
    static func json(
        _ status: HTTPResponse.Status = .ok,
        _ value: JSONValue,
        type: String = "application/json",
        headers: HTTPFields = [:]
    ) -> Response {
        bytes(status, JSONWriter.bytes(value), type: type, headers: headers)
    }

    static func json(
        _ status: HTTPResponse.Status,
        _ view: some WireView,
        headers: HTTPFields = [:]
    ) -> Response {
        json(status, view.wire, headers: headers)
    }

    static func bytes(
        _ status: HTTPResponse.Status = .ok,
        _ bytes: [UInt8],
        type: String,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// Header names beyond those the library knows.
enum HeaderName {
    static let requestID = name("X-Request-Id")
    static let traceParent = name("traceparent")
    static let rateLimit = name("RateLimit")
    static let rateLimitPolicy = name("RateLimit-Policy")
    static let acceptPost = name("Accept-Post")
    static let forwardedFor = name("X-Forwarded-For")
    static let link = name("Link")

    /// The names handlers ask for, made once: checking a name costs more than looking it up.
    private static let known = Dictionary(
        uniqueKeysWithValues: [
            "Authorization", "Content-Type", "Content-Encoding", "Idempotency-Key", "ce-specversion", "webhook-id",
            "webhook-timestamp", "webhook-signature",
        ].map { ($0, name($0)) }
    )

    /// nil when the text is no header name.
    static func of(_ text: String) -> HTTPField.Name? { known[text] ?? HTTPField.Name(text) }

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header name.") }
        return name
    }
}
