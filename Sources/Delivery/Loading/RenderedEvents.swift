import Domain
import Providers
import Store

/// The form a lane's messages take; one rendering of an event serves all its deliveries of that form.
enum MessageForm: Hashable, Sendable {
    case apns(isTimeSensitiveAllowed: Bool)
    case fcm
    /// `bytesMax`: the push service's budget.
    case webpush(bytesMax: Int)
}

/// The messages of the events that are being sent, rendered once for each form. Used on one thread.
struct RenderedEvents {
    private let limits: Limits
    private let base: NavigationBase?
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

    /// `base`: where the ENT's pages are, for browsers.
    init(limits: Limits, base: NavigationBase?) {
        self.limits = limits
        self.base = base
    }

    /// Throws `StoreError.damaged` for an event that cannot be read.
    ///
    /// An event that was withdrawn or superseded is not rendered: what a crash left waiting of it ends so.
    mutating func event(_ id: EventID, form: MessageForm, in queue: QueueReader) throws -> Rendering {
        guard let stored = try queue.event(id) else { throw StoreError.damaged("event \(id) is missing") }
        if let ending = stored.ending { return .ended(ending) }
        let key = Key(event: id, form: form)
        // An operator may have given it more time.
        if let known = events[key], known.expiresAt == stored.expiresAt {
            return .loaded(known, collapseKey: stored.collapse)
        }
        guard let publication = try queue.publication(of: id) else {
            throw StoreError.damaged("event \(id) has no content")
        }
        let message = MessageBuilder.message(publication, event: id, dataClass: stored.dataClass)
        if events.count >= Self.eventsMax { events.removeAll() }
        let loaded = LoadedEvent(
            id: id,
            body: body(message, form: form),
            urgency: stored.urgency,
            acceptedAt: stored.acceptedAt,
            expiresAt: stored.expiresAt
        )
        events[key] = loaded
        return .loaded(loaded, collapseKey: stored.collapse)
    }

    func body(_ message: Message, form: MessageForm) -> LoadedEvent.Body {
        do throws(MessageTooLarge) {
            switch form {
            case .apns(let isTimeSensitiveAllowed):
                return .apns(
                    try APNsMessage(message, isTimeSensitiveAllowed: isTimeSensitiveAllowed, limits: limits)
                )
            case .fcm: return .fcm(try FCMMessage(message, limits: limits))
            case .webpush(let bytesMax):
                return .webpush(try WebPushMessage(message, base: base, bytesMax: bytesMax, limits: limits))
            }
        } catch {
            // The routing keys alone are beyond the budget: every delivery ends `payloadRefused`, and says so.
            return .tooLarge
        }
    }
}
