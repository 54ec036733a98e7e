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
        try await Gateway.run { gateway, api async throws in
            let archive = gateway.folder + "/delivery.tar.gz"
            try ExportArchive.write([sample("aaf1d/complet-2026-09-01").path], to: archive)
            let body = Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
            let headers = ["Authorization": publisher, "Content-Type": "application/gzip"]
            let path = "/v1/directory/imports?format=aaf1d&mode=complete"

            let planned = try await api.send(.post, path + "&dryRun=true", headers, body)
            #expect(planned.status == 200)
            #expect(try planned.json["state"] == "planned")
            let applied = try await api.send(.post, path, headers, body)
            #expect(applied.status == 200)
            #expect(try applied.json["state"] == "applied")
            #expect(try applied.json["diff"]?["schools"]?["added"] == 3)
            #expect(try FileManager.default.contentsOfDirectory(atPath: gateway.folder + "/work").isEmpty)
        }
    }

    @Test func `the ONDE CSV of a school is planned, applied, and the same again is no difference`() async throws {
        try await Gateway.run { gateway, api async throws in
            let archive = gateway.folder + "/delivery.tar"
            try ExportArchive.write([sample("onde-csv").path], to: archive)
            let body = Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
            let headers = ["Authorization": publisher, "Content-Type": "application/x-tar"]
            let path = "/v1/directory/imports?format=onde-csv&school=0429902b"
            let expected = try JSONParser.parse(Array(try Data(contentsOf: sample("expected/onde.json"))))

            let planned = try await api.send(.post, path + "&dryRun=true", headers, body)
            #expect(try planned.json["state"] == "planned")
            let applied = try await api.send(.post, path, headers, body)
            #expect(applied.status == 200)
            #expect(try applied.json["school"] == "0429902B")
            #expect(try applied.json["diff"]?["pupils"]?["added"] == expected["pupils"])
            let links = expected["links"]?.object?.map { $0.value.array?.count ?? 0 } ?? []
            #expect(try applied.json["diff"]?["links"]?["added"]?.int64 == Int64(links.reduce(0, +)))
            #expect(
                try applied.json["warnings"]?.array?.map { $0["code"] } == Array(repeating: "ambiguousChild", count: 4)
            )
            let again = try await api.send(.post, path, headers, body)
            let diff = try #require(try again.json["diff"]?.object)
            for kind in diff { #expect(kind.value == ["added": 0, "changed": 0, "removed": 0], "\(kind.name)") }
        }
    }

    @Test func `a zip is taken, and bad lines are a report with each of them`() async throws {
        try await Gateway.run { gateway, api async throws in
            let zip = sample("../field/17-names/delivery.zip")
            let headers = ["Authorization": publisher, "Content-Type": "application/zip"]
            let taken = try await api.send(
                .post,
                "/v1/directory/imports?format=aaf1d",
                headers,
                Array(try Data(contentsOf: zip))
            )
            #expect(taken.status == 200)
            #expect(try taken.json["diff"]?["pupils"]?["added"] == 1)
            let bad = try await api.send(
                .post,
                "/v1/directory/imports?format=ndjson",
                ["Authorization": publisher, "Content-Type": "application/x-ndjson"],
                Array("{}\n\n{\"op\":3}\n".utf8)
            )
            #expect(bad.status == 422)
            #expect(try bad.json["warnings"]?.array?.compactMap { $0["line"]?.int64 } == [1, 3])
        }
    }

    @Test func `a delivery that cannot be read is 422 with its report and leaves no file`() async throws {
        try await Gateway.run { gateway, api async throws in
            let answer = try await api.send(
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
        try await Gateway.run(change: { $0.limits.importBytesMax = 1000 }) { gateway, api async throws in
            let answer = try await api.send(
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
        try await Gateway.run { _, api async throws in
            func status(_ query: String, type: String = "application/x-ndjson", key: String) async throws -> Int {
                try await api.send(
                    .post,
                    "/v1/directory/imports" + query,
                    ["Authorization": "Bearer " + key, "Content-Type": type],
                    []
                ).status
            }
            #expect(try await status("?format=ndjson", key: Gateway.otherKey) == 403)
            #expect(try await status("?format=ndjson", key: "cpk_x") == 401)
            #expect(try await status("?format=csv", key: Gateway.publisherKey) == 400)
            for query in ["", "&school=429902B", "&school=0429902B&mode=delta"] {
                #expect(
                    try await status("?format=onde-csv" + query, type: "application/zip", key: Gateway.publisherKey)
                        == 400
                )
            }
            #expect(try await status("?format=ndjson&school=0429902B", key: Gateway.publisherKey) == 400)
            #expect(try await status("?format=aaf1d", key: Gateway.publisherKey) == 415)
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
        try await Gateway.run(api: { adminRouter($0) }) { _, api async throws in
            let answer = try await api.send(
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
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(
                .post,
                "/v1/directory/imports?format=ndjson&feed=lyon",
                ["Authorization": publisher, "Content-Type": "application/x-ndjson"],
                try users()
            )
            #expect(answer.status == 422 && answer.code == "unknownFeed")
        }
    }

    @Test func `a delta moves pupils, and its plan tells which`() async throws {
        try await Gateway.run { gateway, api async throws in
            func send(_ name: String, _ mode: String, _ more: String = "") async throws -> JSONValue {
                let archive = gateway.folder + "/\(name)\(more).tar"
                try ExportArchive.write([sample("aaf1d/" + name).path], to: archive)
                let answer = try await api.send(
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
