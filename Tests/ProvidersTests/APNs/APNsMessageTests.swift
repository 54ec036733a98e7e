import Domain
import Providers
import Testing

@Suite struct APNsMessageTests {
    @Test func `the routing keys stand beside aps, all of them strings`() throws {
        let message = try APNsMessage(Samples.message())

        #expect(
            String(decoding: message.bytes(), as: UTF8.self) == #"""
                {"aps":{"alert":{"title":"Nouveau billet de blog","body":"Mme Exemple : Le blog des CP"},\#
                "sound":"default","thread-id":"vie-scolaire"},"type":"BLOG","event-type":"PUBLISH-POST",\#
                "params":"{\"resourceUri\":\"/blog#/view/b/p\",\"username\":\"Mme Exemple\"}",\#
                "resource":"blog-1","sub-resource":"post-1","sender":"teacher-1",\#
                "receiver":"5a1e0c52-98f1-4d0c-9a6e-0f4d7a1b2c3d"}
                """#
        )
    }

    @Test func `what the event does not have is left out, params and receiver never are`() throws {
        var message = Samples.message(params: nil)
        (message.authorID, message.resourceID, message.resourceSubID) = (nil, nil, nil)

        let body = try JSONParser.parse(try APNsMessage(message).bytes())

        #expect(try #require(body.object).map(\.name) == ["aps", "type", "event-type", "params", "receiver"])
        #expect(body["params"]?.string == "{}")
    }

    @Test func `a receiver is escaped like any other text`() throws {
        let receiver = "a\"b\\c\u{1}é"

        let body = try JSONParser.parse(try APNsMessage(Samples.message()).bytes(receiver: Array(receiver.utf8)))

        #expect(body["receiver"]?.string == receiver)
    }

    @Test(
        arguments: [
            (Urgency.urgent, true, "time-sensitive"), (.urgent, false, nil), (.normal, true, nil),
            (.low, true, "passive"),
            (.low, false, "passive"),
        ] as [(Urgency, Bool, String?)]
    )
    func `only an urgent message breaks through, and only where the app may; a low one lights no screen`(
        urgency: Urgency,
        isAllowed: Bool,
        expected: String?
    ) throws {
        let message = try APNsMessage(Samples.message(urgency: urgency), isTimeSensitiveAllowed: isAllowed)

        let level = try JSONParser.parse(message.bytes())["aps"]?["interruption-level"]?.string

        #expect(level == expected)
    }

    @Test func `a body is added behind what the buffer holds`() throws {
        let message = try APNsMessage(Samples.message())
        var buffer = Array("before".utf8)
        let receiver = Samples.receiver

        message.appendBody(receiver: receiver.span, to: &buffer)

        #expect(buffer == Array("before".utf8) + message.bytes())
    }
}
