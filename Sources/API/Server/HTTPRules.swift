package import Domain

/// What the public listener allows beyond the routes themselves.
package struct HTTPRules: Sendable {
    /// Whose `X-Forwarded-For` counts.
    package var proxies = TrustedProxies.loopback
    /// Origins whose pages may register browsers at this one: `https://ent.example.org`. None: only pages of the gateway's own origin.
    package var allowedOrigins: [String] = []
    package var unprovenBodies: UnprovenBodies

    package init(_ limits: Limits) { unprovenBodies = UnprovenBodies(bytesMax: limits.unprovenBytesMax) }
}
