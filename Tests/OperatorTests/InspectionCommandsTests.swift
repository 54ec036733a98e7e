import Domain
import Testing

/// Reading beside a service that is dead: each test has a store of its own.
@Suite struct InspectionCommandsTests {
    let fixture: OperatorFixture

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
    }

    @Test func `queue status says that it is the store that speaks`() async throws {
        let ran = await fixture.run("queue", "status", "-o", "json")
        let json = try ran.json

        #expect(ran.code == 0)
        #expect(json["source"]?.string == "store")
        #expect(json["service"]?["isAnswering"]?.bool == false)
        let lane = try #require(json["lanes"]?.array?.first)
        #expect(lane["lane"] == "fcm/onepocket" && lane["state"] == "active")
        #expect(lane["deferred"]?.int64 == 1 && lane["inFlight"]?.isNull == true)
        #expect(json["events"]?["sending"]?.int64 == 1)
    }

    @Test func `queue status is one screen`() async throws {
        let ran = await fixture.run("queue", "status")
        #expect(ran.code == 0)
        #expect(ran.output.contains("does not answer on its admin socket"))
        #expect(ran.output.contains("fcm/onepocket  active"))
    }

    @Test func `queue list has what is still to do, with the contract's members`() async throws {
        let ran = await fixture.run("queue", "list", "-o", "json")
        let json = try ran.json

        #expect(json.object?.map(\.name) == ["at", "source", "items", "total", "next"])
        #expect(json["total"]?.int64 == 1 && json["next"]?.isNull == true)
        let item = try #require(json["items"]?.array?.first?.object)
        #expect(
            item.map(\.name) == [
                "id", "event", "user", "device", "lane", "state", "reason", "attempts", "nextAt", "expiresAt",
                "school", "app", "action", "madeAt", "diedAt", "lastStatus", "lastReason", "lastAt",
            ]
        )
        #expect(item["state"] == "deferred" && item["reason"] == "retrying" && item["attempts"]?.int64 == 1)
    }

    @Test func `pages of a list are joined by their cursor`() async throws {
        let event = fixture.event.description
        let first = try await fixture.run("queue", "list", "--event", event, "--limit", "2", "-o", "json").json
        let cursor = try #require(first["next"]?.string)
        #expect(first["total"]?.isNull == true)
        let second = try await fixture.run(
            "queue",
            "list",
            "--event",
            event,
            "--limit",
            "2",
            "--after",
            cursor,
            "-o",
            "json"
        ).json
        #expect(second["items"]?.array?.count == 1 && second["next"]?.isNull == true)

        let all = await fixture.run("queue", "list", "--event", event, "-o", "ids")
        #expect(all.output.split(separator: "\n").count == 3)
    }

    @Test(
        arguments: [
            (["--where", "state=accepted,deferred"], 2), (["--where", "lane=fcm/* and reason~UNAVAIL"], 1),
            (["--where", "state=accepted or http=5xx"], 2),
            (["--event", "EVENT", "--not", "state=accepted", "--not", "state=withheld"], 1),
            (["--not", "lane=fcm/*"], 0), (["--class", "normal"], 1), (["--class", "urgent,low"], 0),
            (["--where", "event=EVENT and not user=guardian-1"], 2), (["--ref", "BLOG/*"], 0),
            (["--not", "age>10m"], 1),
        ] as [([String], Int)]
    )
    func `what --where and --not say is what is shown, exported and counted`(filter: [String], count: Int) async throws
    {
        let words = filter.map { $0.replacing("EVENT", with: fixture.event.description) }
        let listed = await fixture.run(["queue", "list", "-o", "ids"] + words)
        #expect(listed.code == (count == 0 ? 3 : 0), "\(listed.talk)")
        #expect(listed.output.split(separator: "\n").count == count)
        let exported = await fixture.run(["queue", "export", "-o", "ids"] + words)
        #expect(exported.output == listed.output)
        let shape = await fixture.run(["queue", "shape", "--by", "class", "-o", "json"] + words)
        if count > 0 {
            #expect(try shape.json["items"]?.array?.first?["total"]?.int64 == Int64(count))
            #expect(try shape.json["items"]?.array?.first?["class"] == "normal")
        } else {
            #expect(shape.code == 3)
        }
    }

    @Test func `a wrong expression is shown with a mark under the place`() async throws {
        let ran = await fixture.run("queue", "list", "--where", "lane=fcm/* and colour=red")
        #expect(ran.code == 2 && ran.output.isEmpty)
        #expect(ran.talk.contains("--where, character 16: expected one of state"))
        let lines = ran.talk.split(separator: "\n").map(String.init)
        let at = try #require(lines.firstIndex { $0.contains("lane=fcm/* and colour=red") })
        let text = try #require(lines[at].firstRange(of: "colour"))
        let mark = try #require(lines[at + 1].firstIndex(of: "^"))
        #expect(
            lines[at].distance(from: lines[at].startIndex, to: text.lowerBound)
                == lines[at + 1].distance(from: lines[at + 1].startIndex, to: mark)
        )
        let unknown = await fixture.run("queue", "list", "--not", "lane=fmc/*")
        #expect(unknown.code == 3 && unknown.talk.contains("there is no lane fmc/*"))
    }

    @Test func `a list by size has the bytes of the event's text`() async throws {
        let ran = await fixture.run("queue", "list", "--sort", "size", "-o", "json")
        #expect(try ran.json["items"]?.array?.first?["eventBytes"]?.int64 ?? 0 > 50)
    }

    @Test func `users are counted once`() async throws {
        let event = fixture.event.description
        let ran = await fixture.run("queue", "shape", "--event", event, "--of", "users", "--by", "lane")
        #expect(ran.output.contains("TOTAL"))
        let json = try await fixture.run("queue", "shape", "--event", event, "--of", "users", "-o", "json").json
        #expect(json["items"]?.array?.map { $0["total"]?.int64 } == [2, 1])
    }

    @Test func `filters by user and state are joined`() async throws {
        let ran = await fixture.run("queue", "list", "--state", "accepted", "--user", "guardian-1", "-o", "csv")
        let lines = ran.output.split(separator: "\n")
        #expect(
            lines.first?.hasPrefix("id,event,user,device,lane,state,reason,attempts,nextAt,expiresAt,") == true
        )
        #expect(lines.count == 2 && lines[1].contains(",guardian-1,phone-1,fcm/onepocket,accepted,,"))
    }

    @Test(
        arguments: [
            (["queue", "list", "--state", "dead"], 3), (["queue", "list", "--state", "asleep"], 2),
            (["queue", "list", "--state", "inFlight"], 2), (["queue", "list", "--lane", "apns/none"], 3),
            (["queue", "list", "--user", "nobody"], 3), (["queue", "show", "D-ZZZZ"], 3), (["queue", "show", "X"], 2),
            (["event", "show", "E-ZZZZ"], 3), (["event", "show", "nonsense"], 2), (["device", "show", "none"], 3),
            (["lane", "pause", "fcm/onepocket"], 2), (["lane", "pause", "fcm/onepocket", "--why", " "], 2),
            (["lane", "pause", "fcm/onepocket", "--why", "test"], 4), (["lane", "resume", "fcm/onepocket"], 4),
            (["queue"], 0), (["--help"], 0), (["nothing"], 2), (["queue", "list", "--limit", "0"], 2),
            (["queue", "why", "x"], 2), (["device", "list", "--user", "nobody"], 3), (["lane", "list"], 0),
        ] as [([String], Int32)]
    )
    func `exit codes are the contract's`(arguments: [String], code: Int32) async {
        let ran = await fixture.run(arguments)
        #expect(ran.code == code, "\(ran.talk)")
        if code != 0 {
            #expect(ran.talk.isEmpty == false)
        }
    }

    @Test func `a delivery is shown with its timeline and explained`() async throws {
        let id = await fixture.run("queue", "list", "-o", "ids").output.split(separator: "\n").joined()
        let shown = try await fixture.run("queue", "show", id, "-o", "json").json
        let timeline = try #require(shown["timeline"]?.array)
        #expect(timeline.map { $0["what"]?.string } == ["eventAccepted", "made", "attempt", "nextAttempt", "expiry"])
        #expect(timeline[2]["status"]?.int64 == 503)

        let why = await fixture.run("queue", "why", id)
        #expect(why.output.contains("The last of 1 attempts failed: 503 UNAVAILABLE."))
        #expect(why.output.contains("It is tried again in 90 s"))
        #expect(why.output.contains("The service does not answer: nothing moves until it runs."))
    }

    @Test func `an event's trace adds its users and filters them`() async throws {
        let id = fixture.event.description
        let trace = try await fixture.run("event", "trace", id, "-o", "json").json
        let shown = try await fixture.run("event", "show", id, "-o", "json").json
        #expect(trace["guardians"] == shown["guardians"] && shown["id"]?.string == id)
        #expect(shown["guardians"]?["reached"]?.int64 == 1 && shown["guardians"]?["total"]?.int64 == 2)
        let users = try #require(trace["users"]?.array)
        #expect(users.map { $0["state"]?.string } == ["reached", "waiting", "notReached"])
        #expect(users[0]["devices"]?.array?.first?["installation"] == "phone-1")

        let missing = await fixture.run("event", "trace", id, "--missing", "-o", "ndjson")
        #expect(missing.output.split(separator: "\n").count == 2)
        let stranger = await fixture.run("event", "trace", id, "--user", "stranger", "-o", "ids")
        #expect(stranger.output == "stranger\n")
        #expect(await fixture.run("event", "trace", id, "--user", "nobody").code == 3)
    }

    @Test func `an event's reach is a list with a cursor`() async throws {
        let id = fixture.event.description
        let trace = try await fixture.run("event", "trace", id, "-o", "json").json
        let whole = try await fixture.run("event", "reach", id, "-o", "json").json
        #expect(whole["items"] == trace["users"] && whole["total"]?.int64 == 3 && whole["next"]?.isNull == true)

        let first = try await fixture.run("event", "reach", id, "--limit", "2", "-o", "json").json
        let next = try #require(first["next"]?.string)
        let rest = try await fixture.run("event", "reach", id, "--after", next, "-o", "json").json
        let items = (first["items"]?.array ?? []) + (rest["items"]?.array ?? [])
        #expect(items == trace["users"]?.array && first["items"]?.array?.count == 2)

        let missing = await fixture.run("event", "reach", id, "--state", "notReached", "-o", "ids")
        #expect(missing.output == "stranger\n")
        let table = await fixture.run("event", "reach", id, "--state", "reached")
        #expect(table.code == 0 && table.output.contains("guardian-1") && !table.output.contains("stranger"))
        #expect(await fixture.run("event", "reach", id, "-o", "csv").output.split(separator: "\n").count == 4)
    }

    @Test func `reach says what it cannot read`() async {
        #expect(await fixture.run("event", "reach", "E-1").code == 3)
        #expect(await fixture.run("event", "reach", "nonsense").code == 2)
        #expect(await fixture.run("event", "reach", fixture.event.description, "--state", "lost").code == 2)
        #expect(await fixture.run("event", "reach", fixture.event.description, "--after", "D-1").code == 2)
    }

    @Test func `devices show four characters of their token`() async throws {
        let ran = await fixture.run("device", "list", "-o", "json")
        let item = try #require(try ran.json["items"]?.array?.first)
        #expect(item["tokenTail"] == "abcd" && item["user"] == "guardian-1" && item["provider"] == "fcm")
        #expect(!ran.output.contains("token-token"))
        #expect(await fixture.run("device", "show", "phone-1").output.contains("tokenTail"))
    }

    @Test func `a device shows what happened to it`() async throws {
        #expect(await fixture.run("device", "revoke", "phone-1", "--why", "lost", "--offline").code == 0)
        let ran = await fixture.run("device", "show", "phone-1", "-o", "json")
        let at = JSONValue.string(OperatorFixture.now.rfc3339)
        #expect(try ran.json["history"] == [["at": at, "what": "registered"], ["at": at, "what": "revoked"]])
        #expect(!ran.output.contains("token-token"))
        let screen = await fixture.run("device", "show", "phone-1").output.split(separator: "\n").suffix(3)
        #expect(screen == ["  history         2", "    0 s ago         registered", "    0 s ago         revoked"])
        let csv = await fixture.run("device", "show", "phone-1", "-o", "csv").output
        #expect(csv.contains("at \(OperatorFixture.now.rfc3339), what registered; at"))
    }

    @Test func `no answer holds the publication's text`() async throws {
        for arguments in [["event", "show"], ["event", "trace"], ["queue", "why"]] {
            let ran = await fixture.run(arguments + [fixture.event.description])
            #expect(ran.code == 0 && !ran.output.contains("Titre") && !ran.output.contains("Texte"))
        }
    }
}
