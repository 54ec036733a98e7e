import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Testing

@testable import Delivery
@testable import Pipeline

/// Who is rung, on which lane, and why not.
@Suite(.timeLimit(.minutes(1)))
struct ResolverTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func resolver(_ workshop: Workshop, isActive: Bool = true, seenSince: Instant? = nil) -> Resolver {
        Resolver(
            registry: workshop.devices,
            lanes: workshop.lanes,
            activeByDefault: isActive,
            seenSince: seenSince ?? Instant(milliseconds: 0)
        )
    }

    private func resolve(_ workshop: Workshop, _ users: [String], _ resolver: Resolver) throws -> [Resolver.Resolved] {
        let publication = workshop.publication(users)
        var audience = try resolver.audience(of: publication, acceptedAt: workshop.clock.now, schools: nil)
        return try resolver.routes(
            of: audience.next(max: 100, from: workshop.devices),
            in: publication,
            withheldForAll: try resolver.withheldForAll(publication),
            now: workshop.clock.now
        )
    }

    @Test func `every device of a person is a delivery, in the order of the devices`() async throws {
        try await withWorkshop(folder) { workshop in
            let first = try await workshop.register("u-1")
            let second = try await workshop.register("u-1", installation: "i-2", target: .fcmToken("t-2"))
            let other = try await workshop.register("u-2")
            let resolved = try resolve(workshop, ["u-2", "u-1"], resolver(workshop))
            #expect(resolved.map { $0.routes.map(\.device) } == [[first.id, second.id], [other.id]])
            #expect(resolved.allSatisfy { $0.deliveries(hasExpired: false).allSatisfy { $0.result == .pending } })
        }
    }

    @Test func `nobody is left out without a reason`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            try await workshop.register("u-2", target: .apns("00112233"))
            let resolved = try resolve(workshop, ["u-1", "u-2", "nobody"], resolver(workshop))
            // No lane of APNs is configured; the third is known to nobody.
            #expect(resolved.map(\.withheld) == [nil, .noDevice, .unknownUser])
            let nowhere = resolved.dropFirst().flatMap { $0.deliveries(hasExpired: false) }
            #expect(nowhere.allSatisfy { $0.lane == .nowhere && $0.result.state == .withheld })
        }
    }

    @Test func `a device that has not been seen for long, or is disabled, is none`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let later = workshop.clock.now + .seconds(1)
            #expect(try resolve(workshop, ["u-1"], resolver(workshop, seenSince: later))[0].withheld == .noDevice)
            try workshop.damage("registry.db") { try $0.execute("UPDATE device SET state = 1") }
            let suspect = try resolve(workshop, ["u-1"], resolver(workshop))[0].deliveries(hasExpired: false)
            #expect(suspect.map(\.result) == [SlotResult(.rejected, reason: .tokenSuspect)])
            try workshop.damage("registry.db") { try $0.execute("UPDATE device SET state = 2") }
            #expect(try resolve(workshop, ["u-1"], resolver(workshop))[0].withheld == .noDevice)
        }
    }

    @Test func `a publication without push, or of a school that is not active, is for nobody`() async throws {
        try await withWorkshop(folder) { workshop in
            var publication = workshop.publication(["u-1"])
            publication.wantsPush = false
            #expect(try resolver(workshop).withheldForAll(publication) == .noPush)
            publication.wantsPush = true
            publication.school = "0429901A"
            // A school the directory does not know has no switch.
            #expect(try resolver(workshop, isActive: false).withheldForAll(publication) == nil)
            try workshop.damage("registry.db") {
                try $0.execute(
                    "INSERT INTO place(kind, feed, school_key, key, name, uai) VALUES (0, 1, '1', '1', 'École', '0429901A')"
                )
            }
            #expect(try resolver(workshop, isActive: false).withheldForAll(publication) == .notActivated)
            #expect(try resolver(workshop).withheldForAll(publication) == nil)
        }
    }

    @Test func `the lane of a push service is asked for once, then used or closed`() async throws {
        try await withWorkshop(folder) { workshop in
            let subscription = Subscription(
                endpoint: "https://push.example.org/x",
                p256dh: [UInt8](repeating: 4, count: 65),
                auth: [UInt8](repeating: 1, count: 16)
            )
            try await workshop.register("u-1", target: .webpush(subscription))
            let service = LaneKey(provider: .webpush, environment: nil, app: "push.example.org")
            #expect(try resolve(workshop, ["u-1"], resolver(workshop))[0].unopened == [service])
            workshop.lanes.close(service: service)
            let closed = try resolve(workshop, ["u-1"], resolver(workshop))[0]
            #expect(closed.unopened.isEmpty && closed.withheld == .noDevice)
        }
    }

    @Test func `more persons than a statement takes are all found`() async throws {
        try await withWorkshop(folder) { workshop in
            let owner = try await workshop.register("u-1").owner
            let people = [owner] + (1...1300).map { PersonID(rawValue: owner.rawValue + $0) }
            let found = try workshop.devices.routes(of: people.shuffled())
            #expect(found.owners(of: people) == [owner])
            #expect(try workshop.devices.routes(of: [PersonID]()).owners(of: people).isEmpty)
        }
    }
}
