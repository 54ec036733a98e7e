import Domain
import FoundationEssentials
import Testing

/// With a service that answers on the admin socket.
@Suite struct LiveServiceTests {
    let fixture: OperatorFixture
    static let lane =
        #"{"lane":"fcm/onepocket","provider":"fcm","state":"paused","reason":"by lea: test","until":null,"window":250,"inFlight":12,"pending":140,"deferred":0,"dead":0,"oldestSeconds":3}"#
    static let lanes = #"{"at":"x","source":"live","items":["# + lane + #"],"total":1,"next":null}"#

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
    }

    private func serving<T>(
        _ answers: [String: (status: Int, body: String)],
        _ body: (FakeService) async throws -> T
    ) async throws -> T {
        let service = try FakeService(path: fixture.folder + "/admin.sock", answers: answers)
        defer { service.stop() }
        return try await body(service)
    }

    @Test func `lane list is the service's word while it answers`() async throws {
        try await serving(["GET /admin/lanes": (200, Self.lanes)]) { _ in
            let json = try await fixture.run("lane", "list", "-o", "json").json
            #expect(json["source"] == "live")
            #expect(json["items"]?.array?.first?["inFlight"]?.int64 == 12)
        }
    }

    @Test func `lanes of another version that cannot be read are counted, and the others are shown`() async throws {
        let items = Self.lane + #",{"lane":"apns/onepocket","state":"active","pending":"many"}"#
        let answers = [
            "GET /admin/lanes": (status: 200, body: #"{"items":[\#(items)],"total":2}"#),
            "GET /admin/status": (status: 200, body: #"{"pid":1,"uptimeSeconds":60,"lanes":[\#(items)]}"#),
        ]
        let said = "could not be read in the service's answer: 1;"
        try await serving(answers) { _ in
            let listed = await fixture.run("lane", "list", "-o", "json")
            #expect(try listed.json["items"]?.array?.map { $0["lane"] } == ["fcm/onepocket"])
            #expect(listed.talk.contains(said), "\(listed)")
            let status = try await fixture.run("queue", "status", "-o", "json").json
            #expect(status["lanes"]?.array?.count == 1)
            #expect(status["attention"]?.array?.contains { $0.string?.contains(said) ?? false } == true)
            let check = await fixture.run("check", "lanes")
            #expect(check.code == 1 && check.output.contains(said), "\(check)")
            let backlog = await fixture.run("check", "backlog", "--warn-dead", "0")
            #expect(backlog.code == 1 && backlog.output.contains(said), "\(backlog)")
            let gone = await fixture.run("check", "lanes", "--lane", "apns/*")
            #expect(gone.code == 3 && gone.output.contains(said), "\(gone)")
        }
    }

    @Test func `a publisher is listed with the keys that can be read`() async throws {
        let answer = #"{"items":[{"name":"one","keys":[{"id":"k1"},{"id":2}]},{"name":2}]}"#
        try await serving(["GET /admin/publishers": (200, answer)]) { _ in
            let listed = await fixture.run("publisher", "list", "-o", "json")
            let items = try listed.json["items"]?.array
            #expect(items?.map { $0["key"] } == ["k1"])
            #expect(listed.talk.contains("could not be read in the service's answer: 2;"), "\(listed)")
        }
    }

    @Test func `a pause tells who and why, and shows the lane as it then is`() async throws {
        try await serving(["POST /admin/lanes/pause": (200, Self.lane)]) { service in
            let ran = await fixture.run("lane", "pause", "fcm/onepocket", "--why", "test")
            #expect(ran.code == 0)
            #expect(ran.output == "fcm/onepocket: paused. In flight 12 will finish; 140 pending wait.\n")
            let request = try #require(service.requests.first)
            #expect(request.hasPrefix("POST /admin/lanes/pause?lane=fcm%2Fonepocket "))
            #expect(request.hasSuffix(#"{"actor":"lea","why":"test"}"#))
        }
    }

    @Test func `an unknown lane is exit code 3, a refusal 1`() async throws {
        let problem = #"{"title":"No","detail":"The order is wrong."}"#
        try await serving(["POST /admin/lanes/resume": (422, problem)]) { _ in
            #expect(await fixture.run("lane", "pause", "none", "--why", "x").code == 3)
            let refused = await fixture.run("lane", "resume", "fcm/onepocket")
            #expect(refused.code == 1 && refused.talk.contains("The order is wrong."))
        }
    }

    @Test func `a decision about held removals goes to the service`() async throws {
        let decided = #"{"lane":"fcm/onepocket","decision":"discard","held":30,"changed":0}"#
        try await serving(["POST /admin/lanes/removals": (200, decided)]) { service in
            let ran = await fixture.run("lane", "release", "fcm/onepocket", "--discard", "--why", "wrong topic")
            #expect(ran.code == 0)
            #expect(ran.output == "fcm/onepocket: 30 held, 0 devices given up; removals are no longer frozen.\n")
            #expect(
                service.requests.first?.hasSuffix(#"{"actor":"lea","why":"wrong topic","decision":"discard"}"#) == true
            )
            #expect(await fixture.run("lane", "release", "fcm/onepocket", "--why", "neither").code == 2)
            #expect(
                await fixture.run("lane", "release", "fcm/onepocket", "--apply", "--discard", "--why", "x").code == 2
            )
        }
    }

    @Test func `a decision about nothing is exit code 3`() async throws {
        let problem = #"{"title":"No","code":"removalsNotFrozen","detail":"Nothing is held."}"#
        try await serving(["POST /admin/lanes/removals": (409, problem)]) { _ in
            #expect(await fixture.run("lane", "release", "fcm/onepocket", "--apply", "--why", "x").code == 3)
        }
    }

    @Test(arguments: [(200, "applied", 0), (202, "held", 6), (422, "failed", 1)] as [(Int, String, Int32)])
    func `an import goes to the service as a tar`(status: Int, state: String, code: Int32) async throws {
        try FileManager.default.createDirectory(
            atPath: fixture.folder + "/delivery",
            withIntermediateDirectories: false
        )
        try fixture.write("delivery/a.xml", "<x/>")
        let report =
            #"{"import":"I-1","state":"\#(state)","diff":{"schools":{"added":1,"changed":0,"removed":0}},"warnings":[],"held":[]}"#
        try await serving([
            "GET /admin/lanes": (200, Self.lanes), "POST /admin/directory/imports": (status, report),
        ]) { service in
            let ran = await fixture.run("directory", "import", fixture.folder + "/delivery", "--dry-run", "-o", "json")
            #expect(ran.code == code)
            #expect(try ran.json["state"]?.string == state)
            let request = try #require(service.requests.last)
            #expect(
                request.hasPrefix(
                    "POST /admin/directory/imports?format=aaf1d&mode=complete&dryRun=true&yearChange=false&actor=lea&source=delivery&feed=main "
                )
            )
            #expect(request.contains("Content-Type: application/x-tar") && request.contains("a.xml"))
        }
    }
}
