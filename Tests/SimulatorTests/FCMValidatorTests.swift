import Simulator
import Testing

struct FCMValidatorTests {
    private func outcome(_ request: ReceivedRequest) -> String {
        let validator = FCMValidator(projects: ["project", "other"])
        do throws(FCMError) {
            _ = try validator.validate(request) { $0 == "good" ? "project" : nil }
            return "accepted"
        } catch {
            return ["\(error.code)", error.status, error.errorCode, error.violations.first?.field].compactMap(\.self)
                .joined(separator: " ")
        }
    }

    private func outcome(message: String) -> String {
        outcome(Fixture.fcmRequest(#"{"message":\#(message)}"#))
    }

    @Test func `a full message is accepted under either spelling`() throws {
        let body = #"""
            {"validate_only":false,"message":{"token":"abc:DEF_-1","notification":{"title":"T","body":"B"},
            "data":{"type":"BLOG","params":"{}"},"android":{"collapseKey":"c","priority":"HIGH","ttl":"3600s",
            "notification":{"tag":"t","channel_id":"messages","visibility":"PRIVATE","notificationCount":2}},
            "apns":{"headers":{"apns-collapse-id":"c","apns-priority":"10"},"payload":{"aps":{"sound":"default"}}}}}
            """#

        let push = try FCMValidator(projects: ["project"]).validate(Fixture.fcmRequest(body)) { _ in "project" }

        #expect(push.target == .token("abc:DEF_-1"))
        #expect(push.message["data"]?["params"] == "{}")
        #expect(push.message["android"]?["notification"]?["channelId"] == "messages")
    }

    @Test(arguments: [
        (#"{"token":"t","surprise":1}"#, "400 INVALID_ARGUMENT message"),
        (
            #"{"token":"t","android":{"notification":{"colour":"x"}}}"#,
            "400 INVALID_ARGUMENT message.android.notification"
        ),
        (#"{"token":"t","data":{"a":"x","b":5}}"#, "400 INVALID_ARGUMENT message.data[1].value"),
        (#"{"token":"t","data":{"a":{"b":"c"}}}"#, "400 INVALID_ARGUMENT message.data[0].value"),
        (#"{"token":5}"#, "400 INVALID_ARGUMENT message.token"),
        (#"{"token":"t","android":{"priority":"URGENT"}}"#, "400 INVALID_ARGUMENT message.android.priority"),
        (#"{"token":"t","android":{"ttl":3600}}"#, "400 INVALID_ARGUMENT message.android.ttl"),
        (#"{"token":"t","android":{"ttl":"3600"}}"#, "400 INVALID_ARGUMENT message.android.ttl"),
        (#"{"token":"t","android":{"ttl":"2419200s"}}"#, "accepted"),
        (#"{"token":"t","android":{"ttl":"0s"}}"#, "accepted"),
        (#"{"token":"t","android":{"ttl":"3.5s"}}"#, "accepted"),
        (#"{"token":"t","android":{"ttl":"2419201s"}}"#, "400 INVALID_ARGUMENT INVALID_ARGUMENT message.android.ttl"),
        (#"{"token":"t","android":{"ttl":"-1s"}}"#, "400 INVALID_ARGUMENT INVALID_ARGUMENT message.android.ttl"),
        (
            #"{"token":"t","android":{"notification":{"visibility":"private"}}}"#,
            "400 INVALID_ARGUMENT message.android.notification.visibility"
        ),
        (#"{"token":"t","android":{"directBootOk":"true"}}"#, "400 INVALID_ARGUMENT message.android.direct_boot_ok"),
        (
            #"{"token":"t","apns":{"headers":{"apns-priority":10}}}"#,
            "400 INVALID_ARGUMENT message.apns.headers[0].value"
        ),
        (#"{"token":"t","android":{},"androidV2":{}}"#, "400 INVALID_ARGUMENT INVALID_ARGUMENT message.android_v2"),
        (#"{"token":"t","data":null}"#, "accepted"), (#"{"token":"t","name":"projects/p/messages/1"}"#, "accepted"),
        (
            #"{"fid":"f","androidV2":{"remoteNotification":{"mutableContent":true,"notification":{"id":"1","tag":"t"}}}}"#,
            "accepted"
        ),
        (#"{"fid":"f","androidV2":{"priority":"HIGH"}}"#, "400 INVALID_ARGUMENT message.android_v2"),
        (
            #"{"fid":"f","androidV2":{"remoteNotification":{"notification":{"colour":"x"}}}}"#,
            "400 INVALID_ARGUMENT message.android_v2.remote_notification.notification"
        ),
        (
            #"{"fid":"f","androidV2":{"remoteNotification":{"useAsV1DataMessage":"yes"}}}"#,
            "400 INVALID_ARGUMENT message.android_v2.remote_notification.use_as_v1_data_message"
        ),
        (#"{"fid":"f","android":{"bandwidthConstrainedOk":true,"restrictedSatelliteOk":false}}"#, "accepted"),
        (#"{"fid":"f","apns":{"liveActivityToken":"a","fcmOptions":{"image":"i"}}}"#, "accepted"),
        (#"{"fid":"f","webpush":{"headers":{"TTL":"5"},"fcmOptions":{"link":"l"}}}"#, "accepted"),
    ])
    func `the schema is kept to the letter`(message: String, expected: String) {
        #expect(outcome(message: message) == expected)
    }

    @Test(arguments: [
        (#"{"token":"t"}"#, "accepted"), (#"{"fid":"f"}"#, "accepted"), (#"{"topic":"t"}"#, "accepted"),
        (#"{}"#, "400 INVALID_ARGUMENT INVALID_ARGUMENT message"),
        (#"{"token":"t","fid":"f"}"#, "400 INVALID_ARGUMENT message"),
        (#"{"token":""}"#, "400 INVALID_ARGUMENT INVALID_ARGUMENT"),
        (#"{"token":"has space"}"#, "400 INVALID_ARGUMENT INVALID_ARGUMENT"),
    ])
    func `a message has exactly one target`(message: String, expected: String) {
        #expect(outcome(message: message) == expected)
    }

    @Test(arguments: ["from", "message_type", "google.x", "gcm.notification.y"])
    func `reserved words are no data keys`(key: String) {
        #expect(
            outcome(message: #"{"token":"t","data":{"\#(key)":"v"}}"#)
                == "400 INVALID_ARGUMENT INVALID_ARGUMENT message.data"
        )
    }

    @Test func `a message over 4096 bytes is too big`() {
        func message(_ count: Int) -> String {
            #"{"token":"\#(String(repeating: "t", count: 500))","data":{"a":"\#(String(repeating: "x", count: count))"}}"#
        }
        #expect(outcome(message: message(4000)) == "accepted")
        #expect(outcome(message: message(4096)) == "400 INVALID_ARGUMENT INVALID_ARGUMENT")
    }

    @Test(arguments: [(2000, "accepted"), (2048, "400 INVALID_ARGUMENT INVALID_ARGUMENT")])
    func `a message to a topic has half the room`(count: Int, expected: String) {
        let text = String(repeating: "x", count: count)
        #expect(outcome(message: #"{"topic":"t","data":{"a":"\#(text)"}}"#) == expected)
    }

    @Test(
        arguments: [
            ("project", nil, "401 UNAUTHENTICATED"), ("project", "bad", "401 UNAUTHENTICATED"),
            ("nowhere", "good", "404 NOT_FOUND"), ("other", "good", "403 PERMISSION_DENIED"),
            ("project", "good", "accepted"),
        ] as [(String, String?, String)]
    )
    func `the access token opens its own project only`(project: String, bearer: String?, expected: String) {
        #expect(
            outcome(Fixture.fcmRequest(#"{"message":{"token":"t"}}"#, project: project, bearer: bearer)) == expected
        )
    }

    @Test(arguments: [
        "/v1/projects//messages:send", "/v1/projects/project/messages", "/v2/projects/project/messages:send",
    ])
    func `another path is a bare 404`(path: String) {
        #expect(outcome(Fixture.fcmRequest(#"{"message":{"token":"t"}}"#, path: path)) == "404 NOT_FOUND")
    }

    @Test func `the error for a dead token names UNREGISTERED in its details`() throws {
        let answer = FCMError.unregistered.answer()
        let error = try #require(try JSON(parsing: answer.body)["error"])
        #expect(answer.status == 404)
        #expect(error["status"] == "NOT_FOUND")
        #expect(
            error["details"] == [
                [
                    "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED",
                ]
            ]
        )
    }
}
