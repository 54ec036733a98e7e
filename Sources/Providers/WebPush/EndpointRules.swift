package import Domain

/// Which endpoints may be registered. A client chooses the address we shall call, so only known push services are
/// taken; that the resolved address is public is checked again at every send.
package struct EndpointRules: Hashable, Sendable {
    /// A line of `webpush.allowHosts`: `host`, `*.domain` or `host:port`.
    package struct Entry: Hashable, Sendable {
        fileprivate var host: String
        /// `*.` was written: hosts below the domain, not the domain itself.
        fileprivate var isWildcard: Bool
        fileprivate var port: Int?

        /// nil when the text is none of the three forms.
        package init?(_ text: String) {
            isWildcard = text.hasPrefix("*.")
            guard let (host, port) = PushEndpoint.split(isWildcard ? text.dropFirst(2) : text[...]),
                !isWildcard || port == nil
            else { return nil }
            self.host = host
            self.port = port
        }

        fileprivate func covers(_ host: String) -> Bool {
            isWildcard ? host.hasSuffix("." + self.host) : host == self.host
        }
    }

    private let entries: [Entry]
    private let allowPrivateAddresses: Bool
    /// There is no list: another proof stands for it.
    private let takesAnyHost: Bool

    /// Hosts that serve other interfaces beside the browsers' subscriptions: what their paths begin with. `jmt17.google.com` is what
    /// Chromium without Google's branding is given.
    private static let paths = [
        "fcm.googleapis.com": ["/fcm/send/", "/wp/"], "jmt17.google.com": ["/fcm/send/", "/wp/"],
    ]

    /// With `allowPrivateAddresses`, entries that name a port may be addresses and local names: for simulators only.
    package init(_ entries: [Entry], allowPrivateAddresses: Bool = false) {
        self.entries = entries
        takesAnyHost = false
        self.allowPrivateAddresses = allowPrivateAddresses
    }

    /// Any public host at port 443, for endpoints that prove themselves in another way. With `allowPrivateAddresses` also addresses, local
    /// names and other ports: for simulators only.
    package init(anyHostWithPrivate allowPrivateAddresses: Bool) {
        entries = []
        takesAnyHost = true
        self.allowPrivateAddresses = allowPrivateAddresses
    }

    /// The endpoint's parts when it may be registered.
    ///
    /// - Throws: the first rule it breaks.
    package func check(_ endpoint: String, bytesMax: Int) throws(PushEndpoint.Fault) -> PushEndpoint {
        guard endpoint.utf8.count <= bytesMax else { throw .tooLong }
        let parsed = try PushEndpoint(endpoint)
        try checkService(of: parsed)
        if let starts = Self.paths[parsed.host] {
            let path = parsed.path.utf8
            guard starts.contains(where: { path.starts(with: $0.utf8) && path.count > $0.utf8.count }) else {
                throw .path
            }
        }
        return parsed
    }

    /// Host and port; the path is a subscription's own affair.
    private func checkService(of parsed: PushEndpoint) throws(PushEndpoint.Fault) {
        if takesAnyHost {
            guard allowPrivateAddresses || !parsed.isLiteralOrLocal else { throw .addressLiteral }
            guard allowPrivateAddresses || parsed.port == 443 else { throw .port }
            return
        }
        let matching = entries.filter { $0.covers(parsed.host) }
        let namesPort = matching.contains { $0.port == parsed.port }
        if parsed.isLiteralOrLocal, !(allowPrivateAddresses && namesPort) { throw .addressLiteral }
        guard !matching.isEmpty else { throw .hostNotAllowed }
        guard namesPort || parsed.port == 443 && matching.contains(where: { $0.port == nil }) else { throw .port }
    }

    /// The push service behind `host[:port]`; nil when its endpoints may not be registered (any more).
    package func endpoint(authority: String) -> PushEndpoint? {
        do {
            let parsed = try PushEndpoint("https://\(authority)/")
            try checkService(of: parsed)
            return parsed
        } catch { return nil }
    }
}
