import Simulator
import Testing

struct ScriptTests {
    @Test(arguments: [
        ("[]", "the script is not an object"),
        ("{", "the script is not JSON (Unexpected end of file during JSON parse.)"),
        (#"{"gcm":{}}"#, "unknown provider gcm"), (#"{"fcm":{"t":"shrug"}}"#, "fcm.t: unknown behaviour shrug"),
        (#"{"fcm":{"t":{"behaviour":"503","time":1}}}"#, "fcm.t: unknown member time"),
        (#"{"fcm":{"t":{"times":1}}}"#, "fcm.t: neither behaviour nor status"),
        (#"{"fcm":{"t":{"status":99}}}"#, "fcm.t: status must be 200 to 599 and stand without behaviour"),
        (#"{"fcm":{"t":{"behaviour":"503","times":-1}}}"#, "fcm.t: times is not a whole number from 0"),
        (#"{"fcm":{"t":{"behaviour":"503","nth":0}}}"#, "fcm.t: nth is not a whole number from 1"),
        (#"{"fcm":{"t":{"behaviour":"503","delay":86400001}}}"#, "fcm.t: delay is not a whole number 0 to 86400000"),
        (
            #"{"fcm":{"t":{"settings":{"maxConcurrentStreams":4294967296}}}}"#,
            "fcm.t.settings: maxConcurrentStreams is not a whole number 0 to 2147483647"
        ),
        (
            #"{"fcm":{"t":{"behaviour":"503","retryAfter":true}}}"#,
            #"fcm.t: retryAfter is neither seconds nor a text nor {"date": seconds}"#
        ),
        (#"{"fcm":{"t":{"behaviour":"503","delivers":1}}}"#, "fcm.t: delivers is neither true nor false"),
        (#"{"fcm":{"t":{"behaviour":"503","headers":{"a":1}}}}"#, "fcm.t: headers.a is not a text"),
        (#"{"fcm":{"t":{"behaviour":"reset","code":"OUCH"}}}"#, "fcm.t: code is no error code of HTTP/2"),
        (#"{"fcm":{"t":{"goaway":{"last":2}}}}"#, "fcm.t.goaway: last is this, before, max, 0 or an odd stream id"),
        (#"{"fcm":{"t":{"goaway":{"late":2}}}}"#, "fcm.t.goaway: takes last, code and debug"),
        (
            #"{"fcm":{"t":{"settings":{"x":2}}}}"#,
            "fcm.t.settings: takes maxConcurrentStreams, initialWindowSize and after"
        ),
        (#"{"fcm":{"t":5}}"#, "fcm.t: neither a word nor an object"),
    ])
    func `a mistake is named with its place`(text: String, expected: String) {
        do throws(Script.ParseError) {
            _ = try Script(parsing: Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.description == expected)
        }
    }

    @Test func `words, objects and steps are read`() throws {
        let text =
            #"{"apns":{"ab":"unregistered","*":[{"behaviour":"429","retryAfter":7,"times":2},{"status":418,"reason":"Teapot"}]}}"#

        let script = try Script(parsing: Array(text.utf8))

        #expect(script.steps["apns"]?["ab"] == [Behaviour(.named("unregistered"))])
        #expect(
            script.steps["apns"]?["*"] == [
                Behaviour(.named("429"), times: 2, retryAfter: .text("7")), Behaviour(.status(418, reason: "Teapot")),
            ]
        )
    }

    @Test func `what happens to the connection is read`() throws {
        let text = """
            {"apns":{"*":{"goaway":[{"last":"max"},{"last":"before","code":"ENHANCE_YOUR_CALM","debug":{"reason":"Shutdown"}}],
            "settings":{"maxConcurrentStreams":1},"onConnection":3,"listener":"https","from":5,"until":9}},
            "webpush":{"s":{"behaviour":"reset","code":7,"delivers":true}}}
            """

        let script = try Script(parsing: Array(text.utf8))

        let step = try #require(script.steps["apns"]?["*"]?.first)
        #expect(step.action == .accept)
        #expect(
            step.connectionActions == [
                .settings(concurrentStreamsMax: 1, initialWindowSize: nil), .goaway(last: .max, code: 0, debug: ""),
                .goaway(last: .before, code: 11, debug: #"{"reason":"Shutdown"}"#),
            ]
        )
        #expect(step.condition.onConnection == 3)
        #expect(step.condition.listener == "https")
        #expect(step.condition.from == 5)
        #expect(step.condition.until == 9)
        #expect(script.steps["webpush"]?["s"]?.first?.action == .reset(code: 7))
        #expect(script.steps["webpush"]?["s"]?.first?.delivers == true)
    }
}
