import Domain
import Testing

/// `retry-rules test` against the answers of the three services.
@Suite struct RetryRulesTests {
    let fixture: OperatorFixture

    init() throws { fixture = try OperatorFixture() }

    private func ask(_ provider: String, _ status: Int, _ more: String...) async throws -> JSONValue {
        let ran = await fixture.run(
            ["retry-rules", "test", "--provider", provider, "--http", "\(status)", "-o", "json"] + more
        )
        #expect(ran.code == 0, "\(ran.talk)")
        return try ran.json
    }

    @Test(
        arguments: [
            ("fcm", 200, nil, "accepted", "kept"), ("apns", 410, "Unregistered", "rejected", "removed"),
            ("fcm", 404, "UNREGISTERED", "rejected", "removed"), ("fcm", 404, nil, "laneFault", "kept"),
            ("fcm", 401, "THIRD_PARTY_AUTH_ERROR", "laneFault", "kept"), ("fcm", 401, nil, "resend", "kept"),
            ("fcm", 403, "SENDER_ID_MISMATCH", "rejected", "suspect"), ("fcm", 503, "UNAVAILABLE", "laneFault", "kept"),
            ("fcm", 500, "INTERNAL", "deferred", "kept"), ("apns", 400, "BadDeviceToken", "rejected", "suspect"),
            ("apns", 413, "PayloadTooLarge", "rejected", "kept"),
            ("apns", 403, "InvalidProviderToken", "laneFault", "kept"),
            ("apns", 429, "TooManyRequests", "deferred", "kept"), ("webpush", 404, "102", "rejected", "removed"),
            ("webpush", 400, "108", "rejected", "suspect"), ("webpush", 503, "202", "resend", "kept"),
            ("webpush", 401, "BadJwtToken", "laneFault", "kept"), ("apns", 0, "timeout", "deferred", "kept"),
            ("webpush", 0, "refusedStream", "resend", "kept"), ("fcm", 418, "NEVER_SEEN", "rejected", "kept"),
        ] as [(String, Int, String?, String, String)]
    )
    func `an answer has its class and spares or ends the token`(
        provider: String,
        status: Int,
        reason: String?,
        kind: String,
        token: String
    ) async throws {
        let more = reason.map { ["--reason", $0] } ?? []
        let ran = await fixture.run(
            ["retry-rules", "test", "--provider", provider, "--http", "\(status)", "-o", "json"] + more
        )
        let json = try ran.json
        #expect(json["class"]?.string == kind && json["token"]?.string?.hasPrefix(token) == true, "\(ran.output)")
        #expect((kind == "deferred") == (json["next"]?.array?.isEmpty == false))
    }

    @Test func `the next times are those of the schedule, until the attempts are used up`() async throws {
        let json = try await ask("fcm", 500, "--attempts", "6", "--ttl", "7d")
        let next = try #require(json["next"]?.array)
        // 5 s doubled five times is 160 s, and 320 s after that; jitter is over the upper half.
        let now = OperatorFixture.now
        #expect(next.map { $0["attempt"]?.int64 } == [7, 8, nil])
        #expect(next[0]["earliest"]?.string == (now + .seconds(80)).rfc3339)
        #expect(next[1]["earliest"]?.string == (now + .seconds(240)).rfc3339)
        let latest = try #require(next[1]["latest"]?.string.flatMap { Instant(rfc3339: $0) })
        #expect(latest <= now + .seconds(480) && latest > now + .seconds(479))
        #expect(next[2]["outcome"] == "dead" && json["isAttempt"] == true)
        #expect(json["lane"]?.string?.contains("10 in a row") == true)
        // Retry-After is a floor.
        let asked = try await ask("apns", 429, "--retry-after", "600", "--attempts", "7")
        #expect(asked["next"]?.array?.first?["earliest"]?.string == (now + .seconds(600)).rfc3339)
    }

    @Test func `a short time to live ends it first`() async throws {
        let json = try await ask("apns", 500, "--ttl", "20m")
        #expect(json["next"]?.array?.map { $0["outcome"] } == ["attempt", "expired"])
    }

    @Test func `a lane that closes says when it asks again`() async throws {
        let now = OperatorFixture.now
        let busy = try await ask("fcm", 503, "--retry-after", "120")
        let latest = try #require(busy["laneLatest"]?.string.flatMap { Instant(rfc3339: $0) })
        #expect(latest >= now + .seconds(120) && busy["isAttempt"] == false)
        let refused = try await ask("apns", 403, "--reason", "InvalidProviderToken")
        #expect(refused["laneEarliest"]?.string == (now + .seconds(60)).rfc3339)
        let since = try await ask("apns", 410, "--body", #"{"reason":"Unregistered","timestamp":1789990000000}"#)
        #expect(since["token"]?.string?.hasSuffix("before 2026-09-21T11:26:40Z") == true)
    }

    @Test func `people read lines`() async {
        let ran = await fixture.run("retry-rules", "test", "--provider", "apns", "--http", "500", "--attempts", "8")
        #expect(ran.code == 0)
        #expect(ran.output.hasPrefix("apns 500 http500: deferred\n  delivery  deferred; counts as an attempt\n"))
        #expect(ran.output.contains("  then  dead\n"), "\(ran.output)")
    }

    @Test(
        arguments: [
            ["--provider", "gcm", "--http", "500"], ["--provider", "fcm", "--http", "99"], ["--provider", "fcm"],
            ["--provider", "fcm", "--http", "0", "--reason", "boredom"],
            ["--provider", "fcm", "--http", "500", "--attempts", "0"],
            ["--provider", "fcm", "--http", "500", "--ttl", "soon"],
            ["--provider", "fcm", "--http", "500", "--reason", "A", "--body", "{}"],
        ]
    )
    func `what cannot be asked is wrong usage`(arguments: [String]) async {
        #expect(await fixture.run(["retry-rules", "test"] + arguments).code == 2)
    }
}
