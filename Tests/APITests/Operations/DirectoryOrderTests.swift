import API
import DirectoryImport
import Domain
import FoundationEssentials
import Glibc
import HTTPTypes
import Pipeline
import Providers
import Store
import Synchronization
import Testing

/// Schools, held imports and the clock through the admin api.
@Suite(.timeLimit(.minutes(1)))
struct DirectoryOrderTests {
    private let json = ["Content-Type": "application/json"]

    private func order(_ members: JSONValue) -> [UInt8] { JSONWriter.bytes(members) }

    @Test func `a school is switched, written down, and unknown ones are refused`() async throws {
        try await Gateway.run(api: { adminRouter($0) }) { gateway, api async throws in
            try await gateway.importSample()
            let why = order(["actor": "lea", "why": "test"])
            let off = try await api.send(.post, "/admin/schools/0429901A/deactivate", json, why)
            #expect(try off.status == 200 && off.json["active"] == false && off.json["changed"] == true)
            let state = try await gateway.services.registryReader.read { try $0.school(uai: "0429901A")?.isActive }
            #expect(state == false)
            let on = try await api.send(.post, "/admin/schools/0429901A/activate", json, why)
            #expect(try on.json["active"] == true && on.json["operation"]?.string?.hasPrefix("O-") == true)
            let unknown = try await api.send(.post, "/admin/schools/0000000X/activate", json, why)
            #expect(unknown.status == 422 && unknown.code == "unknownSchool")
            // A reason is kept when there is one, and not asked for.
            let again = try await api.send(.post, "/admin/schools/0429901A/activate", json, order([:]))
            #expect(try again.status == 200 && again.json["changed"] == false)
            let wrong = try await api.send(.post, "/admin/schools/0429901A/activate", json, order(["why": 1]))
            #expect(wrong.status == 422 && wrong.code == "invalidOrder")
        }
    }

    @Test func `what a lane's wrong answers did is undone through the admin api, and written down`() async throws {
        try await Gateway.run(api: { adminRouter($0) }) { gateway, api async throws in
            let registry = gateway.services.registry
            let start = gateway.time.source.now()
            let target = Target.fcmToken("token-token-u1")
            let registration = Registration(
                installation: "i-1",
                target: target,
                environment: .production,
                app: "onepocket",
                platform: .android
            )
            _ = try await registry.register(
                registration,
                for: Account(userID: "u1", externalKey: nil),
                limits: Limits(),
                now: start
            )
            func device() async throws -> DeviceRow {
                try #require(try await gateway.services.registryReader.read { try $0.device(installation: "i-1") })
            }
            let fault = TargetFault(
                lane: "fcm/onepocket",
                device: try await device().id,
                targetHash: registry.seal.hash(target),
                kind: .suspect,
                reason: "SENDER_ID_MISMATCH",
                isHeld: false
            )
            _ = try await registry.apply([fault], now: start + .seconds(1))
            func send(_ members: JSONValue) async throws -> Answer {
                try await api.send(.post, "/admin/devices/restore", json, order(members))
            }
            let since = JSONValue.string(start.rfc3339)
            let wrong = try await send(["actor": "lea", "why": "x", "since": "yesterday"])
            #expect(wrong.status == 422 && wrong.code == "invalidOrder")
            let dry = try await send([
                "actor": "lea", "why": "x", "lane": "fcm/onepocket", "since": since, "dryRun": true,
            ])
            let before = try await device().state
            #expect(try dry.json["restored"] == 1 && before == .suspect)
            let done = try await send(["actor": "lea", "why": "wrong project", "lane": "fcm/onepocket", "since": since])
            let after = try await device().state
            #expect(try done.json["restored"] == 1 && after == .active)
            let orders = try await gateway.services.queueReader.read { try $0.operations(before: nil, limit: 9) }
            #expect(orders.map(\.verb) == ["device.restore"] && orders.first?.why == "wrong project")
        }
    }

    /// Whom the data folder belongs to while root imports; without root nothing can be given away.
    private static let stranger: UInt32 = geteuid() == 0 ? 65_534 : geteuid()

    private func ownerOfHeld(_ folder: String) throws -> UInt32 {
        let held = folder + "/held"
        let names = try FileManager.default.contentsOfDirectory(atPath: held)
        let owners = ([""] + names.map { "/" + $0 }).map { name in
            var status = stat()
            return stat(held + name, &status) == 0 ? status.st_uid : .max
        }
        return Set(owners).count == 1 && names.count == 1 ? owners[0] : .max
    }

    @Test func `a school's CSV speaks of that school only, is held by the limits and approved`() async throws {
        try await Gateway.run(api: { adminRouter($0) }) { gateway, api async throws in
            func post(_ school: String, _ pupils: Int) async throws -> (status: Int, json: JSONValue) {
                let folder = gateway.folder + "/onde-\(school)-\(pupils)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for name in ["eleves", "responsables", "enseignants"] {
                    let file = "CSVExtraction-\(name).csv"
                    let lines = try Data(contentsOf: sample("onde-csv/\(file)")).split(separator: UInt8(ascii: "\n"))
                    let kept = name == "eleves" ? lines.prefix(1 + pupils) : lines[...]
                    try Data(kept.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]).write(
                        to: URL(fileURLWithPath: "\(folder)/\(file)")
                    )
                }
                try ExportArchive.write([folder], to: folder + ".tar")
                let answer = try await api.send(
                    .post,
                    "/admin/directory/imports?format=onde-csv&school=\(school)",
                    ["Content-Type": "application/x-tar"],
                    Array(try Data(contentsOf: URL(fileURLWithPath: folder + ".tar")))
                )
                return (answer.status, try answer.json)
            }
            let first = try await post("0429902B", 205)
            #expect(first.status == 200 && first.json["diff"]?["pupils"]?["added"] == 205)
            // Another school of the same feed takes nothing from the first; the first child of the list has moved there.
            let other = try await post("0429903C", 1)
            #expect(other.json["diff"]?["pupils"] == ["added": 0, "changed": 1, "removed": 0], "\(other.json)")
            #expect(other.json["diff"]?["schools"] == ["added": 1, "changed": 0, "removed": 0])

            let held = try await post("0429902B", 50)
            #expect(held.status == 202 && held.json["kept"] == true)
            let path = "/admin/directory/imports/\(held.json["import"]?.string ?? "")/approve"
            let applied = try await api.send(.post, path, json, order(["actor": "lea", "why": "looked"]))
            #expect(try applied.status == 200 && applied.json["diff"] == held.json["diff"])
            #expect(try applied.json["diff"]?["pupils"]?["removed"] == 155)
        }
    }

    @Test func `a held delivery is approved by its number, once`() async throws {
        try await Gateway.run(api: { adminRouter($0) }) { gateway, api async throws in
            try await gateway.importSample()
            let archive = gateway.folder + "/truncated.tar"
            try ExportArchive.write([sample("aaf1d/complet-truncated").path], to: archive)
            if geteuid() == 0 { try #require(chown(gateway.folder, Self.stranger, Self.stranger) == 0) }
            let held = try await api.send(
                .post,
                "/admin/directory/imports?format=aaf1d&actor=lea&source=truncated",
                ["Content-Type": "application/x-tar"],
                Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
            )
            #expect(try held.status == 202 && held.json["kept"] == true)
            #expect(try ownerOfHeld(gateway.folder) == Self.stranger)
            let path = "/admin/directory/imports/\(try held.json["import"]?.string ?? "")/approve"
            // The upload itself is gone, the delivery is not.
            #expect(try FileManager.default.contentsOfDirectory(atPath: gateway.folder + "/work").isEmpty)

            let applied = try await api.send(.post, path, json, order(["actor": "lea", "why": "looked"]))
            #expect(try applied.status == 200 && applied.json["diff"] == held.json["diff"])
            let again = try await api.send(.post, path, json)
            #expect(again.status == 409 && again.code == "importNotHeld")
            #expect(try await api.send(.post, "/admin/directory/imports/I-ZZZZ/approve", json).status == 404)
            let log = try await gateway.services.queueReader.read { try $0.operations(before: nil, limit: 9) }
            #expect(log.prefix(2).map(\.verb) == ["directory.approve", "directory.import"])
            #expect(log[0].actor.hasPrefix("lea") && log[1].filter.contains("truncated"))
        }
    }

    @Test func `what has changed since is answered 409 with the new difference`() async throws {
        try await Gateway.run(api: { adminRouter($0) }) { gateway, api async throws in
            try await gateway.importSample()
            let archive = gateway.folder + "/delivery.tar"
            func send(_ name: String, _ query: String = "") async throws -> Answer {
                unlink(archive)
                try ExportArchive.write([sample("aaf1d/" + name).path], to: archive)
                return try await api.send(
                    .post,
                    "/admin/directory/imports?format=aaf1d" + query,
                    ["Content-Type": "application/x-tar"],
                    Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
                )
            }
            let held = try await send("complet-truncated")
            #expect(try await send("complet-2027-09-01", "&yearChange=true").status == 200)
            let path = "/admin/directory/imports/\(try held.json["import"]?.string ?? "")/approve"
            let refused = try await api.send(.post, path, json)
            #expect(try refused.status == 409 && refused.json["refusal"] == "diffChanged")
            #expect(try refused.json["changedSince"] == true && refused.json["diff"] != held.json["diff"])
            #expect(try await api.send(.post, path, json, order(["yes": true])).status == 200)
        }
    }

    @Test func `deliveries are refused while the disk is short of room`() async throws {
        try await Gateway.run(api: { adminRouter($0) }, change: { $0.condition = FakeCondition(takesBulk: false) }) {
            _,
            api async throws in
            let refused = try await api.send(
                .post,
                "/admin/directory/imports?format=ndjson",
                ["Content-Type": "application/x-ndjson"],
                []
            )
            #expect(refused.status == 503 && refused.headers[.retryAfter] != nil)
        }
    }

    @Test func `a doubted clock is shown with what it holds back, and believed on a person's word`() async throws {
        let wall = try #require(Instant(rfc3339: "2026-11-23T14:00:00+01:00"))
        let steady = try #require(Instant(rfc3339: "2026-11-23T12:00:00+01:00"))
        let clock = ClockReport(wall: wall, steady: steady, suspectSince: steady, highWater: steady)
        try await Gateway.run(
            api: { adminRouter($0) },
            change: { $0.live = FakeLive(clock: clock) }
        ) { gateway, api async throws in
            let event = NewEvent(
                publisher: "one",
                publication: Publication(
                    app: "BLOG",
                    action: "X",
                    audience: [.user("u")],
                    title: "T",
                    body: "B",
                    notBefore: steady + .seconds(3600)
                ),
                dataClass: .clear,
                acceptedAt: steady,
                expiresAt: steady + .seconds(5400),
                identity: [UInt8](repeating: 1, count: 32),
                bodyHash: [UInt8](repeating: 2, count: 32),
                identityWindow: .seconds(60),
                unresolved: []
            )
            _ = try await gateway.services.queue.accept(event)
            let shown = try await api.send(.get, "/admin/clock").json
            #expect(shown["isSuspect"] == true && shown["heldBack"]?["scheduledEvents"] == 1)
            #expect(shown["heldBack"]?["expiringEvents"] == 1 && shown["heldBack"]?["retries"] == 0)
            let accepted = try await api.send(.post, "/admin/clock/accept", json, order(["why": "right"]))
            #expect(try accepted.status == 200 && accepted.json["isSuspect"] == false)
            #expect(try await api.send(.post, "/admin/clock/accept", json, order([:])).status == 422)
            let log = try await gateway.services.queueReader.read { try $0.operations(before: nil, limit: 9) }
            #expect(log.map(\.verb) == ["clock.accept"] && log[0].why == "right")
        }
        let live = FakeLive(clock: clock)
        try await Gateway.run(
            api: { adminRouter($0) },
            change: { $0.live = live }
        ) { gateway, api async throws in
            await gateway.services.queue.close()
            let unlogged = try await api.send(.post, "/admin/clock/accept", json, order(["why": "right"]))
            #expect(unlogged.status >= 500 && !live.isClockAccepted, "what cannot be logged is not done")
        }
        try await Gateway.run(api: { adminRouter($0) }, change: { $0.live = FakeLive() }) { _, api async throws in
            let refused = try await api.send(.post, "/admin/clock/accept", json, order(["why": "right"]))
            #expect(refused.status == 409 && refused.code == "clockNotSuspect")
        }
    }
}
