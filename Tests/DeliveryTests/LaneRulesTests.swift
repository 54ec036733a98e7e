import Domain
import FanOut
import Providers
import TestSupport
import Testing

@testable import Delivery

/// What a lane's definition makes of its rules, and which of its parts a reload cannot change.
struct LaneRulesTests {
    private static func definition(_ provider: QuietLane = QuietLane()) -> LaneDefinition {
        LaneDefinition(
            LaneIdentity(name: "fcm/a", key: LaneKey(provider: .fcm, environment: nil, app: "a")),
            provider: provider,
            engine: LaneConfiguration(host: "push.example.org"),
            bounds: LaneBounds(windowMax: 100)
        )
    }

    @Test func `the configuration's limits are the lane's`() {
        var limits = Limits()
        limits.attemptsMax = 3
        limits.deliveriesLoadedPerLane = 500
        let rules = Self.definition().rules(limits)
        #expect(rules.name == "fcm/a" && rules.bounds == LaneBounds(windowMax: 100) && rules.lowWater == 250)
        #expect(rules.policy.attemptsMax == 3)
    }

    @Test func `a service that its devices named is believed by several owners only, and may have no HTTP2`() {
        let named = Self.definition(QuietLane(isServiceNamedByAddress: true, fallsBackToHTTP1: true)).rules(Limits())
        let plain = Self.definition().rules(Limits())
        #expect(named.accusersMin == 3 && named.hasOrdinaryClient)
        #expect(plain.accusersMin == 1 && !plain.hasOrdinaryClient)
    }

    @Test func `what a provider hands on to another one is named by the provider`() {
        #expect(Self.definition(QuietLane(forwardedPlatforms: [.ios])).rules(Limits()).forwardedPlatforms == [.ios])
        #expect(Self.definition().rules(Limits()).forwardedPlatforms.isEmpty)
    }

    private static let changes: [(part: String?, change: @Sendable (inout LaneDefinition) -> Void)] = [
        (
            "app or environment",
            { $0.identity = LaneIdentity(name: "fcm/a", key: LaneKey(provider: .fcm, environment: .sandbox, app: "a")) }
        ),
        ("endpoint", { $0.engine.host = "other.example.org" }), ("endpoint", { $0.engine.port = 2197 }),
        ("CA file", { $0.engine.extraCAFile = "/ca.pem" }), ("connections", { $0.engine.rules.connectionsMax = 7 }),
        ("connections", { $0.bounds.windowMax = 50 }), ("deadline", { $0.engine.requestDeadline = .seconds(5) }),
        // In use at once.
        (nil, { $0.bounds.messagesPerMinute = 5 }), (nil, { $0.bounds.deviceMessagesPerMinute = 5 }),
        (nil, { $0.provider = QuietLane(fallsBackToHTTP1: true) }),
    ]

    @Test(arguments: changes.indices)
    func `a reload says which parts wait for a restart`(index: Int) {
        let (part, change) = Self.changes[index]
        var renewed = Self.definition()
        change(&renewed)
        #expect(renewed.waitingForRestart(from: Self.definition()) == (part.map { [$0] } ?? []))
    }

    @Test func `all that waits is named at once, and nothing when all is the same`() {
        var renewed = Self.definition()
        renewed.engine = LaneConfiguration(host: "other.example.org", extraCAFile: "/ca.pem")
        #expect(renewed.waitingForRestart(from: Self.definition()) == ["endpoint", "CA file"])
        #expect(Self.definition().waitingForRestart(from: Self.definition()).isEmpty)
    }
}
