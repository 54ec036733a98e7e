import Domain
import Providers
import Testing

@Suite struct FCMMessageTests {
    @Test func `the body has the discovery document's names and only strings in data`() throws {
        let message = try FCMMessage(Samples.message())

        #expect(
            String(decoding: message.bytes(), as: UTF8.self) == #"""
                {"message":{"token":"dQw4w9WgXcQ:APA91bH-fake_token",\#
                "notification":{"title":"Nouveau billet de blog","body":"Mme Exemple : Le blog des CP"},\#
                "data":{"type":"BLOG","event-type":"PUBLISH-POST",\#
                "params":"{\"resourceUri\":\"/blog#/view/b/p\",\"username\":\"Mme Exemple\"}",\#
                "resource":"blog-1","sub-resource":"post-1","sender":"teacher-1",\#
                "receiver":"5a1e0c52-98f1-4d0c-9a6e-0f4d7a1b2c3d"},\#
                "android":{"collapseKey":"0123456789abcdef0123456789abcdef","priority":"HIGH","ttl":"3600s",\#
                "notification":{"tag":"0123456789abcdef0123456789abcdef","channelId":"vie-scolaire",\#
                "visibility":"PRIVATE"}},\#
                "apns":{"headers":{"apns-collapse-id":"0123456789abcdef0123456789abcdef","apns-priority":"10",\#
                "apns-expiration":"1789399860"},"payload":{"aps":{"sound":"default","thread-id":"vie-scolaire"}}}}}
                """#
        )
    }

    @Test func `an installation id stands in fid and not in token`() throws {
        let body = try JSONParser.parse(
            try FCMMessage(Samples.message()).bytes(kind: .installation, target: Array("cQw4".utf8))
        )

        #expect(body["message"]?["fid"]?.string == "cQw4")
        #expect(body["message"]?["token"] == nil)
    }

    @Test func `a quiet message may wait for the phone to wake`() throws {
        let body = try JSONParser.parse(try FCMMessage(Samples.message(urgency: .low)).bytes())

        #expect(body["message"]?["android"]?["priority"]?.string == "NORMAL")
        #expect(body["message"]?["apns"]?["headers"]?["apns-priority"]?.string == "5")
    }

    @Test(arguments: [
        (Expiry.at(Samples.now + .milliseconds(90_900)), "90s", "1789396350"),
        (.at(Samples.now + .seconds(60 * 86_400)), "2419200s", "1794580260"),
        (.at(Samples.now), "0s", "1789396260"),
    ])
    func `the time to live is counted from each attempt`(expiry: Expiry, ttl: String, expiration: String) throws {
        let body = try JSONParser.parse(try FCMMessage(Samples.message()).bytes(expiry: expiry))

        #expect(body["message"]?["android"]?["ttl"]?.string == ttl)
        #expect(body["message"]?["apns"]?["headers"]?["apns-expiration"]?.string == expiration)
    }

    @Test func `an address as the registry holds it goes in without a copy of its own`() throws {
        let (target, receiver) = (Target.fcmToken("dQw4:APA91"), "user-1")
        let message = try FCMMessage(Samples.message())
        let collapseID = Samples.collapseID
        var body: [UInt8] = []

        let token = try #require(FCMTarget.text(of: target.bytes))
        message.appendBody(
            kind: .token,
            target: token.utf8.span,
            receiver: receiver.utf8.span,
            collapseID: collapseID.span,
            expiry: .at(Samples.now),
            now: Samples.now,
            to: &body
        )

        #expect(try JSONParser.parse(body)["message"]?["token"]?.string == "dQw4:APA91")
    }

    @Test func `the path names the project`() {
        #expect(FCMRequest.path(projectID: "one-pocket") == "/v1/projects/one-pocket/messages:send")
    }
}
