import Contract
import Domain
import Providers
import SQLite
import Store
import Testing

@testable import Pipeline

/// A forecast counts what an expansion of the same publication would make.
@Suite(.timeLimit(.minutes(1)))
struct ForecastTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func rules(personsPerExpansion: Int = 2000, allowing hosts: Set<String> = []) -> ForecastRules {
        var limits = Limits()
        limits.personsPerExpansion = personsPerExpansion
        return ForecastRules(
            activeByDefault: true,
            deviceAgeMax: .seconds(400 * 86_400),
            limits: limits,
            isServiceAllowed: { hosts.contains($0.app) }
        )
    }

    private func preview(_ workshop: Workshop, _ users: [String], lifetime: Duration = .seconds(60)) -> Preview {
        Preview(
            publisher: nil,
            publication: workshop.publication(users),
            dataClass: .generic,
            at: workshop.clock.now,
            expiresAt: workshop.clock.now + lifetime,
            unresolved: []
        )
    }

    @Test(arguments: [1, 2, 2000])
    func `it adds up to what the expansion makes, in slices of any size`(slice: Int) async throws {
        try await withWorkshop(folder) { workshop in
            let users = ["u-1", "u-2", "u-3", "nobody"]
            for user in users.prefix(2) { try await workshop.register(user) }
            try await workshop.register("u-1", installation: "i-2", target: .fcmToken("t-2"))
            try await workshop.register("u-3", target: .apns("00"))

            let forecast = try rules(personsPerExpansion: slice).forecast(
                preview(workshop, users),
                schools: nil,
                registry: workshop.devices,
                lanes: workshop.lanes
            )
            let event = try await workshop.accept(users)
            try await workshop.expander.work()

            let made = try #require(try workshop.reader.report(on: event, laneReason: { _ in nil }))
            #expect(forecast.deliveries == made.deliveries)
            #expect(forecast.lanes == ["fcm/app": 3])
            #expect(forecast.otherUsers == 4 && forecast.otherUsersReachable == 2)
        }
    }

    @Test func `a device that cannot be read is counted as not rung, and nothing fails`() async throws {
        try await withWorkshop(folder) { workshop in
            for user in ["u-1", "u-2"] { try await workshop.register(user) }
            try workshop.damage("registry.db") {
                try $0.execute("UPDATE device SET provider = 0 WHERE installation = 'i-u-1'")
            }
            let forecast = try rules().forecast(
                preview(workshop, ["u-1", "u-2"]),
                schools: nil,
                registry: workshop.devices,
                lanes: workshop.lanes
            )
            #expect(forecast.otherUsersReachable == 1 && forecast.deliveries.rejected == 1)
        }
    }

    @Test func `after its time nothing is rung`() async throws {
        try await withWorkshop(folder) { workshop in
            try await workshop.register("u-1")
            let forecast = try rules().forecast(
                preview(workshop, ["u-1"], lifetime: .zero),
                schools: nil,
                registry: workshop.devices,
                lanes: workshop.lanes
            )
            #expect(forecast.deliveries.expired == 1 && forecast.lanes.isEmpty)
        }
    }

    @Test func `a push service without a lane is counted where it would get one`() async throws {
        try await withWorkshop(folder) { workshop in
            for (user, host) in [("u-1", "push.example.org"), ("u-2", "evil.example")] {
                let subscription = Subscription(
                    endpoint: "https://\(host)/x",
                    p256dh: [UInt8](repeating: 4, count: 65),
                    auth: [UInt8](repeating: 1, count: 16)
                )
                try await workshop.register(user, target: .webpush(subscription))
            }
            let forecast = try rules(allowing: ["push.example.org"]).forecast(
                preview(workshop, ["u-1", "u-2"]),
                schools: nil,
                registry: workshop.devices,
                lanes: workshop.lanes
            )
            #expect(forecast.lanes == ["webpush/push.example.org": 1])
            #expect(forecast.otherUsersReachable == 1)
            let json = forecast.view(preview(workshop, ["u-1"])).wire
            #expect(json["preview"] == true && json["deliveries"]?["pending"] == .number(1))
        }
    }
}
