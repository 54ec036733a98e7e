import Domain
import Providers
import Testing

/// Both providers' bodies under the byte limit, over random messages: what is cut, in which order, and what never is.
@Suite struct MessageBudgetTests {
    static let routingKeys = ["type", "event-type", "params", "resource", "sub-resource", "sender", "receiver"]
    static let paramsRead: Set<String> = ["resourceUri", "username", "resourceName", "uri", "resourceFolderUri"]

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `no body passes the limit, and what it says is a beginning of what was said`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<3 {
            let message = RandomMessage.make(using: &random)
            let receiver = [UInt8](repeating: UInt8(ascii: "r"), count: Limits().userIDBytesMax)

            let apns = try APNsMessage(message).bytes(receiver: receiver)
            let fcm = try FCMMessage(message).bytes(
                receiver: receiver,
                expiry: .at(Samples.now + .seconds(60 * 86_400))
            )

            #expect(apns.count <= 4096, "seed \(seed)")
            #expect(fcm.count - Samples.token.count <= 4096, "seed \(seed)")
            let apnsBody = try JSONParser.parse(apns)
            let fcmBody = try JSONParser.parse(fcm)
            try check(try #require(apnsBody["aps"]?["alert"]), data: apnsBody, message: message, seed: seed)
            let notification = try #require(fcmBody["message"]?["notification"])
            try check(notification, data: try #require(fcmBody["message"]?["data"]), message: message, seed: seed)
        }
    }

    private func check(_ alert: JSONValue, data: JSONValue, message: Message, seed: UInt64) throws {
        let title = try #require(alert["title"]?.string)
        let body = try #require(alert["body"]?.string)
        #expect(isBeginning(title, of: message.title), "seed \(seed)")
        #expect(isBeginning(body, of: message.body), "seed \(seed)")
        for key in Self.routingKeys { #expect(data[key]?.string != nil, "\(key), seed \(seed)") }

        let paramsText = try #require(data["params"]?.string)
        let params = try #require(try JSONParser.parse(paramsText).object)
        let original = try #require(message.params.object)
        for member in params { #expect(original[member.name] == member.value, "seed \(seed)") }
        #expect(params["resourceUri"] == original["resourceUri"], "seed \(seed)")

        let kept = Set(params.map(\.name))
        let dropped = Set(original.map(\.name)).subtracting(kept)
        if !dropped.isDisjoint(with: Self.paramsRead) {
            #expect(kept.isSubset(of: Self.paramsRead), "what the app reads goes last, seed \(seed)")
        }
        if body != message.body, body.utf8.count < 100 {
            #expect(kept.isSubset(of: ["resourceUri"]), "a text is kept before params, seed \(seed)")
        }
        if title != message.title {
            #expect(body != message.body, "the body gives way first, seed \(seed)")
        }
    }

    /// Equal, or cut between two characters of the original and closed with an ellipsis.
    private func isBeginning(_ text: String, of original: String) -> Bool {
        if text == original || text.isEmpty { return true }
        guard text.unicodeScalars.last == "…" else { return false }
        let kept = String(String.UnicodeScalarView(text.unicodeScalars.dropLast()))
        return original.utf8.starts(with: kept.utf8) && original.starts(with: kept)
    }

    @Test func `a text that is too long fills the limit to the last byte`() throws {
        let message = Samples.message(body: String(repeating: "a", count: 6000))
        let receiver = [UInt8](repeating: UInt8(ascii: "r"), count: 128)

        #expect(try APNsMessage(message).bytes(receiver: receiver).count == 4096)
        #expect(
            try FCMMessage(message).bytes(receiver: receiver, expiry: .at(Samples.now + .seconds(60 * 86_400))).count
                == 4096 + Samples.token.count - "9".utf8.count
        )  // apns-expiration has room for an eleventh digit
    }

    @Test func `a whole page of HTML in params goes before a word of the text does`() throws {
        let page = "<p style=\"color:red\">" + String(repeating: "École fermée demain. ", count: 800) + "</p>"
        let message = Samples.message(
            params: ["content": .string(page), "resourceUri": "/timeline", "username": "Mme Exemple", "n": 3])

        let body = try JSONParser.parse(try APNsMessage(message).bytes())

        #expect(body["aps"]?["alert"]?["title"]?.string == message.title)
        #expect(body["aps"]?["alert"]?["body"]?.string == message.body)
        #expect(body["params"]?.string == #"{"resourceUri":"/timeline","username":"Mme Exemple","n":3}"#)
    }

    @Test func `the longest param that the app does not read goes first`() throws {
        let message = Samples.message(params: [
            "uri": .string(String(repeating: "u", count: 1200)), "a": .string(String(repeating: "a", count: 1400)),
            "b": .string(String(repeating: "b", count: 1500)), "resourceUri": "/r",
        ])

        let body = try JSONParser.parse(try APNsMessage(message).bytes())

        let paramsText = try #require(body["params"]?.string)
        let params = try #require(try JSONParser.parse(paramsText).object)
        #expect(params.map(\.name) == ["uri", "a", "resourceUri"])
    }

    @Test func `the only param goes when it must, and an object stays`() throws {
        let message = Samples.message(params: ["content": .string(String(repeating: "x", count: 5000))])

        let body = try JSONParser.parse(try FCMMessage(message).bytes())

        #expect(body["message"]?["data"]?["params"]?.string == "{}")
        #expect(body["message"]?["notification"]?["body"]?.string == message.body)
    }

    @Test(arguments: ["formUri", "formResultsUri", "subject"])
    func `the text gives way to what opens a form or names a mail`(_ name: String) throws {
        let long = String(repeating: "f", count: 3200)
        let message = Samples.message(
            body: String(repeating: "b", count: 300),
            params: [name: .string(long), "resourceUri": "/r", "content": .string(String(repeating: "c", count: 800))]
        )

        let body = try JSONParser.parse(try APNsMessage(message).bytes())
        let params = try JSONParser.parse(try #require(body["params"]?.string))

        #expect(params[name]?.string == long)
        #expect(params["content"] == nil)
    }

    @Test func `an address of a form that no message could carry goes, and the message arrives`() throws {
        let message = Samples.message(params: ["formUri": .string(String(repeating: "f", count: 5000)), "subject": "s"])

        let body = try JSONParser.parse(try FCMMessage(message).bytes())

        #expect(body["message"]?["data"]?["params"]?.string == #"{"subject":"s"}"#)
        #expect(body["message"]?["notification"]?["body"]?.string == message.body)
    }

    @Test func `names of children are a member of the data, and Apple's subtitle`() throws {
        var message = Samples.message()
        message.about = "Lina, Noé"
        let apns = try JSONParser.parse(try APNsMessage(message).bytes())
        #expect(apns["aps"]?["alert"]?["subtitle"] == "Lina, Noé" && apns["about"] == "Lina, Noé")
        let fcm = try JSONParser.parse(try FCMMessage(message).bytes())
        #expect(fcm["message"]?["data"]?["about"] == "Lina, Noé")
        #expect(fcm["message"]?["notification"]?["title"]?.string == message.title)
    }

    @Test func `routing keys beyond the limit are refused with the size`() {
        let message = Samples.message(params: ["resourceUri": .string(String(repeating: "/", count: 5000))])

        #expect {
            try APNsMessage(message)
        } throws: { error in
            guard let error = error as? MessageTooLargeError else { return false }
            return error.limit == 4096 && error.bytes > 5000 && error.bytes < 5500
        }
        #expect(throws: MessageTooLargeError.self) { try FCMMessage(message) }
    }

    @Test func `the limit is the one of the settings`() throws {
        var limits = Limits()
        limits.payloadBytesMax = 700
        let message = Samples.message(body: String(repeating: "é", count: 400))

        #expect(try APNsMessage(message, limits: limits).bytes().count <= 700)
    }
}

/// Texts of a hard kind: emoji with joiners and skin tones, combining marks, right-to-left, escapes, control characters.
enum RandomMessage {
    static let pieces = [
        "a", "é", "e\u{301}", "ß", " ", "  ", "\n", "\t", "\"", "\\", "/", "\u{0}", "\u{1F}", "\u{7F}", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "👍🏽", "🇫🇷", "漢", "ع", "\u{200D}", "\u{301}", "\u{2028}", "…", "नि", "</p>", "&amp;", "École",
        "z\u{301}\u{302}\u{303}\u{304}",
    ]

    static func make(using random: inout SeededRandom) -> Message {
        var params = JSONObject()
        params["resourceUri"] = .string(text(pieces: Int.random(in: 0...30, using: &random), using: &random))
        for name in ["username", "resourceName", "uri", "content", "html", "n1", "n2"]
        where Bool.random(using: &random) {
            let size = Int.random(in: 0...3, using: &random) == 0 ? 900 : 40
            params[name] = .string(text(pieces: Int.random(in: 0...size, using: &random), using: &random))
        }
        return Samples.message(
            title: text(pieces: Int.random(in: 1...300, using: &random), using: &random),
            body: text(pieces: Int.random(in: 0...1500, using: &random), using: &random),
            params: .object(params),
            urgency: Urgency.allCases.randomElement(using: &random) ?? .normal
        )
    }

    private static func text(pieces count: Int, using random: inout SeededRandom) -> String {
        (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
}
