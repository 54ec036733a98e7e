import Domain
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static let problemType = "application/problem+json"

    /// A JSON answer that no cache keeps: most are of one publisher or one parent.
    static func json(
        _ status: HTTPResponse.Status = .ok,
        _ value: JSONValue,
        type: String = "application/json",
        headers: HTTPFields = [:]
    ) -> Response {
        bytes(status, JSONWriter.bytes(value), type: type, headers: headers)
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

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header name.") }
        return name
    }
}
