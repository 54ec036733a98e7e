import Domain
import Providers
import Store

/// The messages of the events that are being sent, rendered once for each form. Used on one thread.
struct RenderedEvents {
    private let limits: Limits
    private let kinds: Current<PublicationCatalogue>
    private var events: [Key: LoadedEvent] = [:]

    /// Events whose rendered message is kept; a lane rarely works on more than a few at a time.
    private static let eventsMax = 128

    private struct Key: Hashable {
        var event: EventID
        var form: MessageForm
    }

    enum Rendering {
        case loaded(LoadedEvent, collapseKey: EventID)
        case ended(SlotResult)
    }

    init(limits: Limits, kinds: Current<PublicationCatalogue>) {
        self.limits = limits
        self.kinds = kinds
    }

    /// Throws `StoreError.damaged` for an event that cannot be read.
    ///
    /// An event that was withdrawn or superseded is not rendered: what a crash left waiting of it ends so.
    mutating func event(_ id: EventID, on lane: any ProviderLane, in queue: QueueReader) throws -> Rendering {
        guard let stored = try queue.event(id) else { throw StoreError.damaged("event \(id) is missing") }
        if let ending = stored.ending { return .ended(ending) }
        let key = Key(event: id, form: lane.form)
        // An operator may have given it more time.
        if let known = events[key], known.expiresAt == stored.expiresAt {
            return .loaded(known, collapseKey: stored.collapse)
        }
        guard let publication = try queue.publication(of: id) else {
            throw StoreError.damaged("event \(id) has no content")
        }
        let message = MessageBuilder.message(
            publication,
            event: id,
            dataClass: stored.dataClass,
            kinds: kinds.value
        )
        if events.count >= Self.eventsMax { events.removeAll() }
        let loaded = LoadedEvent(
            id: id,
            body: body(message, on: lane),
            urgency: stored.urgency,
            acceptedAt: stored.acceptedAt,
            expiresAt: stored.expiresAt
        )
        events[key] = loaded
        return .loaded(loaded, collapseKey: stored.collapse)
    }

    /// nil: the routing keys alone are beyond the budget, every delivery ends `payloadRefused`, and says so.
    func body(_ message: Message, on lane: any ProviderLane) -> BodyTemplate? {
        do { return try lane.render(message, limits: limits) } catch { return nil }
    }
}
