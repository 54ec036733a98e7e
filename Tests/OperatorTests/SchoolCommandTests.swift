import Domain
import FoundationEssentials
import Glibc
import Testing

/// Schools, held imports and the clock from the command line, while no service runs and against one that answers.
@Suite(.timeLimit(.minutes(1)))
struct SchoolCommandTests {
    let fixture: OperatorFixture

    init() throws { fixture = try OperatorFixture() }

    private func delivery(_ name: String) -> String {
        #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/SampleData/saint-etienne/aaf1d/"
            + name
    }

    private func importing(_ name: String, _ more: String...) async -> Ran {
        await fixture.run(["directory", "import", delivery(name), "-o", "json"] + more)
    }

    private func operations() async throws -> [JSONValue] {
        try await fixture.run("operation", "list", "-o", "json").json["items"]?.array ?? []
    }

    @Test func `a school is switched offline, shown, and written down`() async throws {
        #expect(await importing("complet-2026-09-01").code == 0)
        let listed = try await fixture.run("school", "list", "-o", "json").json["items"]?.array ?? []
        #expect(listed.count == 3 && listed.allSatisfy { $0["active"] == true && $0["switched"] == false })
        let uai = try #require(listed.first?["school"]?.string)

        let refused = await fixture.run("school", "deactivate", uai, "--why", "test")
        #expect(refused.code == 4 && refused.talk.contains("--offline"))
        let done = await fixture.run("school", "deactivate", uai, "--why", "leaves", "--offline", "-o", "json")
        #expect(try done.code == 0 && done.json["active"] == false && done.json["changed"] == true, "\(done.talk)")
        #expect(await importing("complet-2026-09-01").code == 0)
        let shown = try await fixture.run("school", "show", uai, "-o", "json").json
        #expect(shown["active"] == false && shown["switched"] == true && shown["lastImport"] != .null)
        #expect(await fixture.run("school", "show", uai).output.contains("accepted and withheld"))
        let order = try #require(try await operations().first { $0["verb"] == "school.deactivate" })
        #expect(order["filter"] == .string("school=\(uai)") && order["why"] == "leaves" && order["actor"] == "lea")
        let again = await fixture.run("school", "deactivate", uai, "--why", "x", "--offline")
        #expect(again.output == "\(uai): already not active\n")
        #expect(
            await fixture.run("school", "activate", uai, "--offline").output == "\(uai): active\n",
            "without a reason"
        )
    }

    @Test(
        arguments: [
            (["school", "show", "0000000X"], 3), (["school", "deactivate", "x"], 4),
            (["school", "activate", "0000000X", "--why", "x", "--offline"], 3),
            (["school", "deactivate", "0000000X", "--offline"], 3), (["school", "activate", "x", "--why", " "], 2),
            (["directory", "approve", "x"], 2),
            (["directory", "approve", "I-7", "--offline"], 3), (["directory", "approve", "I-7"], 4),
            (["directory", "show", "I-7"], 3), (["clock", "accept"], 2), (["clock", "accept", "--why", "x"], 4),
        ] as [([String], Int32)]
    )
    func `what cannot be done has its exit code`(arguments: [String], code: Int32) async throws {
        #expect(await importing("complet-2026-09-01", "--dry-run").code == 0)
        let ran = await fixture.run(arguments)
        #expect(ran.code == code, "\(ran.talk)")
        #expect(try await operations().isEmpty)
    }

    @Test func `a held import waits on the disk until it is approved`() async throws {
        #expect(await importing("complet-2026-09-01").code == 0)
        let held = await importing("complet-truncated")
        let id = try #require(try held.json["import"]?.string)
        #expect(try held.code == 6 && held.json["kept"] == true && held.talk.contains("directory approve \(id)"))
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder + "/data/held")
        #expect(files == [id + ".tar"])
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.folder + "/data/held/\(id).tar")
        #expect(attributes[.posixPermissions] as? Int == 0o600)

        let approved = await fixture.run("directory", "approve", id, "--offline", "--why", "looked", "-o", "json")
        #expect(approved.code == 0, "\(approved.talk)")
        #expect(try approved.json["diff"] == held.json["diff"] && approved.json["state"] == "applied")
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder + "/data/held").isEmpty)
        let shown = try await fixture.run("directory", "show", id, "-o", "json").json
        #expect(shown["state"] == "applied" && shown["decidedBy"] == "lea" && shown["kept"] == false)
        #expect(await fixture.run("directory", "approve", id, "--offline").code == 6)
        let log = try await operations()
        #expect(log.map { $0["verb"] } == ["directory.approve", "directory.import", "directory.import"])
        #expect(log[0]["why"] == "looked" && log[0]["filter"]?.string?.contains("pupils -") == true)
        #expect(log[1]["changed"] == 0 && log[2]["filter"]?.string?.contains("complet-2026-09-01: schools +3") == true)
        #expect(await fixture.run("operation", "verify").code == 0)
    }

    @Test func `a directory that has changed since shows the difference again, and wants yes`() async throws {
        #expect(await importing("complet-2026-09-01").code == 0)
        let first = try await importing("complet-truncated").json
        // The next one of its kind takes its place.
        let held = try await importing("complet-truncated").json
        let id = try #require(held["import"]?.string)
        let states = try await fixture.run("directory", "list", "-o", "json").json["items"]?.array
        #expect(states?.map { $0["state"] } == ["held", "replaced", "applied"])
        #expect(await fixture.run("directory", "approve", first["import"]?.string ?? "", "--offline").code == 6)
        #expect(await importing("complet-2027-09-01", "--year-change").code == 0)

        let refused = await fixture.run("directory", "approve", id, "--offline", "-o", "json")
        #expect(try refused.code == 6 && refused.json["changedSince"] == true && refused.json["diff"] != held["diff"])
        #expect(refused.talk.contains("--yes"))
        #expect(try await fixture.run("directory", "show", id, "-o", "json").json["state"] == "held")
        let approved = await fixture.run("directory", "approve", id, "--offline", "--yes", "-o", "json")
        #expect(try approved.code == 0 && approved.json["diff"] == refused.json["diff"], "\(approved.talk)")
        let again = try await importing("complet-truncated").json
        #expect(again["state"] == "applied" && again["diff"]?["pupils"]?["removed"] == 0)
    }

    @Test func `the service's word about an approval becomes an exit code`() async throws {
        let report = #""import":"I-7","diff":{"pupils":{"added":0,"changed":0,"removed":9}},"warnings":[],"held":[]"#
        let cases: [(Int, String, Int32)] = [
            (200, "{\(report),\"state\":\"applied\"}", 0),
            (409, "{\(report),\"state\":\"held\",\"refusal\":\"diffChanged\"}", 6),
            (409, #"{"code":"importNotHeld","detail":"It is applied."}"#, 6), (404, "{}", 3), (503, "{}", 5),
            (422, "{\(report),\"state\":\"failed\"}", 1),
        ]
        for (status, body, code) in cases {
            unlink(fixture.folder + "/admin.sock")
            let service = try FakeService(
                path: fixture.folder + "/admin.sock",
                answers: ["POST /admin/directory/imports/I-7/approve": (status, body)]
            )
            defer { service.stop() }
            let ran = await fixture.run("directory", "approve", "I-7", "--yes", "--why", "x")
            #expect(ran.code == code, "\(status) \(ran.talk)")
            #expect(service.requests.first?.hasSuffix(#"{"actor":"lea","why":"x","yes":true}"#) == true)
        }
    }

    @Test func `the clock is the service's word, and without it the store's`() async throws {
        try await fixture.fillStore()
        let stored = try await fixture.run("clock", "show", "-o", "json").json
        #expect(stored["source"] == "store" && stored["isSuspect"] == false && stored["highWater"] != .null)
        let live =
            #"{"at":"x","wall":"2026-09-21T18:00:00Z","steady":"2026-09-21T15:00:00Z","isSuspect":true,"suspectSince":"2026-09-21T14:59:00Z","highWater":"2026-09-21T15:00:00Z","heldBack":{"scheduledEvents":3,"retries":2,"expiringEvents":1}}"#
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: [
                "GET /admin/clock": (200, live),
                "POST /admin/clock/accept": (409, #"{"code":"clockNotSuspect","detail":"It is not."}"#),
            ]
        )
        defer { service.stop() }
        let shown = await fixture.run("clock", "show")
        #expect(shown.output.contains("SUSPECT") && shown.output.contains("3 scheduled events, 2 retries, 1 events"))
        #expect(await fixture.run("clock", "accept", "--why", "x").code == 3)
    }
}
