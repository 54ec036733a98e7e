package import Domain
import FanOut
package import Settings

/// Web Push [RFC 8030, 8291, 8292] to the push services of browsers: one VAPID key, a lane for each service.
package struct WebPush: Provider {
    package static let id = ProviderID(3)
    package static let name = "webpush"
    /// First byte of the stored form of its addresses.
    static let form: UInt8 = 4

    package static let isServiceNamedByAddress = true

    /// The push services of the browsers, allowed when the configuration names none.
    package static let browserHosts = [
        "*.push.apple.com", "fcm.googleapis.com", "jmt17.google.com", "*.push.services.mozilla.com",
        "*.notify.windows.com",
    ]

    package var name: String
    package var sender: VAPIDSender
    package var endpoints: EndpointRules

    package var server: String? { nil }
    package func owns(lane: String) -> Bool { lane.hasPrefix(Self.name + "/") }

    package var credential: CredentialFile { sender.credential(of: Self.name) }
    package var subscriptionKey: String? { sender.subscriptionKey }

    package static func read(from providers: SettingsSection) -> [WebPush] {
        providers.sectionIfPresent(name).map { [WebPush(reading: $0)] } ?? []
    }

    private init(reading section: SettingsSection) {
        name = section.name(default: "web")
        sender = VAPIDSender(reading: section)
        var entries: [EndpointRules.Entry] = []
        for text in section.strings("allowHosts", default: Self.browserHosts) {
            if let entry = EndpointRules.Entry(text) {
                entries.append(entry)
            } else {
                section.mistake("allowHosts", value: text, "must be host, *.domain or host:port")
            }
        }
        endpoints = EndpointRules(entries, allowPrivateAddresses: sender.allowsPrivateAddresses)
        section.close()
    }

    package static func targetForm(_ configured: [any Provider]) -> any TargetForm {
        let own = configured.lazy.compactMap { $0 as? WebPush }.first
        return targetForm(allowing: own?.endpoints ?? EndpointRules([]))
    }

    package static func targetForm(allowing rules: EndpointRules) -> any TargetForm {
        SubscriptionForm(provider: name, id: id, form: form, rules: rules)
    }

    package static func classify(status: Int, body: [UInt8], retryAfter: String?, host: String, now: Instant)
        -> Classification
    {
        WebPushAnswer.classify(status: status, body: body, retryAfter: retryAfter, host: host, now: now)
    }

    package static func body(saying word: String) -> JSONValue {
        Int64(word).map { ["errno": .number($0)] } ?? ["reason": .string(word)]
    }

    package func lane(at authority: String) -> LaneIdentity? {
        // nil: a service that was taken off the list; its devices are treated as having no lane.
        endpoints.endpoint(authority: authority).map { _ in Self.lane(authority, app: authority) }
    }

    package func definition(of lane: LaneIdentity, in network: ProviderNetwork) throws -> LaneDefinition {
        // Encryption bounds it anyway; no service names a number.
        try sender.definition(of: lane, in: network, form: Self.form, bounds: LaneBounds(windowMax: 100))
    }
}

extension SettingsSection {
    func vapidSubject(ofSimulator isSimulator: Bool) -> String {
        let subject = text("subject") { text in
            let isMail = text.hasPrefix("mailto:") && text.contains("@") && !text.contains(where: \.isWhitespace)
            return isMail || text.isURL(schemes: ["https://"]) ? nil : "must be mailto:<address> or an https URL"
        }
        // Without secrets nothing is started: the example of Config can be shown as it is. A simulator answers to nobody.
        if readsSecrets, !isSimulator, let host = subject.subjectHost, ReservedNames.contains(host) {
            mistake(
                "subject",
                value: subject,
                "no person is reached at \(host): the name is reserved [RFC 2606, 6761, 7686, 8375]"
            )
        }
        return subject
    }

    func vapidKey(path: String, subject: String, ofSimulator isSimulator: Bool) -> Secret {
        secret("keyFile", path: path, form: PEMText.privateKey) { bytes in
            do throws(WebPushCredentialError) {
                _ = try WebPushCredential(pem: String(decoding: bytes, as: UTF8.self), subject: subject)
                return nil
            } catch {
                // A reserved name is said of the subject itself.
                return error == .malformedSubject && !isSimulator && subject.isReserved ? nil : error.sentence
            }
        }
    }

    func allowsPrivateAddresses() -> Bool {
        let isPrivate = bool("allowPrivateAddresses", default: false)
        if isPrivate { warn("allowPrivateAddresses", value: "true", "is for simulators only") }
        return isPrivate
    }

    func navigationBase() -> String? {
        optionalText("baseURL") { text in
            text.isURL(schemes: ["https://"]) && !text.dropFirst(8).contains("/")
                ? nil : "must be https://host, without a path"
        }
    }
}

extension String {
    fileprivate var isReserved: Bool { subjectHost.map { ReservedNames.contains($0) } ?? false }

    /// The host of a VAPID subject, without port; nil when there is none.
    fileprivate var subjectHost: Substring? {
        if hasPrefix("mailto:") {
            return split(separator: "@", omittingEmptySubsequences: false).last?.prefix { $0 != "?" }
        }
        guard let scheme = firstRange(of: "://") else { return nil }
        let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
        return authority.split(separator: "@", omittingEmptySubsequences: false).last?.prefix { $0 != ":" }
    }
}

extension ProviderNetwork {
    /// The engine for a push service that a client of the API named: its address must be public when we connect, not only when it was
    /// registered.
    func engine(service: PushEndpoint, allowsPrivateAddresses: Bool) -> LaneConfiguration {
        var rules = PoolRules()
        rules.connectionsMax = 2
        rules.streamsPerConnectionMax = 100
        // Mozilla's service had faults on connections idle for days (mozilla-services/autopush#1393).
        rules.idleCloseAfter = .seconds(300)
        var engine = engine(service.host, UInt16(service.port), rules)
        let isSimulator = allowsPrivateAddresses && service.port != 443
        if !isSimulator { engine.addressPolicy = .check { AddressRules.isPublic($0.bytes) } }
        return engine
    }
}
