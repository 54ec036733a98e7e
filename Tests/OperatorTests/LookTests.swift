import Domain
import Pipeline
import Testing

/// Commands that show names, or who is concerned, leave a record of it; the others none.
@Suite struct LookTests {
    let fixture: OperatorFixture

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
    }

    private func looks() throws -> [Look] { try LookLog(data: fixture.folder + "/data").looks(limit: 100).map(\.look) }

    @Test(
        arguments: [
            (["user", "trace", "guardian-1"], Look.Kind.userTrace, true, false),
            (["device", "list", "--user", "guardian-1"], .deviceList, true, false),
            (["device", "show", "phone-1"], .deviceShow, true, false),
            (["directory", "show", "guardian-1"], .directoryShow, true, false),
            (["event", "reach", "EVENT"], .eventReach, false, true),
            (["event", "trace", "EVENT"], .eventTrace, false, true),
            (["event", "trace", "EVENT", "--user", "guardian-1"], .eventTrace, true, true),
            (["event", "list", "--search", "titre"], .eventSearch, false, false),
            (["queue", "list"], .deliveryList, false, false),
        ]
    )
    func `a look is on record once, without names`(
        words: [String],
        kind: Look.Kind,
        hasPerson: Bool,
        hasEvent: Bool
    ) async throws {
        let event = fixture.event
        let ran = await fixture.run(words.map { $0 == "EVENT" ? event.description : $0 })
        #expect(ran.code == 0, "\(ran.talk)")
        let looks = try looks()
        #expect(looks.map(\.kind) == [kind])
        let look = try #require(looks.first)
        #expect(look.actor == "lea" && look.at == OperatorFixture.now)
        #expect((look.person != nil) == hasPerson && (look.event == event) == hasEvent)
    }

    @Test(arguments: [["event", "list"], ["queue", "status"], ["lane", "list"], ["event", "show", "EVENT"]])
    func `what shows nobody leaves no record`(words: [String]) async throws {
        let ran = await fixture.run(words.map { $0 == "EVENT" ? fixture.event.description : $0 })
        #expect(ran.code == 0, "\(ran.talk)")
        #expect(try looks().isEmpty)
    }

    @Test func `audit looks lists them, the newest first`() async throws {
        _ = await fixture.run("user", "trace", "guardian-1")
        _ = await fixture.run("event", "reach", fixture.event.description)
        let all = try await fixture.run("audit", "looks", "-o", "json").json
        #expect(all["items"]?.array?.map { $0["what"] } == ["event.reach", "user.trace"])
        let page = try await fixture.run("audit", "looks", "--limit", "1", "-o", "json").json
        let next = try #require(page["next"]?.string)
        let rest = try await fixture.run("audit", "looks", "--after", next, "-o", "json").json
        #expect(rest["items"]?.array?.map { $0["what"] } == ["user.trace"])
        let one = try await fixture.run("audit", "looks", "--user", "guardian-1", "-o", "json").json
        #expect(one["items"]?.array?.count == 1)
        #expect(await fixture.run("audit", "looks", "--event", "E-0000000000001").code == 3)
        #expect(await fixture.run("audit", "looks", "--after", "x").code == 2)
    }

    @Test func `a look that cannot be kept is said, and the answer is given`() async throws {
        try fixture.write("data/looks", "a file where the folder should be")
        let ran = await fixture.run("user", "trace", "guardian-1")
        #expect(ran.code == 0 && ran.talk.contains("not on record"), "\(ran.talk)")
    }

    @Test func `verify says which key, and where it breaks`() async throws {
        try fixture.write(
            "data/heads.ndjson",
            "{\"entry\":99,\"at\":\"2026-09-14T16:00:00.000Z\",\"hash\":\"\(String(repeating: "0", count: 64))\"}\n"
        )
        let plain = await fixture.run("audit", "verify", "-o", "json")
        #expect(try plain.code == 0 && plain.json["key"]?.isNull == true && plain.json["sealed"] == 0)
        let cut = await fixture.run("audit", "verify", "--heads", fixture.folder + "/data/heads.ndjson", "-o", "json")
        #expect(try cut.code == 1 && cut.json["broken"]?.string?.contains("entry 99 was noted") == true)
        #expect(await fixture.run("audit", "verify", "--heads", "/nowhere").code == 1)
    }
}
