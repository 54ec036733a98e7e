import Domain
import Store
import StoreConformance
import Testing

@testable import Delivery

/// Who is rung now, of people who have said nothing themselves.
@Suite(.timeLimit(.minutes(1)))
struct PersonalLookTests {
    /// A Friday, 20:31 in Paris; noon of it; seven o'clock on Monday.
    private static let evening = Instant(seconds: 1_795_807_860)
    private static let noon = Instant(seconds: 1_795_777_200)
    private static let monday = Instant(seconds: 1_796_018_400)
    private static let spread = Duration.seconds(600)

    private static func rules(_ change: (inout DeliveryRules) -> Void = { _ in }) -> DeliveryRules {
        var quiet = QuietPolicy()
        quiet.releaseSpread = spread
        var rules = DeliveryRules(quiet: quiet, timeToLive: { _ in .seconds(7_200) })
        change(&rules)
        return rules
    }

    private static func publication(urgency: Urgency? = nil, expiresAt: Instant? = nil) -> Publication {
        var publication = Publication(app: "BLOG", action: "POST", audience: [], title: "T", body: "B")
        publication.urgency = urgency
        publication.expiresAt = expiresAt
        return publication
    }

    private static func entries(_ persons: ClosedRange<Int64>) -> [ConcernedPersons.Entry] {
        persons.map { .init(person: PersonID(rawValue: $0), role: .guardian, through: []) }
    }

    private func withLook(_ rules: DeliveryRules = rules(), _ body: (PersonalLook) throws -> Void) async throws {
        try await RefusingStore.with { store in
            let registry = try store.stores.openRegistry(
                keys: [StorePlace.key],
                newKey: [UInt8](repeating: 9, count: 32),
                onFatal: { _ in }
            )
            do {
                try body(PersonalLook(rules, registry: try store.stores.registryReader(seal: registry.seal)))
            } catch {
                await registry.close()
                throw error
            }
            await registry.close()
        }
    }

    @Test func `in the evening all wait for the school to open, each due at a place of its own`() async throws {
        try await withLook { look in
            let verdicts = try look.verdicts(on: Self.entries(1...20), of: Self.publication(), now: Self.evening)
            let waits = verdicts.values.compactMap { if case .waits(let wait) = $0 { wait } else { nil } }
            #expect(waits.count == 20 && waits.allSatisfy { $0.opensAt == Self.monday })
            #expect(waits.allSatisfy { (Self.monday..<Self.monday + Self.spread).contains($0.dueAt) })
            #expect(Set(waits.map(\.dueAt)).count > 15)
            // The same at each look: who was put off is not put off further.
            let again = try look.waits(of: Self.entries(1...20), in: Self.publication(), now: Self.evening)
            let expected = again.mapValues { PersonalLook.Verdict.waits($0) }
            #expect(verdicts == expected)
        }
    }

    @Test func `at noon, with an urgent message or without quiet hours nobody waits`() async throws {
        let people = Self.entries(1...3)
        try await withLook { look in
            let noon = try look.verdicts(on: people, of: Self.publication(), now: Self.noon)
            let urgent = try look.verdicts(on: people, of: Self.publication(urgency: .urgent), now: Self.evening)
            #expect(noon.isEmpty && urgent.isEmpty)
        }
        try await withLook(.none) { look in
            let evening = try look.verdicts(on: people, of: Self.publication(), now: Self.evening)
            #expect(evening.isEmpty)
        }
    }

    @Test func `the administrator's switch goes before everything, a default that is off before the hour`() async throws
    {
        for (kind, reason) in [
            (KindSwitch(isDisabled: true), Reason.kindDisabled), (KindSwitch(push: false), .optedOut),
        ] {
            try await withLook(Self.rules { $0.kind = { _, _ in kind } }) { look in
                for now in [Self.noon, Self.evening] {
                    let verdicts = try look.verdicts(on: Self.entries(1...2), of: Self.publication(), now: now)
                    #expect(verdicts.count == 2 && verdicts.values.allSatisfy { $0 == .withheld(reason) })
                }
            }
        }
    }

    @Test func `what the publisher is told is when people without hours of their own are rung`() async throws {
        try await withLook { look in
            #expect(look.opensAt(Self.publication(), schools: [], now: Self.evening) == Self.monday)
            #expect(look.opensAt(Self.publication(), schools: ["0429901A"], now: Self.evening) == Self.monday)
            #expect(look.opensAt(Self.publication(), schools: [], now: Self.noon) == nil)
            #expect(look.opensAt(Self.publication(urgency: .urgent), schools: [], now: Self.evening) == nil)
        }
    }

    @Test func `of several schools the first that opens counts, unless the publication names one`() async throws {
        var rules = Self.rules()
        rules.quiet.schools = ["0429901A": WeekOfMinutes([])]
        try await withLook(rules) { look in
            var publication = Self.publication()
            let schools = ["0429901A", "0699901B"]
            #expect(look.opensAt(publication, schools: schools, now: Self.evening) == nil)
            publication.school = "0699901B"
            #expect(look.opensAt(publication, schools: schools, now: Self.evening) == Self.monday)
        }
    }

    @Test func `what was let go has its whole time, unless the publisher has set an end`() async throws {
        try await withLook { look in
            let planned = Self.evening + .seconds(3_600)
            func expiry(_ publication: Publication, _ planned: Instant) -> Instant {
                look.expiry(publication, releasedAt: Self.monday, planned: planned)
            }
            #expect(expiry(Self.publication(), planned) == Self.monday + .seconds(7_200))
            #expect(expiry(Self.publication(), Self.monday + .seconds(86_400)) == Self.monday + .seconds(86_400))
            #expect(expiry(Self.publication(expiresAt: planned), planned) == planned)
        }
    }
}
