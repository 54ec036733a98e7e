import Contract
import Domain
import Providers
import Store
import Testing

@testable import Delivery
@testable import Pipeline

/// Which text a device gets: its language, and the names of a guardian's children.
@Suite(.timeLimit(.minutes(1)))
struct SpokenTextTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let texts: [MessageTexts] = [("fr", "Billet"), ("tr", "Yazı"), ("ar", "مقال")].map {
        language,
        title in
        var texts = MessageTexts(language: language)
        texts.applications = ["BLOG": title]
        return texts
    }

    private func speak(_ workshop: Workshop, _ user: String, _ locale: String?) async throws {
        let registration = Registration(
            installation: "i-" + user,
            target: .fcmToken("token-" + user),
            environment: .production,
            app: "app",
            locale: locale
        )
        _ = try await workshop.registry.register(
            registration,
            for: Account(userID: user, externalKey: nil),
            limits: Limits(),
            now: workshop.clock.now
        )
    }

    private func load(_ workshop: Workshop, _ lane: RecordingLane) throws -> [LoadedDelivery] {
        try workshop.reader.openPages().flatMap { try workshop.loader.load($0.page, on: lane, now: 0).deliveries }
    }

    @Test func `a fixed text is in the device's language, rendered once for each`() async throws {
        try await withWorkshop(folder, texts: Self.texts) { workshop in
            for (user, locale) in [("u-1", "fr-FR"), ("u-2", "tr-TR"), ("u-3", nil), ("u-4", "tr"), ("u-5", "de")] {
                try await speak(workshop, user, locale)
            }
            try await workshop.accept(["u-1", "u-2", "u-3", "u-4", "u-5"])
            try await workshop.expander.work()
            let lane = RecordingLane()
            let loaded = try load(workshop, lane)

            #expect(lane.messages.map(\.title) == ["Billet", "Yazı"])
            let events = Dictionary(uniqueKeysWithValues: loaded.map { ($0.push.receiver, ObjectIdentifier($0.event)) })
            #expect(events["u-2"] == events["u-4"] && events["u-1"] == events["u-3"] && events["u-1"] == events["u-5"])
            #expect(events["u-1"] != events["u-2"])
        }
    }

    @Test func `the language a guardian has chosen goes before the device's`() async throws {
        try await withWorkshop(folder, texts: Self.texts) { workshop in
            try await speak(workshop, "u-1", "fr")
            let changed: Result<StoredWishes, Never> = try await workshop.registry.changeWishes(
                of: "u-1",
                now: workshop.clock.now
            ) { before in
                var after = before
                after.wishes.locale = "tr"
                return after
            }
            #expect(changed.get().wishes.locale == "tr")
            try await workshop.accept(["u-1"])
            try await workshop.expander.work()
            let lane = RecordingLane()
            _ = try load(workshop, lane)
            #expect(lane.messages.map(\.title).last == "Yazı")
        }
    }

    @Test func `a text that was posted is the same for all`() async throws {
        try await withWorkshop(folder, texts: Self.texts) { workshop in
            try await speak(workshop, "u-1", "fr")
            try await speak(workshop, "u-2", "tr")
            try await workshop.accept(["u-1", "u-2"], dataClass: .clear)
            try await workshop.expander.work()
            let lane = RecordingLane()
            _ = try load(workshop, lane)
            #expect(lane.messages.map(\.title) == ["T"])
        }
    }

    @Test(arguments: [DataClass.clear, .generic])
    func `a guardian of siblings reads their names, one of a single child does not, and only in clear`(
        _ dataClass: DataClass
    ) async throws {
        try await withWorkshop(folder) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            try workshop.family(["Lina": ["u-1", "u-2"], "Noé": ["u-1"]])
            try await workshop.accept([], dataClass: dataClass) { $0.audience = [.pupil("k-Lina"), .pupil("k-Noé")] }
            try await workshop.expander.work()
            let lane = RecordingLane()
            let loaded = try load(workshop, lane)

            #expect(Set(loaded.map(\.push.receiver)) == ["u-1", "u-2"])
            let names = lane.messages.compactMap(\.about)
            #expect(names == (dataClass == .clear ? ["Lina, Noé"] : []))
        }
    }

    @Test func `the class encrypted shows what generic does, and gives the whole text to be encrypted`() async throws {
        try await withWorkshop(folder, texts: Self.texts) { workshop in
            try await speak(workshop, "u-1", "fr")
            try await workshop.accept(["u-1"], dataClass: .encrypted)
            try await workshop.expander.work()
            let lane = RecordingLane()
            _ = try load(workshop, lane)
            #expect(lane.messages.map(\.title) != ["T"] && lane.messages.map(\.body) == [""])
            #expect(lane.encryptedMessages.map(\.message.title) == ["T"])
            #expect(lane.encryptedMessages.map(\.title) != ["T"])
        }
    }

    @Test func `an encrypted event says how it was sent, and counts the phones without keys`() async throws {
        try await withWorkshop(folder, texts: Self.texts) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            func status(_ event: EventID) throws -> EventView {
                EventStatus.view(try #require(try workshop.reader.report(on: event, laneReason: { _ in nil })))
            }
            func sent(_ users: [String], without keyless: Set<String>) async throws -> EventView {
                let event = try await workshop.accept(users, dataClass: .encrypted)
                try await workshop.expander.work()
                let before = try status(event)
                #expect(before.sentAs == nil && before.sentAsGeneric == nil && before.warnings.isEmpty)
                try await workshop.deliver {
                    #expect($0.push.isSentAsGeneric)
                    return .accepted(
                        attempts: 1,
                        latencyMilliseconds: 5,
                        isSentAsGeneric: keyless.contains($0.push.receiver)
                    )
                }
                return try status(event)
            }
            let all = try await sent(["u-1", "u-2"], without: [])
            #expect(all.sentAs == "encrypted" && all.sentAsGeneric == nil && all.warnings.isEmpty)
            let some = try await sent(["u-1", "u-2"], without: ["u-2"])
            #expect(some.sentAs == "encrypted" && some.sentAsGeneric == 1)
            #expect(
                some.warnings.map(\.code) == ["sentAsGeneric"]
                    && some.warnings[0].detail.hasPrefix("1 phone has no keys")
            )
            let none = try await sent(["u-1", "u-2"], without: ["u-1", "u-2"])
            #expect(none.sentAs == "generic" && none.sentAsGeneric == 2)
            #expect(none.warnings.first?.detail.hasPrefix("2 phones have no keys") == true)
        }
    }
}
