import Domain
import Providers
import Store

/// The messages of the events that are being sent, rendered once for each form, and for each language where their texts differ. Used on
/// one thread.
struct RenderedEvents {
    private let limits: Limits
    private let kinds: Current<PublicationCatalogue>
    private let messages: Current<MessageCatalogue>
    /// Whose texts are in `events`.
    private var catalogue: MessageCatalogue
    private var events: [Key: Rendered] = [:]

    /// Renderings that are kept; a lane rarely works on more than a few events at a time.
    private static let eventsMax = 128

    private struct Key: Hashable {
        var event: EventID
        var form: MessageForm
        var language: String
    }

    /// An event's message in one language.
    struct Rendered {
        var event: LoadedEvent
        /// What it was rendered from, for other languages and for names: no delivery reads it again.
        var stored: StoredEvent
        var publication: Publication
        /// Every language has its own text.
        var dependsOnLanguage: Bool
        var isClear: Bool { stored.dataClass == .clear }
    }

    enum Rendering {
        case loaded(Rendered)
        case ended(SlotResult)
    }

    init(limits: Limits, kinds: Current<PublicationCatalogue>, messages: Current<MessageCatalogue>) {
        self.limits = limits
        self.kinds = kinds
        self.messages = messages
        catalogue = messages.value
    }

    /// Throws `StoreError.damaged` for an event that cannot be read. In French.
    ///
    /// An event that was withdrawn or superseded is not rendered: what a crash left waiting of it ends so.
    mutating func event(_ id: EventID, on lane: any ProviderLane, in queue: QueueReader) throws -> Rendering {
        guard let stored = try queue.event(id) else { throw StoreError.damaged("event \(id) is missing") }
        if let ending = stored.ending { return .ended(ending) }
        let newest = messages.value
        if newest !== catalogue {
            catalogue = newest
            events.removeAll()
        }
        let key = Key(event: id, form: lane.form, language: catalogue.french.language)
        // An operator may have given it more time.
        if let known = events[key], known.event.expiresAt == stored.expiresAt { return .loaded(known) }
        guard let publication = try queue.publication(of: id) else {
            throw StoreError.damaged("event \(id) has no content")
        }
        return .loaded(render(stored, publication, key, catalogue.french, about: nil, on: lane))
    }

    /// The same for a device: in the language of its locale, and with the names of the children it is about. Reads nothing.
    mutating func event(
        _ rendered: Rendered,
        locale: String?,
        about: String?,
        on lane: any ProviderLane
    ) -> LoadedEvent {
        let texts = rendered.dependsOnLanguage ? catalogue.texts(for: locale) : catalogue.french
        guard about != nil || texts.language != catalogue.french.language else { return rendered.event }
        let key = Key(event: rendered.event.id, form: lane.form, language: texts.language)
        if about == nil, let known = events[key], known.event.expiresAt == rendered.event.expiresAt {
            return known.event
        }
        return render(rendered.stored, rendered.publication, key, texts, about: about, on: lane).event
    }

    /// One message for `count` events, in the place of one of them. Names none, so every class of data may have it.
    func recap(of count: Int, instead rendered: Rendered, locale: String?, on lane: any ProviderLane) -> LoadedEvent {
        let message = MessageBuilder.recap(of: count, event: rendered.event.id, texts: catalogue.texts(for: locale))
        return LoadedEvent(
            id: rendered.event.id,
            body: body(message, on: lane),
            urgency: .normal,
            acceptedAt: rendered.event.acceptedAt,
            expiresAt: rendered.event.expiresAt
        )
    }

    private mutating func render(
        _ stored: StoredEvent,
        _ publication: Publication,
        _ key: Key,
        _ texts: MessageTexts,
        about: String?,
        on lane: any ProviderLane
    ) -> Rendered {
        func message(_ dataClass: DataClass) -> Message {
            MessageBuilder.message(
                publication,
                event: key.event,
                dataClass: dataClass,
                kinds: kinds.value,
                texts: texts
            )
        }
        let isEncrypted = stored.dataClass == .encrypted
        // A browser's message is encrypted whatever its class.
        var shown = message(isEncrypted && lane.encryptsEachMessage ? .clear : stored.dataClass)
        shown.about = about
        let encrypted = isEncrypted ? encrypted(message(.clear), texts, on: lane) : nil
        let rendered = Rendered(
            event: LoadedEvent(
                id: key.event,
                body: body(shown, on: lane),
                encrypted: encrypted,
                isEncrypted: isEncrypted,
                urgency: stored.urgency,
                acceptedAt: stored.acceptedAt,
                expiresAt: stored.expiresAt
            ),
            stored: stored,
            publication: publication,
            dependsOnLanguage: MessageBuilder.dependsOnLanguage(publication, stored.dataClass)
        )
        // Names are a family's own: no other delivery has them.
        guard about == nil else { return rendered }
        if events.count >= Self.eventsMax { events.removeAll() }
        events[key] = rendered
        return rendered
    }

    /// nil as of ``body(_:on:)``, and where a lane's devices have no keys: they get what the class `generic` shows.
    private func encrypted(_ message: Message, _ texts: MessageTexts, on lane: any ProviderLane) -> EncryptedBody? {
        do { return try lane.renderEncrypted(message, title: texts.text(.notification), limits: limits) } catch {
            return nil
        }
    }

    /// The texts for a device that an operator or its owner tests.
    func texts(for locale: String?) -> MessageTexts { messages.value.texts(for: locale) }

    /// nil: the routing keys alone are beyond the budget, every delivery ends `payloadRefused`, and says so.
    func body(_ message: Message, on lane: any ProviderLane) -> BodyTemplate? {
        do { return try lane.render(message, limits: limits) } catch { return nil }
    }
}
