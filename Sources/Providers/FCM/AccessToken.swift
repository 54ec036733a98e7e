package import Domain

/// A bearer token of Google for about an hour. Printing it shows no more than its end.
package struct AccessToken: Hashable, Sendable {
    /// Visible ASCII, fit for a header.
    package let value: String
    /// Not used from here on.
    package let expiresAt: Instant
    /// From here on a new one is asked for; this one serves on.
    package let renewAt: Instant
    /// Grows with each token of this process, also after a reload: cheaper to compare than the value.
    package let generation: Int

    package init(value: String, expiresAt: Instant, renewAt: Instant, generation: Int) {
        self.value = value
        self.expiresAt = expiresAt
        self.renewAt = renewAt
        self.generation = generation
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "AccessToken(generation: \(generation), expiresAt: \(expiresAt.seconds))" }
    package var debugDescription: String { description }
}

/// Why there is no new access token.
package enum AccessTokenError: Error, Hashable, Sendable {
    /// Google refuses the service account: key deleted, account gone, clock wrong. `reason` is the error word of RFC 6749
    /// §5.2 or `http` and the status, `detail` Google's sentence, cut to 200 characters.
    case refused(reason: String, detail: String)
    /// 200 without a usable `access_token`: what Google answers to an unknown scope.
    case noAccessToken
    /// Nobody, a proxy, or a server in trouble answered: try again later. `status` 0: no answer.
    case unreachable(status: Int, retryAfter: Duration?)

    /// What a lane does about it when no valid token is left.
    package var classification: Classification {
        switch self {
        case .refused(let reason, _): Classification(.credentialFault, status: 0, reason: reason)
        case .noAccessToken: Classification(.credentialFault, status: 200, reason: "noAccessToken")
        case .unreachable(let status, let retryAfter):
            Classification(.laneBusy(retryAfter: retryAfter), status: status, reason: "tokenEndpointUnreachable")
        }
    }
}
