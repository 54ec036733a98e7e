import Domain

/// Posts `application/x-www-form-urlencoded` bytes to a URL, with a deadline of its own; throws when no answer came.
package typealias TokenExchange = @Sendable (_ url: String, _ form: [UInt8]) async throws -> TokenEndpointAnswer

/// What the token endpoint answered, and what it means [RFC 6749 §5].
package struct TokenEndpointAnswer: Sendable {
    package var status: Int
    package var body: [UInt8]
    /// The `Date` header, to compare clocks.
    package var date: String?
    /// The `Retry-After` header.
    package var retryAfter: String?

    package init(status: Int, body: [UInt8], date: String? = nil, retryAfter: String? = nil) {
        self.status = status
        self.body = body
        self.date = date
        self.retryAfter = retryAfter
    }

    /// What is granted: the token and how long it holds.
    struct Grant: Hashable, Sendable {
        var value: String
        var lifetime: Duration
    }

    /// Words of RFC 6749 (and §4.1.2.1) for a server in trouble, whatever the status.
    private static let passing: Set<String> = ["temporarily_unavailable", "server_error", "slow_down"]
    /// Assumed when the server names no lifetime; Google always does.
    private static let lifetimeUnnamed: Int64 = 600
    private static let tokenBytesMax = 8192

    func grant(now: Instant) throws(AccessTokenError) -> Grant {
        let object: JSONObject?
        do {
            object = try JSONParser.parse(body, depthMax: 8).object
        } catch {
            // Not JSON: the status decides.
            object = nil
        }
        guard (200...299).contains(status) else { throw failure(object, now: now) }
        // A page with status 200 is a captive portal or a proxy, not Google.
        guard let object else { throw .unreachable(status: status, retryAfter: nil) }
        guard let value = object["access_token"]?.string, (1...Self.tokenBytesMax).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .noAccessToken }
        let named = object["expires_in"]?.int64 ?? object["expires_in"]?.string.flatMap { Int64($0) }
        return Grant(value: value, lifetime: .seconds(min(max(named ?? Self.lifetimeUnnamed, 1), 86_400)))
    }

    private func failure(_ object: JSONObject?, now: Instant) -> AccessTokenError {
        let word = ReasonWord.checked(object?["error"]?.string)
        let isPassing = word.map { Self.passing.contains($0) } ?? false
        if isPassing || status == 408 || status == 429 || status >= 500 || status < 400 {
            return .unreachable(status: status, retryAfter: RetryAfter.parse(retryAfter, now: now))
        }
        let detail = object?["error_description"]?.string ?? ""
        return .refused(reason: word ?? "http\(status)", detail: String(detail.filter { !$0.isNewline }.prefix(200)))
    }
}
