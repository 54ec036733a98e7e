import Domain
import Settings
import Synchronization

/// When the lanes' credentials end, as the configuration says; a reload replaces them.
final class CredentialEnds: Sendable {
    private let providers: Mutex<ProviderSettings>

    init(_ settings: Settings) { providers = Mutex(settings.providers) }

    func replace(_ settings: Settings) { providers.withLock { $0 = settings.providers } }

    subscript(lane: String) -> Instant? { providers.withLock { $0.expiry(ofLane: lane) } }
}
