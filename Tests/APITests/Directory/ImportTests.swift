import API
import DirectoryImport
import Domain
import FoundationEssentials
import HTTPTypes
import Testing

struct ImportTests {
    private let publisher = "Bearer " + Gateway.publisherKey

    private func users() throws -> [UInt8] { Array(try Data(contentsOf: sample("directory/users.ndjson"))) }

    @Test func `a delivery is applied and its file removed`() async throws {
        try await Gateway.run { gateway, door async throws in
            let archive = gateway.folder + "/delivery.tar.gz"
            try DeliveryArchive.write([sample("aaf1d/complet-2026-09-01").path], to: archive)
            let body = Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
            let headers = ["Authorization": publisher, "Content-Type": "application/gzip"]
            let path = "/v1/directory/imports?format=aaf1d&mode=complete"

            let planned = try await door.send(.post, path + "&dryRun=true", headers, body)
            #expect(planned.status == 200)
            #expect(try planned.json["state"] == "planned")
            let applied = try await door.send(.post, path, headers, body)
            #expect(applied.status == 200)
            #expect(try applied.json["state"] == "applied")
            #expect(try applied.json["diff"]?["schools"]?["added"] == 3)
            #expect(try FileManager.default.contentsOfDirectory(atPath: gateway.folder + "/work").isEmpty)
        }
    }

    @Test func `a delivery that cannot be read is 422 with its report and leaves no file`() async throws {
        try await Gateway.run { gateway, door async throws in
            let answer = try await door.send(
                .post,
                "/v1/directory/imports?format=aaf1d",
                ["Authorization": publisher, "Content-Type": "application/x-tar"],
                Array("no archive".utf8)
            )
            #expect(answer.status == 422)
            #expect(answer.code == "importFailed")
            #expect(try answer.json["state"] == "failed")
            #expect(try FileManager.default.contentsOfDirectory(atPath: gateway.folder + "/work").isEmpty)
        }
    }

    @Test func `too large a delivery is 413 and leaves no file`() async throws {
        try await Gateway.run(change: { $0.limits.importBytesMax = 1000 }) { gateway, door async throws in
            let answer = try await door.send(
                .post,
                "/v1/directory/imports?format=ndjson",
                ["Authorization": publisher, "Content-Type": "application/x-ndjson"],
                try users()
            )
            #expect(answer.status == 413)
            #expect(try FileManager.default.contentsOfDirectory(atPath: gateway.folder + "/work").isEmpty)
        }
    }

    @Test func `the right, the content type and the query are checked`() async throws {
        try await Gateway.run { _, door async throws in
            func status(_ query: String, type: String = "application/x-ndjson", key: String) async throws -> Int {
                try await door.send(
                    .post,
                    "/v1/directory/imports" + query,
                    ["Authorization": "Bearer " + key, "Content-Type": type],
                    []
                ).status
            }
            #expect(try await status("?format=ndjson", key: Gateway.otherKey) == 403)
            #expect(try await status("?format=ndjson", key: "cpk_x") == 401)
            #expect(try await status("?format=csv", key: Gateway.publisherKey) == 400)
            #expect(try await status("?format=ndjson&dryRun=yes", key: Gateway.publisherKey) == 400)
            #expect(try await status("?format=ndjson&mode=complete", key: Gateway.publisherKey) == 400)
            #expect(try await status("?format=ndjson", type: "application/json", key: Gateway.publisherKey) == 415)
            #expect(
                try await status("?format=aaf1d&mode=delta", type: "application/x-tar", key: Gateway.publisherKey)
                    == 422
            )
        }
    }

    @Test func `the admin socket imports without a key`() async throws {
        try await Gateway.run(door: { adminRouter($0) }) { _, door async throws in
            let answer = try await door.send(
                .post,
                "/admin/directory/imports?format=ndjson",
                ["Content-Type": "application/x-ndjson"],
                try users()
            )
            #expect(answer.status == 200)
            #expect(try answer.json["diff"]?["users"]?["added"] != 0)
        }
    }

    @Test func `a feed nobody configured is 422 before the delivery is received`() async throws {
        try await Gateway.run { _, door async throws in
            let answer = try await door.send(
                .post,
                "/v1/directory/imports?format=ndjson&feed=lyon",
                ["Authorization": publisher, "Content-Type": "application/x-ndjson"],
                try users()
            )
            #expect(answer.status == 422 && answer.code == "unknownFeed")
        }
    }

    @Test func `a delta moves pupils, and its plan tells which`() async throws {
        try await Gateway.run { gateway, door async throws in
            func send(_ name: String, _ mode: String, _ more: String = "") async throws -> JSONValue {
                let archive = gateway.folder + "/\(name)\(more).tar"
                try DeliveryArchive.write([sample("aaf1d/" + name).path], to: archive)
                let answer = try await door.send(
                    .post,
                    "/v1/directory/imports?format=aaf1d&mode=\(mode)\(more)",
                    ["Authorization": publisher, "Content-Type": "application/x-tar"],
                    Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
                )
                #expect(answer.status == 200, "\(answer)")
                return try answer.json
            }
            _ = try await send("complet-2026-09-01", "complete")
            let planned = try await send("delta-2026-09-15", "delta", "&dryRun=true")
            #expect(planned["state"] == "planned" && planned["feed"] == "main")
            let school = try #require(planned["schools"]?.array?.first { $0["pupils"]?["added"]?.int64 ?? 0 > 0 })
            #expect(school["pupils"]?["examples"]?["added"]?.array?.isEmpty == false)
            let applied = try await send("delta-2026-09-15", "delta")
            #expect(applied["diff"] == planned["diff"])
        }
    }
}
