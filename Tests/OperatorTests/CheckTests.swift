import Domain
import FoundationEssentials
import Testing

@testable import Operator

/// One line, measured values, and the exit codes of Nagios.
@Suite(.timeLimit(.minutes(1)))
struct CheckTests {
    let fixture: OperatorFixture

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
        try fixture.setTimes(to: OperatorFixture.now)
    }

    private func serving(lane state: String, oldest: Int = 3, _ arguments: String...) async throws -> Ran {
        let lane =
            #"{"lane":"fcm/onepocket","state":"\#(state)","reason":null,"pending":140,"deferred":2,"dead":1,"oldestSeconds":\#(oldest)}"#
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: [
                "GET /admin/lanes": (200, #"{"items":[\#(lane)]}"#),
                "GET /admin/status": (
                    200,
                    #"{"at":"2026-09-21T14:13:20Z","pid":1,"uptimeSeconds":60,"notReady":["full"],"lanes":[\#(lane)]}"#
                ),
            ]
        )
        defer {
            service.stop()
            // The next service of the same test binds it anew.
            do { try FileManager.default.removeItem(atPath: fixture.folder + "/admin.sock") } catch {}
        }
        return await fixture.run(["check"] + arguments)
    }

    @Test func `a backlog is measured against its limits`() async throws {
        let ran = try await serving(lane: "active", "backlog", "-w", "60s", "-c", "5m", "--crit-pending", "200")
        #expect(ran.code == 1)
        #expect(
            ran.output
                == "WARNING 1 dead letter; oldest 3 s, pending 140, deferred 2 (live) | oldest=3s;60;300 waiting=142;;200 pending=140 deferred=2 dead=1;1; oldest_deferred=0s;7200;43200\n"
        )
        let silenced = try await serving(lane: "active", "backlog", "--warn-dead", "0")
        #expect(silenced.code == 0 && silenced.output.hasPrefix("OK oldest 3 s"))
        #expect(try await serving(lane: "active", "backlog", "--crit-dead", "1").code == 2)
    }

    @Test func `what was tried in vain for hours is told, and what waits for the morning is not`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore(madeAt: OperatorFixture.now + .seconds(-9000))
        let ran = await fixture.run("check", "backlog", "-w", "1d", "-c", "1d")
        #expect(
            ran.code == 1 && ran.output.contains("the oldest that was tried in vain waits for 2 h 30 min"),
            "\(ran)"
        )
        #expect(await fixture.run("check", "backlog", "-w", "1d", "-c", "1d", "--crit-deferred", "2h").code == 2)
        #expect(await fixture.run("check", "backlog", "-w", "1d", "-c", "1d", "--warn-deferred", "3h").code == 0)
    }

    @Test(
        arguments: [
            (59, "140", 0, "OK"), (60, "143", 1, "WARNING"), (300, "143", 2, "CRITICAL"), (0, "142", 2, "CRITICAL"),
        ] as [(Int, String, Int32, String)]
    )
    func `each limit of a backlog counts`(oldest: Int, most: String, code: Int32, word: String) async throws {
        let limit = most == "140" ? "200" : most
        let ran = try await serving(
            lane: "active",
            oldest: oldest,
            "backlog",
            "--warn-dead",
            "0",
            "-w",
            "60s",
            "-c",
            "300s",
            "--crit-pending",
            limit
        )
        #expect(ran.code == code && ran.output.hasPrefix(word + " "))
    }

    @Test(
        arguments: [
            ("active", 0, "OK 1 of 1"), ("open", 1, "WARNING fcm/onepocket open"),
            ("paused", 1, "WARNING fcm/onepocket paused"),
            ("credentialFault", 2, "CRITICAL fcm/onepocket credentialFault"),
        ] as [(String, Int32, String)]
    )
    func `a lane's state is a level`(state: String, code: Int32, line: String) async throws {
        let ran = try await serving(lane: state, "lanes")
        #expect(ran.code == code && ran.output.hasPrefix(line), "\(ran.output)")
    }

    @Test func `a service that cannot promise is critical, as is one that is away`() async throws {
        #expect(try await serving(lane: "active", "service").output.hasPrefix("CRITICAL not ready: full; pid 1"))
        #expect(await fixture.run("check", "service").code == 2)
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: [
                "GET /admin/status": (
                    200, #"{"pid":1,"uptimeSeconds":60,"notReady":[],"broker":"NATS is away","lanes":[]}"#
                )
            ]
        )
        defer { service.stop() }
        let ran = await fixture.run("check", "service")
        #expect(ran.code == 2 && ran.output.hasPrefix("CRITICAL NATS is away; pid 1"), "\(ran.output)")
    }

    @Test(arguments: [
        ["lanes", "--lane", "none"], ["backlog", "-w", "soon"], ["nothing"], ["store", "--limit", "1"],
    ])
    func `what cannot be asked is unknown, never critical`(arguments: [String]) async {
        #expect(await fixture.run(["check"] + arguments).code == 3)
    }

    @Test func `a store that cannot be read is critical`() async throws {
        #expect(await fixture.run("check", "store", "-w", "0", "-c", "0").code == 0)
        #expect(await fixture.run("check", "store", "-w", "101", "-c", "0").code == 1)
        #expect(await fixture.run("check", "store", "-c", "101").code == 2)
        try FileManager.default.removeItem(atPath: fixture.folder + "/data")
        let ran = await fixture.run("check", "store")
        #expect(ran.code == 2 && ran.output.hasPrefix("CRITICAL the store in "))
    }

    @Test func `a clock behind the store's files is critical`() async throws {
        let json = try await fixture.run("check", "clock", "-o", "json").json
        // Whether this machine's own clock is synchronised is not ours to say.
        #expect((json["code"]?.int64 ?? 9) < 2 && json["measures"]?["off"]?.int64 == 0)
        try fixture.setTimes(to: OperatorFixture.now + .seconds(62))
        let ran = await fixture.run("check", "clock", "-w", "5s", "-c", "60s")
        #expect(ran.code == 2 && ran.output.contains("61 s in the future"))
    }

    @Test func `a check is an object for machines`() async throws {
        let ran = await fixture.run("check", "backlog", "-o", "json")
        #expect(try ran.json.object?.map(\.name) == ["check", "at", "level", "code", "text", "measures"])
        #expect(try ran.json["measures"]?["deferred"]?.int64 == 1)
    }
}
