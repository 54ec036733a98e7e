import Domain

/// A browser's push subscription, checked at registration.
package struct Subscription: Hashable, Sendable {
    /// https URL of at most ``Limits/endpointBytesMax`` bytes.
    package var endpoint: String
    /// Uncompressed point on P-256, 65 bytes.
    package var p256dh: [UInt8]
    /// 16 bytes.
    package var auth: [UInt8]

    package init(endpoint: String, p256dh: [UInt8], auth: [UInt8]) {
        self.endpoint = endpoint
        self.p256dh = p256dh
        self.auth = auth
    }

    /// Reads the stored form: a byte of its provider's, the two keys, the endpoint. nil when it is not one.
    init?(stored bytes: [UInt8]) {
        guard bytes.count > 82 else { return nil }
        endpoint = String(decoding: bytes.dropFirst(82), as: UTF8.self)
        p256dh = Array(bytes[1..<66])
        auth = Array(bytes[66..<82])
    }

    /// The address of it. `form`: the first byte of the stored form, a provider's own.
    func target(of provider: ProviderID, form: UInt8) -> Target {
        let authority: String?
        do { authority = try PushEndpoint(endpoint).authority } catch {
            // Checked at registration; without it there is no lane.
            authority = nil
        }
        return Target(
            provider: provider,
            bytes: [form] + p256dh + auth + Array(endpoint.utf8),
            // A subscription is its endpoint: keys may be renewed with it.
            identity: [form] + Array(endpoint.utf8),
            kind: "subscription",
            tail: String(endpoint.suffix(4)),
            authority: authority
        )
    }
}

/// Reads the member `subscription` of a registration.
struct SubscriptionForm: TargetForm {
    let provider: String
    let id: ProviderID
    /// First byte of the stored form.
    let form: UInt8
    /// Which endpoints may be called.
    let rules: EndpointRules

    func target(_ members: inout RegistrationMembers) -> Target? {
        guard let member = members.object["subscription"], !member.isNull else {
            members.fail("/subscription", "missing", "Web Push needs a subscription.")
            return nil
        }
        guard let subscription = member.object else {
            members.fail("/subscription", "wrongType", "The subscription is an object.")
            return nil
        }
        let endpoint = endpoint(subscription["endpoint"], &members)
        let keys = members.keysOfRFC8291(
            subscription["keys"],
            p256dh: "/subscription/keys/p256dh",
            auth: "/subscription/keys/auth"
        )
        guard let endpoint, let keys else { return nil }
        return Subscription(endpoint: endpoint, p256dh: keys.p256dh, auth: keys.auth).target(of: id, form: form)
    }

    private func endpoint(_ value: JSONValue?, _ members: inout RegistrationMembers) -> String? {
        guard let text = value?.string else {
            let isMissing = value?.isNull ?? true
            members.fail("/subscription/endpoint", isMissing ? "missing" : "wrongType", "The endpoint is a string.")
            return nil
        }
        do throws(PushEndpoint.Fault) {
            _ = try rules.check(text, bytesMax: members.limits.endpointBytesMax)
            return text
        } catch {
            let code = error.rawValue
            members.fail(
                "/subscription/endpoint",
                "endpoint" + code.prefix(1).uppercased() + code.dropFirst(),
                error.sentence
            )
            return nil
        }
    }
}
