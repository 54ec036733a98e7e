import Domain
import Providers
import Testing

/// An answer of the token endpoint and what it must mean.
struct TokenRow: CustomTestStringConvertible, Sendable {
    var status: Int
    var body: String
    var retryAfter: String?
    var failure: AccessTokenError
    var verdict: Verdict

    init(_ status: Int, _ body: String, retryAfter: String? = nil, _ failure: AccessTokenError, _ verdict: Verdict) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
        self.failure = failure
        self.verdict = verdict
    }

    var testDescription: String { "\(status) \(body.prefix(60))" }

    static func refused(_ status: Int, _ reason: String, _ detail: String) -> TokenRow {
        TokenRow(
            status,
            #"{"error":"\#(reason)","error_description":"\#(detail)"}"#,
            .refused(reason: reason, detail: detail),
            .credentialFault
        )
    }

    static let all: [TokenRow] = [
        refused(400, "invalid_grant", "Invalid JWT Signature."),
        refused(400, "invalid_grant", "Invalid grant: account not found"),
        refused(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)"),
        refused(400, "invalid_grant", "Failed audience check."),
        refused(400, "invalid_request", ""),
        refused(401, "invalid_client", "The OAuth client was not found."),
        refused(403, "unauthorized_client", "x"),
        TokenRow(400, "<html>", .refused(reason: "http400", detail: ""), .credentialFault),
        TokenRow(404, "", .refused(reason: "http404", detail: ""), .credentialFault),
        TokenRow(200, #"{"id_token":"x.y.z"}"#, .noAccessToken, .credentialFault),
        TokenRow(200, #"{"access_token":""}"#, .noAccessToken, .credentialFault),
        TokenRow(200, #"{"access_token":"a\r\nx: y"}"#, .noAccessToken, .credentialFault),
        TokenRow(200, "<html>", .unreachable(status: 200, retryAfter: nil), .laneBusy(retryAfter: nil)),
        TokenRow(302, "", .unreachable(status: 302, retryAfter: nil), .laneBusy(retryAfter: nil)),
        TokenRow(
            500,
            #"{"error":"internal_failure"}"#,
            .unreachable(status: 500, retryAfter: nil),
            .laneBusy(retryAfter: nil)
        ),
        TokenRow(502, "<html>", .unreachable(status: 502, retryAfter: nil), .laneBusy(retryAfter: nil)),
        TokenRow(
            503,
            "",
            retryAfter: "20",
            .unreachable(status: 503, retryAfter: .seconds(20)),
            .laneBusy(retryAfter: .seconds(20))
        ),
        TokenRow(
            429,
            "",
            retryAfter: "Mon, 14 Sep 2026 14:32:00 GMT",
            .unreachable(status: 429, retryAfter: .seconds(60)),
            .laneBusy(retryAfter: .seconds(60))
        ),
        TokenRow(
            400,
            #"{"error":"temporarily_unavailable"}"#,
            .unreachable(status: 400, retryAfter: nil),
            .laneBusy(retryAfter: nil)
        ),
    ]
}

@Suite struct TokenEndpointAnswerTests {
    @Test(arguments: TokenRow.all)
    func `an answer without a token tells a refused account from a bad moment`(row: TokenRow) async throws {
        let answer = TokenEndpointAnswer(status: row.status, body: Array(row.body.utf8), retryAfter: row.retryAfter)
        let tokens = AccessTokens(
            credential: try FCMCredential(json: ServiceAccountFile.json()),
            exchange: FakeTokenEndpoint([answer]).exchange
        )

        let refresh = await tokens.refresh(at: Samples.now)

        #expect(refresh == .failed(row.failure))
        #expect(row.failure.classification.verdict == row.verdict)
    }

    @Test(
        arguments: [
            (#"{"access_token":"a","expires_in":120}"#, 120),
            (#"{"access_token":"a","expires_in":"120"}"#, 120),
            (#"{"access_token":"a"}"#, 600),
            (#"{"access_token":"a","expires_in":-5}"#, 1),
            (#"{"access_token":"a","expires_in":9999999999}"#, 86_400),
        ] as [(String, Int64)]
    )
    func `the lifetime is read where it is sane and bounded where it is not`(body: String, seconds: Int64) async throws
    {
        let tokens = AccessTokens(
            credential: try FCMCredential(json: ServiceAccountFile.json()),
            exchange: FakeTokenEndpoint([TokenEndpointAnswer(status: 200, body: Array(body.utf8))]).exchange
        )

        let token = await tokens.refresh(at: Samples.now).token

        #expect(token?.expiresAt == Samples.now + .seconds(seconds))
    }
}
