import Domain
import Providers
import Testing

/// A row of the tables of push services: what was answered by whom and what it must mean.
struct WebPushRow: CustomTestStringConvertible, Sendable {
    var status: Int
    var body: String
    var retryAfter: String?
    var host: String
    var reason: String
    var verdict: Verdict

    init(
        _ status: Int,
        _ body: String,
        retryAfter: String? = nil,
        host: String = "up.example.org",
        reason: String? = nil,
        _ verdict: Verdict
    ) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
        self.host = host
        self.reason = reason ?? (200...299 ~= status ? "accepted" : "http\(status)")
        self.verdict = verdict
    }

    init(_ status: Int, retryAfter: String? = nil, host: String = "up.example.org", _ verdict: Verdict) {
        self.init(status, "", retryAfter: retryAfter, host: host, verdict)
    }

    var testDescription: String { "\(host) \(status) \(body.prefix(60)) \(retryAfter ?? "")" }

    static func mozilla(_ status: Int, _ errno: Int, message: String = "…", reason: String? = nil, _ verdict: Verdict)
        -> WebPushRow
    {
        WebPushRow(
            status,
            #"{"code":\#(status),"errno":\#(errno),"error":"…","message":"\#(message)"}"#,
            host: "updates.push.services.mozilla.com",
            reason: reason ?? "errno\(errno)",
            verdict
        )
    }

    static func apple(_ status: Int, _ reason: String, _ verdict: Verdict) -> WebPushRow {
        WebPushRow(status, #"{"reason":"\#(reason)"}"#, host: "web.push.apple.com", reason: reason, verdict)
    }

    static func firebase(_ status: Int, _ text: String, reason: String? = nil, _ verdict: Verdict) -> WebPushRow {
        WebPushRow(status, text, host: "fcm.googleapis.com", reason: reason, verdict)
    }

    static func windows(_ status: Int, retryAfter: String? = nil, _ verdict: Verdict) -> WebPushRow {
        WebPushRow(status, retryAfter: retryAfter, host: "db5p.notify.windows.com", verdict)
    }

    /// RFC 8030, and what any service may say without a body.
    static let standard: [WebPushRow] = [
        WebPushRow(200, .accepted), WebPushRow(201, .accepted), WebPushRow(202, .accepted), WebPushRow(204, .accepted),
        WebPushRow(201, #"{"reason":"BadJwtToken"}"#, .accepted),
        WebPushRow(301, .payloadRefused), WebPushRow(302, .payloadRefused), WebPushRow(307, .payloadRefused),
        WebPushRow(308, .payloadRefused),
        WebPushRow(400, .payloadRefused),
        WebPushRow(401, .credentialFault), WebPushRow(403, .credentialFault),
        WebPushRow(404, .tokenDead(since: nil)), WebPushRow(410, .tokenDead(since: nil)),
        WebPushRow(404, "<html>Not Found</html>", .tokenDead(since: nil)),
        WebPushRow(405, .payloadRefused),
        WebPushRow(408, .ambiguous),
        WebPushRow(413, .payloadRefused),
        WebPushRow(429, .deferred(retryAfter: .seconds(60))),
        WebPushRow(429, retryAfter: "5", .deferred(retryAfter: .seconds(5))),
        WebPushRow(429, retryAfter: "Mon, 14 Sep 2026 14:32:30 GMT", .deferred(retryAfter: .seconds(90))),
        WebPushRow(429, retryAfter: "soon", .deferred(retryAfter: .seconds(60))),
        WebPushRow(500, .deferred(retryAfter: nil)),
        WebPushRow(502, "<html>Bad gateway</html>", .deferred(retryAfter: nil)),
        WebPushRow(503, .deferred(retryAfter: nil)),
        WebPushRow(503, retryAfter: "120", .deferred(retryAfter: .seconds(120))),
        WebPushRow(503, retryAfter: "Mon, 14 Sep 2026 14:32:30 GMT", .deferred(retryAfter: .seconds(90))),
        WebPushRow(504, .deferred(retryAfter: nil)),
        WebPushRow(400, "VAPID_REQUIRED", reason: "vapidRefused", .credentialFault),
    ]

    static let mozilla: [WebPushRow] = [
        mozilla(404, 102, .tokenDead(since: nil)),
        mozilla(410, 103, .tokenDead(since: nil)),
        mozilla(413, 104, .payloadRefused),
        mozilla(410, 105, .tokenDead(since: nil)),
        mozilla(410, 106, .tokenDead(since: nil)),
        mozilla(400, 101, .payloadRefused),
        mozilla(400, 108, .tokenSuspect),
        mozilla(400, 110, .payloadRefused),
        mozilla(400, 111, .payloadRefused),
        mozilla(400, 112, .payloadRefused),
        mozilla(400, 113, .payloadRefused),
        mozilla(401, 109, .credentialFault),
        mozilla(400, 109, .credentialFault),
        mozilla(
            401,
            109,
            message: "VAPID public key mismatch",
            reason: "vapidKeyMismatch",
            .tokenSuspect
        ),
        mozilla(503, 201, .deferred(retryAfter: nil)),
        mozilla(503, 202, .resend(.keep)),
        mozilla(500, 900, .deferred(retryAfter: nil)),
        mozilla(502, 901, .deferred(retryAfter: nil)),
        mozilla(502, 902, .deferred(retryAfter: nil)),
        mozilla(502, 903, .deferred(retryAfter: nil)),
        // 202 is a number of the 5xx answers alone.
        mozilla(400, 202, .payloadRefused),
    ]

    static let apple: [WebPushRow] = [
        apple(403, "BadJwtToken", .credentialFault),
        apple(403, "BadAuthorizationHeader", .credentialFault),
        apple(400, "BadAuthorizationHeader", .credentialFault),
        apple(400, "BadVapidPublicKey", .credentialFault),
        apple(400, "BadJwtToken", .credentialFault),
        apple(403, "VapidPkHashMismatch", .tokenSuspect),
        apple(400, "VapidPkHashMismatch", .tokenSuspect),
        apple(400, "BadTtl", .payloadRefused),
        apple(400, "BadUrgency", .payloadRefused),
        apple(400, "BadWebPushRequest", .payloadRefused),
        apple(400, "BadWebPushTopic", .payloadRefused),
        apple(400, "BadDeviceToken", .tokenSuspect),
        apple(400, "IdleTimeout", .resend(.retire)),
        apple(404, "BadPath", .tokenSuspect),
        apple(405, "MethodNotAllowed", .payloadRefused),
        apple(410, "Unregistered", .tokenDead(since: nil)),
        apple(413, "PayloadTooLarge", .payloadRefused),
        apple(429, "TooManyRequests", .deferred(retryAfter: .seconds(60))),
        apple(500, "InternalServerError", .deferred(retryAfter: nil)),
        apple(503, "ServiceUnavailable", .deferred(retryAfter: nil)),
        apple(503, "Shutdown", .resend(.retire)),
    ]

    static let firebase: [WebPushRow] = [
        firebase(403, "invalid JWT provided\n", reason: "vapidRefused", .credentialFault),
        firebase(
            403,
            "the aud claim in the authorization header must match the origin\n",
            reason: "vapidRefused",
            .credentialFault
        ),
        firebase(
            403,
            "the exp claim MUST NOT be more than 24 hours from now\n",
            reason: "vapidRefused",
            .credentialFault
        ),
        firebase(400, "crypto-key header had invalid VAPID key\n", reason: "vapidRefused", .credentialFault),
        firebase(
            403,
            "the VAPID credentials in the authorization header do not correspond to the credentials used.\n",
            reason: "vapidKeyMismatch",
            .tokenSuspect
        ),
        firebase(
            400,
            "<HTML><TITLE>UnauthorizedRegistration</TITLE></HTML>",
            reason: "vapidKeyMismatch",
            .tokenSuspect
        ),
        firebase(404, "<HTML><TITLE>Not Found</TITLE></HTML>", .tokenDead(since: nil)),
        firebase(410, "push subscription has unsubscribed or expired.\n", .tokenDead(since: nil)),
        firebase(400, "<HTML><TITLE>InvalidTtl</TITLE></HTML>", .payloadRefused),
        firebase(413, "too large", .payloadRefused),
        firebase(500, "Internal Error", .deferred(retryAfter: nil)),
    ]

    static let windows: [WebPushRow] = [
        windows(201, .accepted),
        windows(401, .credentialFault),
        windows(403, .credentialFault),
        windows(404, .tokenDead(since: nil)),
        windows(406, .deferred(retryAfter: .seconds(60))),
        windows(406, retryAfter: "300", .deferred(retryAfter: .seconds(300))),
        windows(410, .tokenDead(since: nil)),
        WebPushRow(406, .payloadRefused),
    ]

    static let unknown: [WebPushRow] = [
        WebPushRow(0, .ambiguous), WebPushRow(-1, .ambiguous), WebPushRow(100, .ambiguous), WebPushRow(600, .ambiguous),
        WebPushRow(418, .payloadRefused), WebPushRow(599, .deferred(retryAfter: nil)),
        WebPushRow(400, #"["reason"]"#, .payloadRefused),
        WebPushRow(400, #"{"reason":7}"#, .payloadRefused),
        WebPushRow(400, #"{"reason":"Bad words abc def"}"#, .payloadRefused),
        WebPushRow(400, #"{"reason":"NewReason"}"#, reason: "NewReason", .payloadRefused),
        WebPushRow(403, #"{"reason":"NewReason"}"#, reason: "NewReason", .credentialFault),
        WebPushRow(400, #"{"errno":-5}"#, .payloadRefused),
        WebPushRow(400, #"{"errno":99999999999999999999}"#, .payloadRefused),
        WebPushRow(400, #"{"errno":999}"#, reason: "errno999", .payloadRefused),
        WebPushRow(410, #"{"reason":"BadJwtToken"}"#, reason: "BadJwtToken", .tokenDead(since: nil)),
        // The reason stands behind the first 4 KiB.
        WebPushRow(400, String(repeating: " ", count: 4096) + #"{"reason":"BadJwtToken"}"#, .payloadRefused),
        WebPushRow(400, String(repeating: "x", count: 5000) + "vapid", .payloadRefused),
        WebPushRow(400, String(repeating: "[", count: 4096), .payloadRefused),
    ]
}

@Suite struct WebPushAnswerTests {
    @Test(arguments: WebPushRow.standard)
    func `each answer of the standard has its verdict`(row: WebPushRow) { check(row) }

    @Test(arguments: WebPushRow.mozilla)
    func `each number of Mozilla's has its verdict`(row: WebPushRow) { check(row) }

    @Test(arguments: WebPushRow.apple)
    func `each reason of Apple's has its verdict`(row: WebPushRow) { check(row) }

    @Test(arguments: WebPushRow.firebase)
    func `each text of Firebase's has its verdict`(row: WebPushRow) { check(row) }

    @Test(arguments: WebPushRow.windows)
    func `each status of Windows' has its verdict`(row: WebPushRow) { check(row) }

    @Test(arguments: WebPushRow.unknown)
    func `an answer never seen is classified by its status and shows nothing but words`(row: WebPushRow) { check(row) }

    private func check(_ row: WebPushRow) {
        let classification = WebPushAnswer.classify(
            status: row.status,
            body: Array(row.body.utf8),
            retryAfter: row.retryAfter,
            host: row.host,
            now: Samples.now
        )

        #expect(classification == Classification(row.verdict, status: row.status, reason: row.reason))
    }
}
