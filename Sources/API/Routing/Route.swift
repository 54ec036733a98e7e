import Contract
import Domain
import HTTPTypes
import Hummingbird

/// One method of one path; a path's parameters are in braces.
struct Route: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let handler: @Sendable (Call) async throws -> Response

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.handler = handler
    }

    /// Whether the path of a request is one of this route's, whatever the method.
    func matches(_ path: String) -> Bool {
        let own = self.path.split(separator: "/")
        let other = path.split(separator: "/")
        return own.count == other.count && zip(own, other).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

/// A request on its way through a handler.
struct Call: Sendable {
    let request: Request
    let context: APIContext

    /// A parameter of the path, percent-decoded; as it came when it cannot be decoded.
    func parameter(_ name: String) -> String {
        let text = context.parameters.get(name) ?? ""
        return Self.percentDecoded(text) ?? text
    }

    /// The first value of a member of the query, percent-decoded; empty when it has none, nil when it is absent.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[name[...]].map { String($0) }
    }

    /// A member of the query that is `true` or `false`; false when it is absent.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch query(name) {
        case nil, "false": return false
        case "true": return true
        default: throw Problem(.invalidParameter, "\(name) is true or false.")
        }
    }

    /// Items of one answer: from 1 to 1,000, by default 100.
    func limit() throws(Problem) -> Int {
        guard let text = query("limit") else { return 100 }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw Problem(.invalidParameter, "limit is from 1 to 1000.")
        }
        return limit
    }

    /// A header field, letter case ignored; several of one name come joined by commas.
    func header(_ name: String) -> String? {
        HeaderName.of(name).flatMap { request.headers[$0] }
    }

    private static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = Hex.byte(takenFrom: &rest) else { return nil }
            bytes.append(escaped)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
