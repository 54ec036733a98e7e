import Simulator
import Testing

struct ScriptTests {
    @Test(arguments: [
        ("[]", "the script is not an object"), ("{", "the script is not JSON (byte 1)"),
        (#"{"gcm":{}}"#, "unknown provider gcm"), (#"{"fcm":{"t":"shrug"}}"#, "fcm.t: unknown behaviour shrug"),
        (#"{"fcm":{"t":{"behaviour":"503","time":1}}}"#, "fcm.t: unknown member time"),
        (#"{"fcm":{"t":{"times":1}}}"#, "fcm.t: neither behaviour nor status"),
        (#"{"fcm":{"t":{"status":99}}}"#, "fcm.t: status must be 200 to 599 and stand without behaviour"),
        (#"{"fcm":{"t":{"behaviour":"503","times":-1}}}"#, "fcm.t: times is not a whole number"),
        (#"{"fcm":{"t":5}}"#, "fcm.t: neither a word nor an object"),
    ])
    func `a mistake is named with its place`(text: String, expected: String) {
        do throws(Script.Mistake) {
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
                Behaviour(.named("429"), times: 2, retryAfter: "7"), Behaviour(.status(418, reason: "Teapot")),
            ]
        )
    }
}
