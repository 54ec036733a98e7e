import Domain
import Providers
import Testing

/// A row of Apple's table: what was answered and what it must mean.
struct APNsRow: CustomTestStringConvertible, Sendable {
    var status: Int
    var body: String
    var reason: String
    var verdict: Verdict

    init(_ status: Int, _ reason: String, _ verdict: Verdict) {
        self.init(status, body: #"{"reason":"\#(reason)"}"#, reason: reason, verdict)
    }

    init(_ status: Int, body: String, reason: String, _ verdict: Verdict) {
        self.status = status
        self.body = body
        self.reason = reason
        self.verdict = verdict
    }

    var testDescription: String { "\(status) \(body.prefix(60))" }

    static let documented: [APNsRow] = [
        APNsRow(200, body: "", reason: "accepted", .accepted),
        APNsRow(400, "BadCollapseId", .payloadRefused),
        APNsRow(400, "BadExpirationDate", .payloadRefused),
        APNsRow(400, "BadMessageId", .payloadRefused),
        APNsRow(400, "BadPriority", .payloadRefused),
        APNsRow(400, "InvalidPushType", .payloadRefused),
        APNsRow(400, "DuplicateHeaders", .payloadRefused),
        APNsRow(400, "PayloadEmpty", .payloadRefused),
        APNsRow(400, "BadTopic", .payloadRefused),
        APNsRow(400, "MissingTopic", .payloadRefused),
        APNsRow(400, "MissingDeviceToken", .payloadRefused),
        APNsRow(400, "BadDeviceToken", .tokenSuspect),
        APNsRow(400, "DeviceTokenNotForTopic", .tokenSuspect),
        APNsRow(400, "TopicDisallowed", .credentialFault),
        APNsRow(400, "IdleTimeout", .resend(.retire)),
        APNsRow(403, "BadCertificate", .credentialFault),
        APNsRow(403, "BadCertificateEnvironment", .credentialFault),
        APNsRow(403, "InvalidProviderToken", .credentialFault),
        APNsRow(403, "MissingProviderToken", .credentialFault),
        APNsRow(403, "UnrelatedKeyIdInToken", .credentialFault),
        APNsRow(403, "BadEnvironmentKeyIdInToken", .credentialFault),
        APNsRow(403, "BadEnvironmentKeyInToken", .credentialFault),
        APNsRow(403, "ExpiredProviderToken", .resend(.renewCredential)),
        APNsRow(403, "Forbidden", .credentialFault),
        APNsRow(404, "BadPath", .payloadRefused),
        APNsRow(405, "MethodNotAllowed", .payloadRefused),
        APNsRow(
            410,
            body: #"{"reason":"Unregistered","timestamp":1789396260123}"#,
            reason: "Unregistered",
            .tokenDead(since: Instant(milliseconds: 1_789_396_260_123))
        ),
        APNsRow(
            410,
            body: #"{"timestamp":1789396260000,"reason":"ExpiredToken"}"#,
            reason: "ExpiredToken",
            .tokenDead(since: Instant(seconds: 1_789_396_260))
        ),
        APNsRow(410, "Unregistered", .tokenDead(since: nil)),
        APNsRow(413, "PayloadTooLarge", .payloadRefused),
        APNsRow(429, "TooManyProviderTokenUpdates", .resend(.revertCredential)),
        APNsRow(429, "TooManyRequests", .deferred(retryAfter: .seconds(60))),
        APNsRow(500, "InternalServerError", .deferred(retryAfter: .seconds(900))),
        APNsRow(503, "ServiceUnavailable", .laneBusy(retryAfter: nil)),
        APNsRow(503, "Shutdown", .resend(.retire)),
    ]

    static let undocumented: [APNsRow] = [
        APNsRow(400, "BadMoonPhase", .payloadRefused),
        APNsRow(403, "NewKeyTrouble", .credentialFault),
        APNsRow(410, "GoneForANewReason", .tokenDead(since: nil)),
        APNsRow(410, body: "", reason: "http410", .tokenDead(since: nil)),
        APNsRow(410, body: "<html>Gone</html>", reason: "http410", .tokenSuspect),
        APNsRow(429, "TooManyMoons", .deferred(retryAfter: .seconds(60))),
        APNsRow(500, "NewTrouble", .deferred(retryAfter: .seconds(900))),
        APNsRow(500, "Unregistered", .deferred(retryAfter: .seconds(900))),
        APNsRow(503, "ExpiredToken", .laneBusy(retryAfter: nil)),
        APNsRow(502, body: "<html>Bad gateway</html>", reason: "http502", .deferred(retryAfter: nil)),
        APNsRow(503, body: "", reason: "http503", .laneBusy(retryAfter: nil)),
        APNsRow(504, body: "<html>", reason: "http504", .deferred(retryAfter: nil)),
        APNsRow(302, body: "", reason: "http302", .credentialFault),
        APNsRow(400, body: #"["reason"]"#, reason: "http400", .payloadRefused),
        APNsRow(400, body: #"{"reason":7}"#, reason: "http400", .payloadRefused),
        APNsRow(400, body: #"{"reason":"Bad token abc def"}"#, reason: "http400", .payloadRefused),
        APNsRow(400, body: #"{"reason":"BadDev"#, reason: "http400", .payloadRefused),
        APNsRow(0, body: "", reason: "http0", .ambiguous),
    ]
}

@Suite struct APNsAnswerTests {
    @Test(arguments: APNsRow.documented)
    func `each documented answer has its verdict`(row: APNsRow) {
        let classification = APNsAnswer.classify(
            status: row.status,
            body: Array(row.body.utf8),
            retryAfter: nil,
            now: Samples.now
        )

        #expect(classification == Classification(row.verdict, status: row.status, reason: row.reason))
    }

    @Test(arguments: APNsRow.undocumented)
    func `an answer never seen is classified by its status and shows nothing but words`(row: APNsRow) {
        let classification = APNsAnswer.classify(
            status: row.status,
            body: Array(row.body.utf8),
            retryAfter: nil,
            now: Samples.now
        )

        #expect(classification == Classification(row.verdict, status: row.status, reason: row.reason))
    }

    @Test(arguments: [
        (503, "ServiceUnavailable", "120", Verdict.laneBusy(retryAfter: .seconds(120))),
        (503, "ServiceUnavailable", "Mon, 14 Sep 2026 14:32:30 GMT", .laneBusy(retryAfter: .seconds(90))),
        (500, "InternalServerError", "30", .deferred(retryAfter: .seconds(900))),
        (429, "TooManyRequests", "300", .deferred(retryAfter: .seconds(300))),
        (429, "TooManyRequests", "5", .deferred(retryAfter: .seconds(60))),
    ])
    func `a wait that Apple asks for is kept and never shortened`(
        status: Int,
        reason: String,
        header: String,
        verdict: Verdict
    ) {
        let body = Array(#"{"reason":"\#(reason)"}"#.utf8)

        let classification = APNsAnswer.classify(status: status, body: body, retryAfter: header, now: Samples.now)

        #expect(classification.verdict == verdict)
    }
}
