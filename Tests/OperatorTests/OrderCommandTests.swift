import Cryptography
import Domain
import FoundationEssentials
import SQLite
import Store
import Testing

/// Orders from the command line: against the store itself while nobody serves it, and against a service that answers.
@Suite(.timeLimit(.minutes(1)))
struct OrderCommandTests {
    let fixture: OperatorFixture

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
    }

    private var event: String { fixture.event.description }

    @Test func `while the service is down an order needs --offline`() async throws {
        let ran = await fixture.run("queue", "retry", "--event", event)
        #expect(ran.code == 4 && ran.talk.contains("--offline"))
        let held = await fixture.run("queue", "hold", "--event", event, "--why", "test", "--offline", "-o", "json")
        #expect(held.code == 0)
        let json = try held.json
        #expect(json["matched"]?.int64 == 3 && json["changed"]?.int64 == 1 && json["state"] == "done")
        #expect(json["notEligible"]?["accepted"]?.int64 == 1 && json["notEligible"]?["withheld"]?.int64 == 1)
        let listed = try await fixture.run("queue", "list", "--state", "held", "-o", "json").json
        #expect(listed["items"]?.array?.count == 1 && listed["items"]?.array?.first?["reason"] == "held")
        #expect(try await fixture.run("event", "show", event, "-o", "json").json["state"] == "held")

        // Held counts as neither pending nor deferred.
        let lane = try await fixture.run("lane", "list", "-o", "json").json["items"]?.array?.first
        #expect(lane?["held"]?.int64 == 1 && lane?["pending"]?.int64 == 0 && lane?["deferred"]?.int64 == 0)
        #expect(await fixture.run("lane", "list").output.contains("HELD"))
        #expect(try await fixture.run("lane", "show", "fcm/onepocket", "-o", "json").json["held"]?.int64 == 1)
        #expect(try await fixture.run("queue", "status", "-o", "json").json["held"]?.int64 == 1)
        #expect(await fixture.run("queue", "status").output.contains("dead 0   held 1"))

        let id = try #require(listed["items"]?.array?.first?["id"]?.string)
        let why = await fixture.run("queue", "why", id)
        #expect(why.output.contains("An operator holds it"))
        let released = await fixture.run(["queue", "release", "-", "--offline"], input: [id, ""])
        #expect(released.code == 0 && released.output.contains("O-2 done: changed 1"), "\(released)")
        #expect(await fixture.run(["queue", "release", "-", "--offline"], input: []).code == 3)
    }

    @Test(
        arguments: [
            (["queue", "drop", "--offline", "--why", "x"], 6), (["queue", "drop", "--event", "E-1", "--offline"], 2),
            (["queue", "hold", "D-1", "--lane", "x", "--why", "x"], 2), (["queue", "hold", "what", "--why", "x"], 2),
            (["queue", "retry", "--event", "E-1", "--offline"], 3), (["queue", "retry", "D-1", "--offline"], 3),
            (["dead", "retry", "--offline"], 6), (["dead", "retry", "--state", "dead"], 2),
            (["dead", "drop", "--lane", "fcm/*", "--why", "x", "--yes", "--offline"], 3),
            (["queue", "expire", "--event", "E-1", "--expect", "-1"], 2), (["operation", "show", "O-99"], 3),
            (["operation", "show", "x"], 2), (["device", "revoke", "x", "--why", " "], 2),
            (["device", "revoke", "x", "--why", "y"], 4), (["lane", "drain", "fcm/onepocket", "--why", "y"], 4),
        ] as [([String], Int32)]
    )
    func `what cannot be done has its exit code and changes nothing`(arguments: [String], code: Int32) async throws {
        let ran = await fixture.run(arguments)
        #expect(ran.code == code, "\(ran.talk)")
        #expect(try await fixture.run("operation", "list", "-o", "json").json["items"] == [])
    }

    @Test func `with the service down a lane is paused, drained and resumed in the store, and the log has it`()
        async throws
    {
        let lane = "fcm/onepocket"
        let paused = await fixture.run(
            "lane",
            "pause",
            lane,
            "--why",
            "test",
            "--until",
            "2h",
            "--offline",
            "-o",
            "json"
        )
        #expect(paused.code == 0, "\(paused.talk)")
        let json = try paused.json
        #expect(json["state"] == "paused" && json["until"] == "2026-09-21T16:13:20Z" && json["deferred"] == 1)
        let listed = try await fixture.run("lane", "list", "-o", "json").json["items"]?.array?.first
        #expect(
            listed?["state"] == "paused" && listed?["reason"] == "by lea: test" && listed?["until"] == json["until"]
        )
        let drained = await fixture.run("lane", "drain", lane, "--why", "move", "--offline")
        #expect(drained.output.hasPrefix("fcm/onepocket: draining."), "\(drained)")
        let resumed = await fixture.run("lane", "resume", lane, "--offline")
        #expect(resumed.code == 0 && resumed.output.hasPrefix("fcm/onepocket: active."), "\(resumed)")
        #expect(await fixture.run("lane", "pause", "none", "--why", "x", "--offline").code == 3)
        #expect(await fixture.run("lane", "release", lane, "--apply", "--why", "x", "--offline").code == 3)
        let revoked = await fixture.run("device", "revoke", "phone-1", "--why", "lost", "--offline")
        #expect(revoked.output == "phone-1: disabled\n", "\(revoked)")
        let log = try await fixture.run("operation", "list", "-o", "json").json["items"]?.array
        #expect(log?.map { $0["verb"] } == ["device.revoke", "lane.active", "lane.draining", "lane.paused"])
        #expect(log?.allSatisfy { $0["actor"] == "lea" } == true)
        #expect(await fixture.run("operation", "verify").code == 0)
    }

    /// Writes orders with these filters; whoever opens the store next finds it free.
    private func keep(_ filters: [String], in stores: SQLiteStores) async throws {
        let queue = try stores.openQueue(
            now: OperatorFixture.now,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        for filter in filters {
            let order = InstantOperation(actor: "lea", verb: "lane.paused", filter: filter, why: "", changed: 1)
            _ = try await queue.keep(order, now: OperatorFixture.now)
        }
        await queue.close()
    }

    @Test func `an order about a lane is kept with the lane's name, and one of an earlier version is shown with it`()
        async throws
    {
        let stores = SQLiteStores(folder: fixture.folder + "/data")
        let key = TargetSeal.Key(id: "k1", key: SymmetricKey(data: Array(0..<32)))
        let registry = try stores.openRegistry(
            keys: [key],
            newKey: [UInt8](repeating: 9, count: 32),
            onFatal: { _ in }
        )
        _ = try await registry.freeze(lane: "fcm/onepocket", since: OperatorFixture.now, now: OperatorFixture.now)
        await registry.close()
        let lane = try #require(try stores.queueReader().lanes().first).id.rawValue
        try await keep(["lane=\(lane) until=2026-09-21T16:13:20Z", "lane=\(lane)", "lane=99"], in: stores)
        let words = ["lane", "release", "fcm/onepocket", "--discard", "--why", "x", "--offline"]
        let released = await fixture.run(words)
        #expect(released.code == 0, "\(released)")

        let kept = try stores.queueReader().operations(before: nil, limit: 1)
        #expect(kept.map(\.filter) == ["lane=fcm/onepocket"])
        let shown = try await fixture.run("operation", "list", "-o", "json").json["items"]?.array
        #expect(
            shown?.map { $0["filter"]?.string } == [
                "lane=fcm/onepocket", "lane=99", "lane=fcm/onepocket", "lane=fcm/onepocket until=2026-09-21T16:13:20Z",
            ]
        )
        #expect(await fixture.run("operation", "show", "O-2").output.contains("filter   lane=fcm/onepocket\n"))
        #expect(await fixture.run("operation", "verify").code == 0)
    }

    @Test func `an event is withdrawn once, and only with yes`() async throws {
        let words = ["event", "withdraw", event, "--why", "wrong class", "--offline"]
        let planned = try await fixture.run(["event", "withdraw", event, "--dry-run", "--offline", "-o", "json"]).json
        #expect(
            planned["eligible"]?.int64 == 1 && planned["state"] == "planned" && planned["operation"]?.isNull == true
        )
        let refused = await fixture.run(words)
        #expect(refused.code == 6 && refused.talk.contains("--yes"))
        let down = await fixture.run("event", "withdraw", event, "--why", "wrong class", "--yes")
        #expect(down.code == 4)

        let done = try await fixture.run(words + ["--yes", "-o", "json"]).json
        #expect(done["state"] == "done" && done["changed"]?.int64 == 1 && done["verb"] == "withdraw")
        let again = try await fixture.run(words + ["--yes", "-o", "json"]).json
        #expect(again["operation"] == done["operation"] && again["changed"] == done["changed"])

        let shown = try await fixture.run("event", "show", event, "-o", "json").json
        #expect(shown["state"] == "withdrawn" && shown["withdrawnReason"] == "wrong class")
        let missing = try await fixture.run("event", "reach", event, "--state", "notReached", "-o", "json").json
        #expect(missing["items"]?.array?.first?["reason"] == "withdrawn")
        let listed = await fixture.run("event", "list", "--state", "withdrawn", "-o", "ids")
        #expect(listed.output == event + "\n")
    }

    @Test(
        arguments: [
            (["event", "withdraw", "E-1", "--why", "x", "--yes", "--offline"], 3),
            (["event", "withdraw", "x", "--why", "x", "--yes"], 2), (["event", "withdraw", "E-1", "--yes"], 2),
        ] as [([String], Int32)]
    )
    func `a withdrawal that cannot be has its exit code`(arguments: [String], code: Int32) async throws {
        #expect(await fixture.run(arguments).code == code)
    }

    @Test func `to drop needs yes, or the number typed by a person`() async throws {
        let words = ["queue", "drop", "--event", event, "--why", "mistake", "--offline"]
        let refused = await fixture.run(words)
        #expect(refused.code == 6 && refused.talk.contains("--yes --expect 1"))
        let mistyped = await fixture.run(words, typed: ["2"])
        #expect(mistyped.code == 6 && mistyped.talk.contains("Type 1 to drop them:"))
        let exceeded = await fixture.run(words + ["--yes", "--expect", "0"])
        #expect(exceeded.code == 6 && exceeded.talk.contains("more than the 0 expected"))
        let plan = await fixture.run(words + ["--dry-run"])
        #expect(plan.code == 0 && plan.output.contains("nothing changed (dry run)"))
        #expect(try await fixture.run("operation", "list", "-o", "json").json["items"] == [])

        let dropped = await fixture.run(words, typed: ["1"])
        #expect(dropped.code == 0 && dropped.output.contains("changed 1"))
        #expect(try await fixture.run("event", "show", event, "-o", "json").json["state"] == "done")
    }

    @Test func `an expression orders with the service down, and the log has it`() async throws {
        let filter = ["--where", "event=\(event) and lane=fcm/*", "--not", "state=accepted"]
        let plan = try await fixture.run(["queue", "hold", "--offline", "--dry-run", "-o", "json"] + filter).json
        #expect(plan["matched"]?.int64 == 1 && plan["eligible"]?.int64 == 1)
        let held = await fixture.run(["queue", "hold", "--why", "x", "--offline"] + filter)
        #expect(held.code == 0, "\(held.talk)")
        let logged = try await fixture.run("operation", "show", "O-1", "-o", "json").json
        #expect(logged["filter"]?.string == "not state=accepted, where event=\(event) and lane=fcm/*")
        #expect(await fixture.run("operation", "verify").code == 0)
        // An event in an expression is a filter, not the whole event: nothing that is still to come is bound.
        #expect(try await fixture.run("event", "show", event, "-o", "json").json["state"] == "sending")
    }

    @Test func `the log tells who ordered what, and verify names what was changed`() async throws {
        _ = await fixture.run("queue", "hold", "--event", event, "--why", "test", "--offline")
        _ = await fixture.run("queue", "release", "--event", event, "--offline")
        let listed = try await fixture.run("operation", "list", "-o", "json").json["items"]?.array
        #expect(listed?.map { $0["verb"] } == ["release", "hold"])
        #expect(listed?.last?["actor"] == "lea" && listed?.last?["why"] == "test")
        let shown = try await fixture.run("operation", "show", "O-1", "-o", "json").json
        #expect(shown["log"]?.array?.map { $0["what"] } == ["ordered", "ended"])
        let verified = await fixture.run("operation", "verify", "-o", "json")
        let head = try #require(try verified.json["head"]?.string)
        #expect(verified.code == 0 && head.count == 64)
        #expect(await fixture.run("operation", "verify", "--head", head).code == 0)
        let other = await fixture.run("operation", "verify", "--head", "00")
        #expect(other.code == 1 && other.talk.contains("the head that was noted is not in the log"))
    }

    @Test(
        arguments: [
            (409, #"{"code":"orderRefused","refusal":"needsYes","order":{"eligible":500}}"#, 6, "--yes --expect 500"),
            (409, #"{"code":"orderRefused","refusal":"expectExceeded","order":{"eligible":500}}"#, 6, "more than"),
            (404, #"{"code":"nothingMatched","detail":"No delivery matches."}"#, 3, "nothing matched"),
            (422, #"{"code":"invalidOrder","errors":[{"detail":"Bad word."}]}"#, 2, "Bad word."),
            (503, #"{"code":"storeUnavailable","detail":"Later."}"#, 5, "Later."),
            (200, #"{"operation":"O-7","state":"cancelled","changed":4}"#, 7, "cancelled after 4"),
            (200, #"{"operation":"O-7","state":"failed","changed":0}"#, 1, "failed after 0"),
            (200, #"{"operation":"O-7","state":"done","changed":4}"#, 0, ""),
        ] as [(Int, String, Int32, String)]
    )
    func `the service's word becomes an exit code`(
        status: Int,
        body: String,
        code: Int32,
        said: String
    ) async throws {
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: ["POST /admin/orders": (status, body)]
        )
        defer { service.stop() }
        let ran = await fixture.run(
            "queue",
            "retry",
            "--lane",
            "fcm/*",
            "--state",
            "dead,deferred",
            "--fresh-ttl",
            "--yes"
        )
        #expect(ran.code == code)
        #expect(said.isEmpty || ran.talk.contains(said), "\(ran.talk)")
        let request = try #require(service.requests.first)
        let sent = try #require(request.split(separator: "\r\n\r\n").last)
        let json = try JSONParser.parse(String(sent))
        #expect(json["verb"] == "retry" && json["fresh"] == true && json["actor"] == "lea" && json["yes"] == true)
        #expect(json["filter"] == ["state": ["dead", "deferred"], "lane": ["fcm/*"]])
    }

    @Test func `a long order is followed to its end`() async throws {
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: [
                "POST /admin/orders": (202, #"{"operation":"O-7","state":"running","changed":4,"eligible":9}"#),
                "GET /admin/operations/O-7": (200, #"{"operation":"O-7","state":"done","changed":9,"skipped":{}}"#),
            ]
        )
        defer { service.stop() }
        let ran = await fixture.run("queue", "expire", "--event", event, "--yes", "-o", "json")
        #expect(try ran.code == 0 && ran.json["state"] == "done" && ran.json["changed"]?.int64 == 9)
    }
}
