import Domain
import Providers
import Testing

/// A row of Firebase's table: what was answered and what it must mean.
struct FCMRow: CustomTestStringConvertible, Sendable {
    var name: String
    var status: Int
    var body: String
    var retryAfter: String?
    var reason: String
    var verdict: Verdict

    init(
        _ name: String,
        _ status: Int,
        _ body: String,
        retryAfter: String? = nil,
        reason: String,
        _ verdict: Verdict
    ) {
        self.name = name
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
        self.reason = reason
        self.verdict = verdict
    }

    var testDescription: String { "\(status) \(name)" }

    static func error(_ status: String, message: String = "…", _ details: String...) -> String {
        #"{"error":{"code":400,"message":"\#(message)","status":"\#(status)","details":[\#(details.joined(separator: ","))]}}"#
    }

    static func fcm(_ code: String) -> String {
        #"{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"\#(code)"}"#
    }

    static func apns(_ reason: String) -> String {
        #"{"@type":"type.googleapis.com/google.firebase.fcm.v1.ApnsError","statusCode":400,"reason":"\#(reason)"}"#
    }

    static func violation(_ fields: String...) -> String {
        let list = fields.map { #"{"field":"\#($0)","description":"d"}"# }.joined(separator: ",")
        return #"{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[\#(list)]}"#
    }

    static func quota(_ description: String) -> String {
        #"{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"subject":"s","description":"\#(description)"}]}"#
    }

    static let page = "<!DOCTYPE html><title>Error</title>"

    static let tokens: [FCMRow] = [
        FCMRow("accepted", 200, #"{"name":"projects/p/messages/1"}"#, reason: "accepted", .accepted),
        FCMRow(
            "INVALID_ARGUMENT of the token",
            400,
            error("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT")),
            reason: "INVALID_ARGUMENT",
            .tokenSuspect
        ),
        FCMRow(
            "violation of message.token",
            400,
            error("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT"), violation("message.token")),
            reason: "INVALID_ARGUMENT",
            .tokenSuspect
        ),
        FCMRow(
            "violation of message.fid",
            400,
            error("INVALID_ARGUMENT", violation("message.fid")),
            reason: "INVALID_ARGUMENT",
            .tokenSuspect
        ),
        FCMRow(
            "bad device token behind Firebase",
            400,
            error("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT"), apns("BadDeviceToken")),
            reason: "INVALID_ARGUMENT",
            .tokenSuspect
        ),
        FCMRow(
            "SENDER_ID_MISMATCH",
            403,
            error("PERMISSION_DENIED", fcm("SENDER_ID_MISMATCH")),
            reason: "SENDER_ID_MISMATCH",
            .tokenSuspect
        ),
        FCMRow(
            "UNREGISTERED",
            404,
            error("NOT_FOUND", fcm("UNREGISTERED")),
            reason: "UNREGISTERED",
            .tokenDead(since: nil)
        ),
    ]

    static let messages: [FCMRow] = [
        FCMRow(
            "violation of another field",
            400,
            error("INVALID_ARGUMENT", violation("message.data[0].value")),
            reason: "INVALID_ARGUMENT",
            .payloadRefused
        ),
        FCMRow(
            "violation of the token and another field",
            400,
            error("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT"), violation("message.token", "message.data")),
            reason: "INVALID_ARGUMENT",
            .payloadRefused
        ),
        FCMRow(
            "too big",
            400,
            error("INVALID_ARGUMENT", message: "Android message is too big", fcm("INVALID_ARGUMENT")),
            reason: "INVALID_ARGUMENT",
            .payloadRefused
        ),
        FCMRow(
            "unknown field",
            400,
            error(
                "INVALID_ARGUMENT",
                message: "Invalid JSON payload received. Unknown name x: Cannot find field.",
                violation("")
            ),
            reason: "INVALID_ARGUMENT",
            .payloadRefused
        ),
        FCMRow(
            "payload too large behind Firebase",
            400,
            error("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT"), apns("PayloadTooLarge")),
            reason: "INVALID_ARGUMENT",
            .payloadRefused
        ),
        FCMRow(
            "without details",
            400,
            error("INVALID_ARGUMENT"),
            reason: "INVALID_ARGUMENT",
            .payloadRefused
        ),
        FCMRow("413", 413, page, reason: "http413", .payloadRefused),
    ]

    static let credentials: [FCMRow] = [
        FCMRow("UNAUTHENTICATED", 401, error("UNAUTHENTICATED"), reason: "UNAUTHENTICATED", .resend(.renewCredential)),
        FCMRow("empty 401", 401, "", reason: "http401", .resend(.renewCredential)),
        FCMRow(
            "THIRD_PARTY_AUTH_ERROR",
            401,
            error("UNAUTHENTICATED", fcm("THIRD_PARTY_AUTH_ERROR")),
            reason: "THIRD_PARTY_AUTH_ERROR",
            .platformFault
        ),
        FCMRow(
            "PERMISSION_DENIED",
            403,
            error("PERMISSION_DENIED", message: "API … is disabled"),
            reason: "PERMISSION_DENIED",
            .credentialFault
        ),
        FCMRow("403 of a proxy", 403, page, reason: "http403", .credentialFault),
        FCMRow("bare NOT_FOUND", 404, error("NOT_FOUND"), reason: "NOT_FOUND", .credentialFault),
        FCMRow("404 page", 404, page, reason: "http404", .credentialFault),
        FCMRow(
            "UNREGISTERED only in the status",
            404,
            error("UNREGISTERED"),
            reason: "UNREGISTERED",
            .credentialFault
        ),
        FCMRow(
            "UNREGISTERED in a detail of another type",
            404,
            error("NOT_FOUND", #"{"@type":"type.googleapis.com/google.rpc.Other","errorCode":"UNREGISTERED"}"#),
            reason: "NOT_FOUND",
            .credentialFault
        ),
        FCMRow("redirect", 302, "", reason: "http302", .credentialFault),
    ]

    static let waits: [FCMRow] = [
        FCMRow(
            "QUOTA_EXCEEDED",
            429,
            error("RESOURCE_EXHAUSTED", fcm("QUOTA_EXCEEDED")),
            reason: "QUOTA_EXCEEDED",
            .laneBusy(retryAfter: .seconds(60))
        ),
        FCMRow(
            "QUOTA_EXCEEDED with a wait",
            429,
            error("RESOURCE_EXHAUSTED", fcm("QUOTA_EXCEEDED")),
            retryAfter: "17",
            reason: "QUOTA_EXCEEDED",
            .laneBusy(retryAfter: .seconds(17))
        ),
        FCMRow(
            "QUOTA_EXCEEDED until a date",
            429,
            error("RESOURCE_EXHAUSTED"),
            retryAfter: "Mon, 14 Sep 2026 14:33:00 GMT",
            reason: "RESOURCE_EXHAUSTED",
            .laneBusy(retryAfter: .seconds(120))
        ),
        FCMRow(
            "project quota named",
            429,
            error("RESOURCE_EXHAUSTED", quota("Message rate exceeded")),
            reason: "RESOURCE_EXHAUSTED",
            .laneBusy(retryAfter: .seconds(60))
        ),
        FCMRow(
            "device rate",
            429,
            error("RESOURCE_EXHAUSTED", fcm("QUOTA_EXCEEDED"), quota("Device message rate exceeded")),
            reason: "QUOTA_EXCEEDED",
            .deferred(retryAfter: .seconds(60))
        ),
        FCMRow(
            "INTERNAL",
            500,
            error("INTERNAL", fcm("INTERNAL")),
            reason: "INTERNAL",
            .deferred(retryAfter: nil)
        ),
        FCMRow(
            "INTERNAL with a wait",
            500,
            error("INTERNAL"),
            retryAfter: "30",
            reason: "INTERNAL",
            .deferred(retryAfter: .seconds(30))
        ),
        FCMRow("page of a proxy", 502, page, reason: "http502", .deferred(retryAfter: nil)),
        FCMRow("page of a proxy", 504, page, reason: "http504", .deferred(retryAfter: nil)),
        FCMRow(
            "UNAVAILABLE",
            503,
            error("UNAVAILABLE", fcm("UNAVAILABLE")),
            reason: "UNAVAILABLE",
            .laneBusy(retryAfter: nil)
        ),
        FCMRow(
            "UNAVAILABLE with a wait",
            503,
            error("UNAVAILABLE"),
            retryAfter: "10",
            reason: "UNAVAILABLE",
            .laneBusy(retryAfter: .seconds(10))
        ),
    ]

    static let unknown: [FCMRow] = [
        FCMRow(
            "UNSPECIFIED_ERROR",
            400,
            error("INVALID_ARGUMENT", fcm("UNSPECIFIED_ERROR")),
            reason: "UNSPECIFIED_ERROR",
            .payloadRefused
        ),
        FCMRow("new code", 418, error("TEAPOT", fcm("TEAPOT")), reason: "TEAPOT", .payloadRefused),
        FCMRow(
            "UNSPECIFIED_ERROR",
            500,
            error("UNKNOWN", fcm("UNSPECIFIED_ERROR")),
            reason: "UNSPECIFIED_ERROR",
            .deferred(retryAfter: nil)
        ),
        FCMRow("no HTTP status", 0, "", reason: "http0", .ambiguous),
        FCMRow(
            "details of another shape",
            400,
            #"{"error":{"details":7,"status":[]}}"#,
            reason: "http400",
            .payloadRefused
        ),
        FCMRow("error of another shape", 404, #"{"error":"invalid"}"#, reason: "http404", .credentialFault),
    ]
}

@Suite struct FCMAnswerTests {
    @Test(arguments: FCMRow.tokens)
    func `an answer about the token is told from the details alone`(row: FCMRow) { check(row) }

    @Test(arguments: FCMRow.messages)
    func `a message that is refused costs no token`(row: FCMRow) { check(row) }

    @Test(arguments: FCMRow.credentials)
    func `a refused credential or project costs neither token nor message`(row: FCMRow) { check(row) }

    @Test(arguments: FCMRow.waits)
    func `a provider in trouble is waited for`(row: FCMRow) { check(row) }

    @Test(arguments: FCMRow.unknown)
    func `an answer never seen is classified by its status`(row: FCMRow) { check(row) }

    private func check(_ row: FCMRow) {
        let classification = FCMAnswer.classify(
            status: row.status,
            body: Array(row.body.utf8),
            retryAfter: row.retryAfter,
            now: Samples.now
        )

        #expect(classification == Classification(row.verdict, status: row.status, reason: row.reason))
    }
}
