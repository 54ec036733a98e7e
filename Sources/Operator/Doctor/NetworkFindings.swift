import API
import Domain
import Settings
import WebClient

/// Names, routes and certificates of what is called outside: a HEAD to each, whose answer does not matter.
struct NetworkFindings {
    private static let timeout = Duration.seconds(5)

    /// Public certificates are renewed weeks before their end; later than this nobody is renewing it.
    private static let endWarnDays: Int64 = 7

    let settings: Settings
    let now: Instant

    func all() async -> [Finding] {
        var targets: [(subject: String, url: String)] = []
        for provider in settings.providers.sections {
            if let server = provider.server { targets.append((provider.credential.subject, server)) }
        }
        if let url = settings.parents.userinfoURL { targets.append(("userinfo", url)) }
        if let issuer = settings.parents.issuer {
            targets.append((say("keys of parents' tokens"), issuer.keysURL ?? TokenIssuer.discovery(of: issuer.url)))
        }
        guard !targets.isEmpty else { return [] }
        let client = WebClient(options: .init(transfersMax: 8, caFile: settings.tls.caFile))
        let findings = await withTaskGroup(of: (Int, Finding).self) { group in
            for (index, target) in targets.enumerated() {
                group.addTask { (index, await ask(target.subject, target.url, client)) }
            }
            var found: [(Int, Finding)] = []
            for await finding in group { found.append(finding) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        await client.stop()
        return findings
    }

    private func ask(_ subject: String, _ url: String, _ client: WebClient) async -> Finding {
        let host = url.split(separator: "/", maxSplits: 3).dropFirst().first.map(String.init) ?? url
        do throws(WebClientError) {
            let response = try await client.send(
                WebRequest(
                    method: "HEAD",
                    url: url,
                    timeout: Self.timeout,
                    connectTimeout: Self.timeout,
                    responseBytesMax: 64 << 10,
                    wantsCertificate: true
                )
            )
            let fine = say("\(host) has a name, a route and a good certificate (status \(digits: response.status))")
            guard let end = response.certificateEnd.flatMap({ CertificateDate.read($0) }) else {
                return .ok(subject, fine)
            }
            let days = (end - now).components.seconds / 86_400
            guard days >= Self.endWarnDays else {
                return .warn(subject, say("\(host): its certificate ends on \(day: end), in \(days) days"))
            }
            return .ok(subject, fine + say(", which ends on \(day: end)"))
        } catch {
            switch error {
            case .unreachable(let reason):
                return .fail(subject, say("\(host) cannot be reached: \(reason)"), next: say("DNS, firewall, proxy"))
            case .tls(let reason):
                return .fail(
                    subject,
                    "\(host): \(reason)",
                    next: say("tls.caFile, the system's certificates, the clock")
                )
            case .answerLost:
                // APNs speaks HTTP/2 only; the TLS handshake is done by then.
                return .ok(subject, say("\(host) has a name, a route and a good certificate"))
            default: return .fail(subject, "\(host): \(error.sentence)", next: say("firewall, proxy"))
            }
        }
    }
}
