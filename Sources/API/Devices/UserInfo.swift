import Domain
import Store
import WebClient

/// The ENT's userinfo: the question, and what its answer says of the bearer.
enum UserInfo {
    enum Outcome: Hashable, Sendable {
        case account(Account)
        /// The token is nobody's.
        case nobody
        /// The ENT cannot say now.
        case unavailable
    }

    /// The URL is used as configured; `version=v2.0` is added when it names none. The token goes into a header, never into a log.
    static func request(url: String, token: String) -> WebRequest {
        WebRequest(
            url: versioned(url),
            headers: [WebHeader("Authorization", "Bearer " + token), WebHeader("Accept", "application/json")],
            timeout: .seconds(5)
        )
    }

    static func versioned(_ url: String) -> String {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return url + "?version=v2.0" }
        let namesVersion = parts[1].split(separator: "&").contains { $0 == "version" || $0.hasPrefix("version=") }
        if namesVersion { return url }
        return parts[1].isEmpty || parts[1].hasSuffix("&") ? url + "version=v2.0" : url + "&version=v2.0"
    }

    /// Redirects are an answer like any other: the ENT sends those it does not know to its login page.
    static func outcome(_ response: WebResponse, limits: Limits) -> Outcome {
        // 429 says "not now" of every token.
        if response.status >= 500 || response.status == 429 { return .unavailable }
        guard response.status == 200 else { return .nobody }
        let value: JSONValue
        do { value = try JSONParser.parse(response.body, depthMax: 64) } catch { return .nobody }
        return account(value, limits: limits).map { .account($0) } ?? .nobody
    }

    /// Whom these members are about; nil when they name nobody.
    static func account(_ value: JSONValue, limits: Limits) -> Account? {
        func identifier(_ name: String, bytesMax: Int) -> String? {
            guard let text = value[name]?.string, (1...bytesMax).contains(text.utf8.count),
                !text.allSatisfy(\.isWhitespace), !text.holdsControl
            else { return nil }
            return text
        }
        let userID = ["userId", "uid", "sub"].lazy.compactMap { identifier($0, bytesMax: limits.userIDBytesMax) }.first
        guard let userID else { return nil }
        return Account(userID: userID, externalKey: identifier("externalId", bytesMax: limits.identifierBytesMax))
    }

    static func outcome(_ error: WebClientError) -> Outcome {
        switch error {
        // No answer of userinfo is that long.
        case .tooLarge: .nobody
        case .unreachable, .answerLost, .timedOut, .tls, .cancelled, .invalidURL, .invalidRequest, .overloaded,
            .stopped, .forbiddenAddress:
            .unavailable
        }
    }
}
