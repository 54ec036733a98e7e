import API
import Pipeline
import Settings

/// Publishers of the configuration, as the API, the broker and the expander know them.
extension Gateway {
    static func entries(_ settings: Settings) -> [PublisherDirectory.Entry] {
        settings.publishers.map { publisher in
            .init(
                publisher: Publisher(
                    name: publisher.name,
                    sources: publisher.sources,
                    schools: publisher.schools,
                    rights: Set(publisher.rights.compactMap { Publisher.Right(rawValue: $0.rawValue) }),
                    callbackAfter: publisher.callback.map { .seconds($0.afterSeconds) }
                ),
                secrets: publisher.secrets.map(\.bytes),
                keys: publisher.keys.map { PublisherKey(id: $0.id, sha256: $0.sha256, until: $0.until) }
            )
        }
    }

    static func schools(_ settings: Settings) -> [String: Set<String>] {
        var bounds: [String: Set<String>] = [:]
        for publisher in settings.publishers { bounds[publisher.name] = publisher.schools }
        return bounds
    }
}
