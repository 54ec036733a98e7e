import API
import Domain
import FoundationEssentials
import HTTPTypes
import Pipeline
import Store
import Testing

/// What a parent chooses, in both ways.
struct PreferenceTests {
    private static let merge = "application/merge-patch+json"

    private static func headers(_ user: String, _ type: String? = "application/json", ifMatch: String? = nil)
        -> [String: String]
    {
        var headers = ["Authorization": "Bearer token-of-" + user]
        if let type { headers["Content-Type"] = type }
        if let ifMatch { headers["If-Match"] = ifMatch }
        return headers
    }

    @Test func `nothing chosen, chosen, changed and replaced`() async throws {
        try await Gateway.run(change: { $0.knowsKind = { $0 != "NOBODY.KNOWS" } }) { gateway, api async throws in
            try await gateway.importSample()
            let empty = try await api.send(.get, "/v1/preferences", Self.headers("u1", nil))
            #expect(empty.status == 200 && empty.header("ETag") == "\"0\"")
            #expect(
                try empty.json == [
                    "kinds": [:], "mutedClasses": [], "locale": nil, "quietHours": nil,
                    "unknown": ["kinds": [], "mutedClasses": []],
                ]
            )

            let put = try await api.send(
                .put,
                "/v1/preferences",
                Self.headers("u1"),
                #"{"kinds":{"blog.publish-post":{"push":false},"NOBODY.KNOWS":{"push":true}},"mutedClasses":["no-such-class"],"locale":"fr","quietHours":{"enabled":true,"timezone":"Europe/Paris","pauses":[{"from":"21:00","to":"07:30"}]}}"#
            )
            #expect(put.status == 200 && put.header("ETag") == "\"1\"")
            #expect(put.header("RateLimit-Policy")?.hasPrefix("\"requests\"") == true)
            #expect(try put.json["unknown"] == ["kinds": ["NOBODY.KNOWS"], "mutedClasses": ["no-such-class"]])
            #expect(try put.json["kinds"] == ["BLOG.PUBLISH-POST": ["push": false], "NOBODY.KNOWS": ["push": true]])

            let patch = try await api.send(
                .patch,
                "/v1/preferences",
                Self.headers("u1", Self.merge, ifMatch: "\"1\""),
                #"{"kinds":{"Blog.Publish-Post":{"push":true},"NOBODY.KNOWS":null},"mutedClasses":null,"quietHours":{"enabled":false}}"#
            )
            #expect(patch.status == 200 && patch.header("ETag") == "\"2\"")
            #expect(try patch.json["kinds"] == ["BLOG.PUBLISH-POST": ["push": true]])
            #expect(try patch.json["mutedClasses"] == [] && patch.json["locale"] == "fr")
            #expect(try patch.json["quietHours"]?["enabled"] == false)
            #expect(try patch.json["quietHours"]?["pauses"]?.array?.count == 1)

            let other = try await api.send(.get, "/v1/preferences", Self.headers("u2", nil))
            #expect(try other.json["kinds"] == [:])
            let replaced = try await api.send(.put, "/v1/preferences", Self.headers("u1"), "{}")
            #expect(try replaced.json["locale"] == .null && replaced.json["quietHours"] == .null)
        }
    }

    @Test func `the second of two apps is told that it has read something old`() async throws {
        try await Gateway.run { _, api async throws in
            func put(_ tag: String?, _ body: String) async throws -> Answer {
                try await api.send(.put, "/v1/preferences", Self.headers("u1", ifMatch: tag), body)
            }
            #expect(try await put("\"0\"", #"{"locale":"fr"}"#).status == 200)
            let late = try await put("\"0\"", #"{"locale":"ar"}"#)
            #expect(late.status == 412 && late.code == "preconditionFailed" && late.header("ETag") == "\"1\"")
            #expect(try await put("W/\"1\"", #"{"locale":"ar"}"#).status == 412)
            #expect(try await put("\"7\", \"1\"", #"{"locale":"ar"}"#).status == 200)
            #expect(try await put("*", #"{"locale":"tr"}"#).status == 200)
            let now = try await api.send(.get, "/v1/preferences", Self.headers("u1", nil))
            #expect(try now.json["locale"] == "tr" && now.header("ETag") == "\"3\"")
        }
    }

    @Test func `what is wrong changes nothing`() async throws {
        try await Gateway.run { _, api async throws in
            func send(_ method: HTTPRequest.Method, _ type: String?, _ body: String) async throws -> Answer {
                try await api.send(method, "/v1/preferences", Self.headers("u1", type), body)
            }
            #expect(try await send(.put, "application/json", #"{"locale":"fr"}"#).status == 200)
            #expect(try await send(.put, "text/plain", "{}").status == 415)
            #expect(try await send(.put, nil, "{}").status == 415)
            #expect(try await send(.patch, "application/json", "{}").status == 415)
            #expect(try await send(.put, "application/json", "{").code == "notJSON")
            let wrong = try await send(
                .patch,
                Self.merge,
                #"{"quietHours":{"pauses":[{"from":"20:00","to":"20:00"}]}}"#
            )
            #expect(wrong.status == 422 && wrong.code == "invalidPreferences")
            #expect(try wrong.json["errors"]?.array?.first?["pointer"] == "/quietHours/pauses/0")
            #expect(try await send(.patch, Self.merge, "[]").status == 422)
            #expect(
                try await send(.put, "application/json", #"{"locale":"\#(String(repeating: "x", count: 200_000))"}"#)
                    .status == 413
            )
            let nobody = try await api.send(.get, "/v1/preferences", [:])
            #expect(nobody.status == 401 && nobody.header("WWW-Authenticate") != nil)
            let now = try await api.send(.get, "/v1/preferences", Self.headers("u1", nil))
            #expect(now.header("ETag") == "\"1\"")
            #expect(try now.json["locale"] == "fr")
        }
    }

    @Test func `One Pocket's document and the wishes are one thing`() async throws {
        try await Gateway.run { _, api async throws in
            let path = "/userbook/preference/timeline"
            func document() async throws -> JSONValue {
                let answer = try await api.send(.get, path, Self.headers("u1", nil))
                return try JSONParser.parse(try #require(answer.json["preference"]?.string))
            }
            #expect(try await document() == [:])
            let put = try await api.send(
                .put,
                path,
                Self.headers("u1"),
                #"{"page":0,"type":["BLOG"],"config":{"blog.publish-post":{"defaultFrequency":"IMMEDIATE","push-notif":false,"type":"BLOG","event-type":"PUBLISH-POST","key":"blog.publish-post"}}}"#
            )
            #expect(put.status == 200)
            #expect(try put.json == [:])
            let wishes = try await api.send(.get, "/v1/preferences", Self.headers("u1", nil))
            #expect(try wishes.json["kinds"] == ["BLOG.PUBLISH-POST": ["push": false]])
            _ = try await api.send(
                .patch,
                "/v1/preferences",
                Self.headers("u1", Self.merge),
                #"{"kinds":{"BLOG.PUBLISH-POST":{"push":true}}}"#
            )
            let now = try await document()
            #expect(now["config"]?["blog.publish-post"]?["push-notif"] == true && now["type"] == ["BLOG"])
            #expect(try await api.send(.put, path, Self.headers("u1"), #"{"config":3}"#).status == 400)
            #expect(try await api.send(.put, path, Self.headers("u1"), "[]").status == 400)
        }
    }

    @Test func `the ENT's preferences are imported as a whole or not at all`() async throws {
        try await Gateway.run { gateway, api async throws in
            let folder = gateway.services.workFolder
            func run(_ lines: [String], dryRun: Bool = false) async throws -> ImportReport {
                let path = folder + "/preferences.ndjson"
                try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
                return try await gateway.services.importer.run(
                    .init(paths: [path], format: .preferences, mode: .delta, isDryRun: dryRun, isYearChange: false)
                )
            }
            let line =
                #"{"op":"upsert","kind":"preferences","id":"u1","preference":"{\"config\":{\"a\":{\"push-notif\":false,\"type\":\"BLOG\",\"event-type\":\"PUBLISH-POST\"}}}","language":"ar"}"#
            #expect(try await run([line], dryRun: true).state == .planned)
            #expect(
                try await run([line, #"{"op":"upsert","kind":"preferences","id":"u2","preference":3}"#]).state
                    == .failed
            )
            let none = try await api.send(.get, "/v1/preferences", Self.headers("u1", nil))
            #expect(none.header("ETag") == "\"0\"")
            let report = try await run([line])
            #expect(report.state == .applied && report.diff.users.added == 1)
            let now = try await api.send(.get, "/v1/preferences", Self.headers("u1", nil))
            #expect(try now.json["kinds"] == ["BLOG.PUBLISH-POST": ["push": false]] && now.json["locale"] == "ar")
            // The same again changes nothing; a removal takes all away.
            #expect(try await run([line]).diff.users.changed == 0)
            #expect(try await run([#"{"op":"remove","kind":"preferences","id":"u1"}"#]).diff.users.removed == 1)
            #expect(try await api.send(.get, "/v1/preferences", Self.headers("u1", nil)).header("ETag") == "\"0\"")
        }
    }
}

extension APIClient {
    fileprivate func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ headers: [String: String],
        _ body: String
    ) async throws -> Answer {
        try await send(method, uri, headers, Array(body.utf8))
    }
}
