import Domain
import Providers
import Testing

@Suite struct WebPushMessageTests {
    private static let base = NavigationBase("https://ent.example.org")

    @Test func `the message is said twice, to the browser and to the service worker`() throws {
        let data = #"""
            {"type":"BLOG","event-type":"PUBLISH-POST",\#
            "params":"{\"resourceUri\":\"/blog#/view/b/p\",\"username\":\"Mme Exemple\"}",\#
            "resource":"blog-1","sub-resource":"post-1","sender":"teacher-1",\#
            "receiver":"5a1e0c52-98f1-4d0c-9a6e-0f4d7a1b2c3d"}
            """#
        let texts = #"""
            "title":"Nouveau billet de blog","body":"Mme Exemple : Le blog des CP",\#
            "tag":"0123456789abcdef0123456789abcdef"
            """#

        let message = try WebPushMessage(Samples.message(), base: Self.base)

        #expect(
            String(decoding: message.bytes(), as: UTF8.self) == """
                {"web_push":8030,"notification":{\(texts),"navigate":"https://ent.example.org/blog#/view/b/p",\
                "data":\(data)},\(texts),"data":\(data)}
                """
        )
    }

    @Test func `the data are those that One Pocket gets from Firebase`() throws {
        let fcm = try JSONParser.parse(try FCMMessage(Samples.message()).bytes())

        let webPush = try JSONParser.parse(try WebPushMessage(Samples.message()).bytes())

        #expect(webPush["data"] == fcm["message"]?["data"])
        #expect(webPush["notification"]?["data"] == webPush["data"])
    }

    @Test(
        arguments: [
            ("/blog#/view/b/p", "https://ent.example.org", "https://ent.example.org/blog#/view/b/p"),
            ("/blog#/view/b/p", "https://ENT.example.org:8443/", "https://ent.example.org:8443/blog#/view/b/p"),
            ("/blog#/view/b/p", nil, nil),
            (nil, "https://ent.example.org", "https://ent.example.org/"),
            ("", "https://ent.example.org", "https://ent.example.org/"),
            ("javascript:alert(1)", "https://ent.example.org", "https://ent.example.org/"),
            ("//evil.test/x", "https://ent.example.org", "https://ent.example.org//evil.test/x"),
            ("/\\evil.test", "https://ent.example.org", "https://ent.example.org/%5Cevil.test"),
            ("/é l\"ève%20x", "https://ent.example.org", "https://ent.example.org/%C3%A9%20l%22%C3%A8ve%20x"),
            ("https://other.example.org/p?q#f", "https://ent.example.org", "https://other.example.org/p?q#f"),
            ("https://other.example.org/p?q#f", nil, "https://other.example.org/p?q#f"),
            ("http://other.example.org/p", nil, nil),
            ("https://u:p@other.example.org/p", nil, nil),
            ("https:///p", nil, nil),
        ] as [(String?, String?, String?)]
    )
    func `a tap opens an absolute https URL where one can be made`(
        resource: String?,
        base: String?,
        navigate: String?
    ) throws {
        var params = JSONObject()
        if let resource { params["resourceUri"] = .string(resource) }
        let base = try base.map { try #require(NavigationBase($0)) }

        let message = try WebPushMessage(Samples.message(params: .object(params)), base: base)

        let notification = try #require(JSONParser.parse(message.bytes())["notification"]?.object)
        #expect(notification["navigate"]?.string == navigate)
        #expect(notification["title"]?.string == Samples.message().title)
    }

    @Test(arguments: [
        "", "ent.example.org", "http://ent.example.org", "https://ent.example.org/path", "https://ent.example.org?x",
        "https://ent.example.org#x", "https://u@ent.example.org",
    ])
    func `a base that is no https origin is refused`(text: String) {
        #expect(NavigationBase(text) == nil)
    }

    @Test func `the receiver is escaped, and the plaintext is added behind what the buffer holds`() throws {
        let message = try WebPushMessage(Samples.message())
        let receiver = Array("a\"b\\c\u{1}é".utf8)
        let collapseID = Samples.collapseID
        var buffer = Array("before".utf8)

        message.appendPlaintext(receiver: receiver.span, collapseID: collapseID.span, to: &buffer)

        #expect(buffer.starts(with: "before".utf8))
        let body = try JSONParser.parse(Array(buffer.dropFirst(6)))
        #expect(body["data"]?["receiver"]?.string == "a\"b\\c\u{1}é")
        #expect(body["tag"]?.string == "0123456789abcdef0123456789abcdef")
    }

    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func `no plaintext passes the budget, and routing keys are never cut`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let receiver = [UInt8](repeating: UInt8(ascii: "r"), count: Limits().userIDBytesMax)
        for budget in [3993, 2640] {
            let message = RandomMessage.make(using: &random)

            let bytes = try WebPushMessage(message, base: Self.base, bytesMax: budget).bytes(receiver: receiver)

            #expect(bytes.count <= budget, "seed \(seed)")
            let body = try JSONParser.parse(bytes)
            for name in ["type", "event-type", "params", "resource", "sub-resource", "sender", "receiver"] {
                #expect(body["data"]?[name]?.string != nil, "\(name), seed \(seed)")
            }
            #expect(body["notification"]?["title"] == body["title"] && body["notification"]?["body"] == body["body"])
            let text = try #require(body["body"]?.string)
            if text != message.body, !text.isEmpty {
                #expect(text.unicodeScalars.last == "…", "seed \(seed)")
                #expect(message.body.starts(with: text.dropLast()), "cut between characters, seed \(seed)")
            }
            let params = try JSONParser.parse(try #require(body["data"]?["params"]?.string))
            #expect(params["resourceUri"] == message.params["resourceUri"], "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("updates.push.services.mozilla.com", 2640), ("web.push.apple.com", 3993), ("fcm.googleapis.com", 3993),
        ("db5p.notify.windows.com", 3993), ("up.example.org", 3993),
    ])
    func `a long text fills the budget of its service`(host: String, budget: Int) throws {
        #expect(WebPushMessage.bytesMax(host: host) == budget)
        let message = Samples.message(body: String(repeating: "a", count: 6000))
        let receiver = [UInt8](repeating: UInt8(ascii: "r"), count: 128)

        let bytes = try WebPushMessage(message, bytesMax: WebPushMessage.bytesMax(host: host)).bytes(receiver: receiver)

        // One byte may be left, as the text stands in it twice.
        #expect((budget - 1...budget).contains(bytes.count))
    }

    @Test func `routing keys beyond the budget are refused with the size`() {
        let message = Samples.message(params: ["resourceUri": .string(String(repeating: "/", count: 2500))])

        #expect {
            try WebPushMessage(message)
        } throws: { error in
            guard let error = error as? MessageTooLargeError else { return false }
            return error.limit == 3993 && error.bytes > 5000 && error.bytes < 6000
        }
    }

    @Test func `an ordinary message is one of the two small sizes`() throws {
        let bytes = try WebPushMessage(Samples.message(), base: Self.base).bytes()

        #expect(try WebPushEncryption.encrypt(bytes, for: Browser().subscription).count == 1024 + 103)
    }
}

extension WebPushMessage {
    func bytes(receiver: [UInt8] = Samples.receiver) -> [UInt8] {
        let collapseID = Samples.collapseID
        var plaintext: [UInt8] = []
        appendPlaintext(receiver: receiver.span, collapseID: collapseID.span, to: &plaintext)
        return plaintext
    }
}
