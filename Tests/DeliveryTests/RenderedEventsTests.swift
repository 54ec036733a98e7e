import Domain
import Providers
import Store
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// An event's message is rendered once for each form and language, and anew when anything of it has changed.
@Suite(.timeLimit(.minutes(1)))
struct RenderedEventsTests {
    /// Keeps what it is asked to render.
    private final class Printer: ProviderLane {
        private let titles = Mutex<[String]>([])
        let form: MessageForm

        init(_ provider: ProviderID = .fcm) { form = MessageForm(provider: provider) }

        var rendered: [String] { titles.withLock { $0 } }

        func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate {
            titles.withLock { $0.append(message.title + (message.about.map { " of \($0)" } ?? "")) }
            return BodyTemplate()
        }

        func address(
            _ target: [UInt8],
            for delivery: AddressedDelivery,
            scratch: inout [UInt8]
        ) throws(AddressFault) -> PushAddress { PushAddress(form: 0, text: "") }

        func wire(_ storage: CredentialStorage) -> any Wire { QuietWire() }
    }

    private struct NotRendered: Error {}

    private let messages = Current(catalogue(french: "Billet"))
    private var events: RenderedEvents

    init() {
        events = RenderedEvents(limits: Limits(), kinds: Current(PublicationCatalogue()), messages: messages)
    }

    private static func catalogue(french: String) -> MessageCatalogue {
        MessageCatalogue(
            [("fr", french), ("tr", "Yazı")].map { language, title in
                var texts = MessageTexts(language: language)
                texts.applications = ["BLOG": title]
                texts.texts = [.recapTitle: "\(language) {count}"]
                return texts
            }
        )
    }

    private mutating func render(
        _ event: EventID,
        on lane: Printer,
        _ store: RefusingStore
    ) throws -> RenderedEvents.Rendered {
        guard case .loaded(let rendered) = try events.event(event, on: lane, in: store.reader) else {
            throw NotRendered()
        }
        return rendered
    }

    @Test func `all deliveries of an event have one rendering, and each form its own`() async throws {
        try await RefusingStore.with { store in
            var tests = self
            let (firebase, apple) = (Printer(), Printer(.apns))
            for lane in [firebase, apple, firebase, apple] { _ = try tests.render(store.event, on: lane, store) }
            #expect(firebase.rendered == ["Billet"] && apple.rendered == ["Billet"])
        }
    }

    @Test func `a language is rendered when its first device is met, French for one that is not there`() async throws {
        try await RefusingStore.with { store in
            var tests = self
            let lane = Printer()
            let shown = try tests.render(store.event, on: lane, store)
            for locale in ["tr-TR", "tr", "fr-FR", nil, "xx"] {
                _ = tests.events.event(shown, locale: locale, about: nil, on: lane)
            }
            #expect(lane.rendered == ["Billet", "Yazı"])
        }
    }

    @Test func `a family's names are rendered for it alone, each time`() async throws {
        try await RefusingStore.with { store in
            var tests = self
            let lane = Printer()
            let shown = try tests.render(store.event, on: lane, store)
            for names in ["Lina", "Noé"] { _ = tests.events.event(shown, locale: "fr", about: names, on: lane) }
            _ = tests.events.event(shown, locale: "fr", about: nil, on: lane)
            #expect(lane.rendered == ["Billet", "Billet of Lina", "Billet of Noé"])
        }
    }

    @Test func `texts that were reloaded are used from the next page on`() async throws {
        try await RefusingStore.with { store in
            var tests = self
            let lane = Printer()
            let shown = try tests.render(store.event, on: lane, store)
            messages.replace(Self.catalogue(french: "Article"))
            // Of the page under way the texts it began with.
            _ = tests.events.event(shown, locale: "tr", about: nil, on: lane)
            _ = try tests.render(store.event, on: lane, store)
            #expect(lane.rendered == ["Billet", "Yazı", "Article"])
        }
    }

    @Test func `a recap says how many in the device's language, and expires with the event it stands for`() async throws
    {
        try await RefusingStore.with { store in
            var tests = self
            let lane = Printer()
            let shown = try tests.render(store.event, on: lane, store)
            let recap = tests.events.recap(of: 4, instead: shown, locale: "tr", on: lane)
            #expect(lane.rendered == ["Billet", "tr 4"])
            #expect(recap.id == store.event && recap.expiresAt == shown.event.expiresAt && recap.urgency == .normal)
        }
    }

    @Test func `an event that is not there is damage, and is said so`() async throws {
        try await RefusingStore.with { store in
            var tests = self
            do {
                _ = try tests.render(EventID(rawValue: 1), on: Printer(), store)
                Issue.record("an event was rendered that nobody has accepted")
            } catch StoreError.damaged(let what) { #expect(what.contains("missing")) }
        }
    }
}
