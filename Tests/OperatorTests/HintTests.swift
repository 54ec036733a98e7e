import Domain
import Providers
import Store
import Testing

@testable import Operator

/// What a command prints as a hint is a command: each is run here as it was printed.
@Suite(.timeLimit(.minutes(1)))
struct HintTests {
    let fixture: OperatorFixture

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
    }

    private var event: String { fixture.event.description }

    /// The commands behind `try: ` and `to do it: `, as a shell would split them.
    private static func hints(_ ran: Ran) -> [[String]] {
        (ran.output + ran.talk).split(separator: "\n").compactMap { line in
            for mark in ["try: carillon ", "Try: carillon ", "Or: carillon ", "to do it: carillon "] {
                if let place = line.firstRange(of: mark) { return words(line[place.upperBound...]) }
            }
            return nil
        }
    }

    private static func words(_ text: Substring) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
                continue
            }
            switch character {
            case "\\" where !isQuoted: isEscaped = true
            case "'":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let whole = word { words.append(whole) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    private func follow(_ ran: Ran) async throws -> Ran {
        let hint = try #require(Self.hints(ran).first, "\(ran)")
        return await fixture.run(hint)
    }

    @Test(
        arguments: [
            ["queue", "hold"], ["queue", "drop"], ["queue", "expire"], ["queue", "retry"], ["event", "withdraw"],
        ]
    )
    func `a dry run says how to do it`(verb: [String]) async throws {
        let subject = verb[0] == "event" ? [event] : ["--event", event]
        let planned = await fixture.run(verb + subject + ["--dry-run", "--offline"])
        #expect(planned.code == 0, "\(planned)")
        let done = try await follow(planned)
        #expect(done.code == 0 && done.output.contains("changed 1"), "\(done)")
    }

    @Test func `what needs a yes says how to say it`() async throws {
        let refused = await fixture.run("event", "withdraw", event, "--why", "it's wrong", "--offline")
        #expect(refused.code == 6)
        let done = try await follow(refused)
        #expect(done.code == 0 && done.output.contains("changed 1"), "\(refused) \(done)")
    }

    @Test func `what is more than expected says how to look`() async throws {
        let refused = await fixture.run(
            "queue",
            "hold",
            "--event",
            event,
            "--why",
            "x",
            "--expect",
            "0",
            "--offline"
        )
        #expect(refused.code == 6)
        let looked = try await follow(refused)
        #expect(looked.code == 0 && looked.output.contains("dry run"), "\(looked)")
    }

    @Test(arguments: [true, false])
    func `an order with nothing eligible is no order`(isDryRun: Bool) async throws {
        let accepted = try await fixture.run("queue", "list", "--state", "accepted", "-o", "json").json
        let id = try #require(accepted["items"]?.array?.first?["id"]?.string)
        for subject in [[id], ["--state", "accepted"]] {
            let ran = await fixture.run(["queue", "retry"] + subject + ["--offline"] + (isDryRun ? ["--dry-run"] : []))
            #expect(ran.code == 3 && ran.talk.contains("accepted 1"), "\(ran)")
            #expect(try await follow(ran).code == 0)
        }
        #expect(try await fixture.run("operation", "list", "-o", "json").json["items"]?.array?.isEmpty == true)
        #expect(try await fixture.run("operation", "verify", "-o", "json").json["entries"]?.int64 == 0)
    }

    @Test(
        arguments: [
            (["queue", "lst"], ["queue", "list"]), (["help", "quue"], ["help", "queue"]),
            (["evnt", "list"], ["event"]), (["help", "queue", "shwo"], ["help", "queue", "show"]),
            (["queue", "stauts"], ["queue", "status"]), (["queue", "zzzzz"], ["help", "queue"]),
        ]
    )
    func `a word that is no command has a likely one`(typed: [String], meant: [String]) async throws {
        let ran = await fixture.run(typed)
        #expect(ran.code == 2 && Self.hints(ran) == [meant], "\(ran)")
        #expect(await fixture.run(meant).code == 0)
    }

    @Test func `each hint of the status screen can be run`() async throws {
        try await fixture.queue { queue in
            let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: OperatorFixture.now)
            queue.note(condition: "open", reason: "503", since: OperatorFixture.now, virtualTime: 0, of: lane.id)
        }
        let hints = Self.hints(await fixture.run("queue", "status"))
        #expect(hints.contains(["lane", "show", "fcm/onepocket"]), "\(hints)")
        for hint in hints { #expect(![2, 3].contains(await fixture.run(hint).code), "\(hint)") }
    }

    @Test func `in an outage the reasons of what waits are the lane's`() async throws {
        try await fixture.queue { queue in
            let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: OperatorFixture.now)
            queue.note(
                condition: "credentialFault",
                reason: "403",
                since: OperatorFixture.now,
                virtualTime: 0,
                of: lane.id
            )
        }
        let ran = await fixture.run("queue", "shape", "--lane", "fcm/onepocket", "--by", "reason")
        #expect(ran.code == 0 && ran.output.contains("503 UNAVAILABLE"), "\(ran)")
    }

    @Test func `an export and a tail can be bounded`() async throws {
        let states = ["--state", "accepted,deferred,withheld"]
        let exported = await fixture.run(["queue", "export", "--limit", "2"] + states)
        #expect(exported.code == 0 && exported.output.split(separator: "\n").count == 2)
        let tail = await fixture.run(["queue", "tail", "--since", "1h", "--count", "2", "-o", "ndjson"])
        #expect(tail.code == 0 && tail.output.split(separator: "\n").count == 2)
        #expect(await fixture.run("queue", "tail", "--since", "soon").code == 2)
    }

    @Test func `nobody on a socket is said as what it is`() async throws {
        let ran = await fixture.run("lane", "pause", "fcm/onepocket", "--why", "x")
        #expect(
            ran.code == 4 && ran.talk.contains("there is no such socket") && !ran.talk.contains("port 80"),
            "\(ran.talk)"
        )
        try fixture.write("admin.sock", "")
        #expect(
            await fixture.run("lane", "pause", "fcm/onepocket", "--why", "x").talk.contains("nobody listens") == true
        )
    }

    @Test(arguments: ["erase", "export", "restrict"])
    func `whoever is not there has no hint that is no command`(verb: String) async throws {
        let words =
            ["person", verb, "nobody", "--why", "a request"]
            + (verb == "erase" ? ["--offline", "--yes"] : ["--offline"])
        let ran = await fixture.run(words)
        #expect(ran.code == 3, "\(ran)")
        for hint in Self.hints(ran) { #expect(await fixture.run(hint).code != 2, "\(ran)") }
    }

    @Test func `the beginning of an id is enough to look, and not to give an order`() async throws {
        let start = String(event.prefix(8))
        #expect(try await fixture.run("event", "show", start, "-o", "json").json["id"]?.string == event)
        #expect(await fixture.run("queue", "why", start).code == 0)
        #expect(await fixture.run("device", "show", "phon").code == 0)
        #expect(await fixture.run("event", "withdraw", start, "--why", "x", "--yes", "--offline").code == 3)
    }

    @Test func `events are found by their titles, which are not shown`() async throws {
        let found = await fixture.run("event", "list", "--search", "TIT", "-o", "ndjson")
        #expect(found.code == 0 && found.output.contains(event) && !found.output.contains("Titre"))
        #expect(await fixture.run("event", "list", "--search", "other").code == 3)
    }

    @Test func `orders about lanes name them`() async throws {
        #expect(await fixture.run("lane", "pause", "fcm/onepocket", "--why", "x", "--offline").code == 0)
        let items = try await fixture.run("operation", "list", "-o", "json").json["items"]?.array
        #expect(items?.first?["filter"] == "lane=fcm/onepocket")
        #expect(await fixture.run("operation", "show", "O-1").output.contains("lane=fcm/onepocket"))
    }
}
