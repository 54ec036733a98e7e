import Domain

extension SettingsSection {
    func providers(_ checks: CredentialChecks) -> ProviderSettings {
        var providers = ProviderSettings()
        let fcm = list("fcm")
        providers.fcm = fcm.map { $0.fcm(checks) }
        let apns = list("apns")
        providers.apns = apns.map { $0.apns(checks) }
        providers.webpush = sectionIfPresent("webpush")?.webpush(checks)
        if providers.webpush == nil { reader.record(key("webpush"), "null", .defaultValue, default: "null") }
        reportTwice(fcm, providers.fcm.map(\.name), "name", "names a lane twice")
        reportTwice(fcm, providers.fcm.map(\.app), "app", "has a lane already: one fcm entry for each app")
        reportTwice(apns, providers.apns.map(\.name), "name", "names a lane twice")
        reportTwice(
            apns,
            providers.apns.map { "\($0.app) \($0.environment.name)" },
            "app",
            "has a lane already: one apns entry for each app and environment"
        )
        if providers.fcm.isEmpty, providers.apns.isEmpty, providers.webpush == nil {
            reader.warn(key(), fileOrigin(line), "no push service is configured: nobody will be rung")
        }
        close()
        return providers
    }

    private func fcm(_ checks: CredentialChecks) -> ProviderSettings.FCM {
        let name = name()
        let app = self.name("app", default: "onepocket")
        let file = path("serviceAccountFile")
        let account = secret("serviceAccountFile", path: file, check: checks.fcmServiceAccount)
        let endpoint = endpoint(default: "https://fcm.googleapis.com")
        let messagesPerMinute = integer("messagesPerMinute", default: 570_000, in: 60...100_000_000)
        let expires = day("expires")
        close()
        return .init(
            name: name,
            app: app,
            serviceAccount: account,
            serviceAccountFile: file,
            endpoint: endpoint,
            messagesPerMinute: messagesPerMinute,
            expires: expires
        )
    }

    private enum Environment: String, CaseIterable { case production, sandbox }

    private func apns(_ checks: CredentialChecks) -> ProviderSettings.APNs {
        let name = name()
        let app = self.name("app", default: "onepocket")
        let topic = text("topic") { $0.isHostLike ? nil : "must be a bundle id (letters, digits, '.' and '-')" }
        let teamID = text("teamID", check: Self.appleIdentifier)
        let keyID = text("keyID", check: Self.appleIdentifier)
        let file = path("keyFile")
        let key = secret("keyFile", path: file, form: PEMText.privateKey) {
            checks.apnsKey(String(decoding: $0, as: UTF8.self), keyID, teamID)
        }
        let isSandbox = word("environment", default: Environment.production) == .sandbox
        let (own, other) = isSandbox ? (Self.sandbox, Self.production) : (Self.production, Self.sandbox)
        let endpoint = endpoint(default: own)
        if endpoint == other {
            reader.mistake(
                self.key("endpoint"),
                origin(of: "endpoint"),
                value: endpoint,
                "is the other environment's; leave it out or change environment"
            )
        }
        let isTimeSensitiveAllowed = bool("timeSensitive", default: false)
        let expires = day("expires")
        close()
        return .init(
            name: name,
            app: app,
            topic: topic,
            teamID: teamID,
            keyID: keyID,
            key: key,
            keyFile: file,
            environment: isSandbox ? .sandbox : .production,
            endpoint: endpoint,
            isTimeSensitiveAllowed: isTimeSensitiveAllowed,
            expires: expires
        )
    }

    private static let production = "https://api.push.apple.com"
    private static let sandbox = "https://api.sandbox.push.apple.com"

    private func webpush(_ checks: CredentialChecks) -> ProviderSettings.WebPush {
        let name = name(default: "web")
        let file = path("keyFile")
        let subject = text("subject") { text in
            let isMail = text.hasPrefix("mailto:") && text.contains("@") && !text.contains(where: \.isWhitespace)
            return isMail || text.isURL(schemes: ["https://"]) ? nil : "must be mailto:<address> or an https URL"
        }
        let isPrivate = bool("allowPrivateAddresses", default: false)
        // Without secrets nothing is started: the example of Config can be shown as it is. A simulator answers to nobody.
        if reader.readsSecrets, !isPrivate, let host = subject.subjectHost, ReservedNames.contains(host) {
            reader.mistake(
                self.key("subject"),
                origin(of: "subject"),
                value: subject,
                "no person is reached at \(host): the name is reserved [RFC 2606, 6761, 7686, 8375]"
            )
        }
        let key = secret("keyFile", path: file, form: PEMText.privateKey) {
            checks.vapidKey(String(decoding: $0, as: UTF8.self), subject)
        }
        var entries: [EndpointRules.Entry] = []
        for text in strings("allowHosts", default: EndpointRules.browserHosts) {
            if let entry = EndpointRules.Entry(text) {
                entries.append(entry)
            } else {
                reader.mistake(
                    self.key("allowHosts"),
                    origin(of: "allowHosts"),
                    value: text,
                    "must be host, *.domain or host:port"
                )
            }
        }
        if isPrivate {
            reader.warn(
                self.key("allowPrivateAddresses"),
                origin(of: "allowPrivateAddresses"),
                value: "true",
                "is for simulators only"
            )
        }
        let baseURL = optionalText("baseURL") { text in
            text.isURL(schemes: ["https://"]) && !text.dropFirst(8).contains("/")
                ? nil : "must be https://host, without a path"
        }
        let expires = day("expires")
        close()
        return .init(
            name: name,
            key: key,
            keyFile: file,
            subject: subject,
            endpoints: EndpointRules(entries, allowPrivateAddresses: isPrivate),
            baseURL: baseURL,
            allowsPrivateAddresses: isPrivate,
            expires: expires
        )
    }

    private func endpoint(default defaultValue: String) -> String {
        text("endpoint", default: defaultValue) { text in
            guard text.isURL(schemes: ["https://"]), !text.dropFirst(8).contains(where: { "/?#@".contains($0) }) else {
                return "must be https://host or https://host:port, without a path"
            }
            return nil
        }
    }

    private static func appleIdentifier(_ text: String) -> String? {
        text.utf8.count == 10 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            ? nil : "must be Apple's ten letters and digits"
    }

    private func reportTwice(_ sections: [SettingsSection], _ values: [String], _ name: String, _ what: String) {
        var seen: Set<String> = []
        for (section, value) in zip(sections, values) where !value.isEmpty && !seen.insert(value).inserted {
            reader.mistake(section.key(name), section.origin(of: name), value: value, what)
        }
    }
}

extension String {
    /// One of the schemes, then a host of printable ASCII.
    func isURL(schemes: [String]) -> Bool {
        guard let scheme = schemes.first(where: { hasPrefix($0) }), utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            return false
        }
        let authority = dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard let first = host.first, first != ":" else { return false }
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return true }
        return Decimal.read(host[host.index(after: colon)...]).map { (1...65_535).contains($0) } ?? false
    }

    /// The host of a VAPID subject, without port; nil when there is none.
    var subjectHost: Substring? {
        if hasPrefix("mailto:") {
            return split(separator: "@", omittingEmptySubsequences: false).last?.prefix { $0 != "?" }
        }
        guard let scheme = firstRange(of: "://") else { return nil }
        let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
        return authority.split(separator: "@", omittingEmptySubsequences: false).last?.prefix { $0 != ":" }
    }

    var isOnLoopback: Bool {
        ["://127.0.0.1", "://localhost", "://[::1]"].contains { contains($0) }
    }

    var isHostLike: Bool {
        utf8.count <= 255 && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
    }
}
