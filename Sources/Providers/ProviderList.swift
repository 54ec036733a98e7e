package import Domain
package import Settings

/// The providers there are: the line of assembly of each.
package enum ProviderList {
    /// In the order in which they are named to people.
    package static let all: [any Provider.Type] = [
        FCM.self,
        APNs.self,
        WebPush.self,
        UnifiedPush.self,
    ]

    /// What the configuration may have entries of.
    package static var sections: [any ProviderSection.Type] { all.map { $0 as any ProviderSection.Type } }

    package static func named(_ name: String) -> (any Provider.Type)? { all.first { $0.name == name } }

    package static var names: [String] { all.map { $0.name } }

    /// `fcm, apns or webpush`.
    package static var choice: String {
        names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }
}

extension ProviderID {
    /// The word outside. A store may hold the number of a provider that a newer version had.
    package var name: String { ProviderList.all.first { $0.id == self }?.name ?? "provider \(rawValue)" }

    package init?(name: String) {
        guard let provider = ProviderList.named(name) else { return nil }
        self = provider.id
    }
}

extension ProviderSettings {
    /// The entries, which are all of providers of the list.
    package var all: [any Provider] { sections.compactMap { $0 as? any Provider } }

    /// How the addresses of registrations are read.
    package var targetForms: [any TargetForm] { ProviderList.all.map { $0.targetForm(all) } }

    /// The key that browsers subscribe with; nil when none is configured.
    package var subscriptionKey: String? { all.compactMap(\.subscriptionKey).first }

    /// The providers whose lanes addresses open.
    package var opening: Set<ProviderID> {
        Set(all.map { type(of: $0) as any Provider.Type }.filter { $0.isServiceNamedByAddress }.map { $0.id })
    }

    /// Lanes that descriptors are kept for. Push services of browsers have two connections each, and there are five browsers.
    package var lanesToPlanFor: Int { all.reduce(0) { $0 + $1.lanes.count } + (opening.isEmpty ? 0 : 2) }

    /// ``Provider/verify(_:in:)`` of the address's own provider.
    package func verify(_ target: Target, in network: ProviderNetwork) async -> FieldError? {
        for entry in all where type(of: entry).id == target.provider {
            if let error = await entry.verify(target, in: network) { return error }
        }
        return nil
    }

    /// The lane of a push service that an address names; nil: not configured, or not allowed (any more).
    package func lane(of provider: ProviderID, at authority: String) -> (any Provider, LaneIdentity)? {
        for entry in all where type(of: entry).id == provider {
            if let lane = entry.lane(at: authority) { return (entry, lane) }
        }
        return nil
    }
}

extension ProviderSettings {
    /// The name of the lane that rings a device; nil when none is configured. `host`: of the push service its address names.
    package func lane(of provider: ProviderID, _ environment: PushEnvironment, app: String, host: String?) -> String? {
        if provider.isServiceNamedByAddress {
            return host.map { LaneKey(provider: provider, environment: nil, app: $0).serviceName }
        }
        let lanes = all.lazy.filter { type(of: $0).id == provider }.flatMap(\.lanes)
        return lanes.first {
            $0.key.serves(provider: provider, environment: environment, app: app, authority: nil)
        }?.name
    }
}

extension LaneKey {
    /// The name of a lane that an address opens: `<provider>/<host[:port]>`.
    package var serviceName: String { provider.name + "/" + app }
}

extension ProviderID {
    /// ``Provider/isServiceNamedByAddress``; false for a provider this version does not have.
    package var isServiceNamedByAddress: Bool {
        ProviderList.all.first { $0.id == self }?.isServiceNamedByAddress ?? false
    }
}
