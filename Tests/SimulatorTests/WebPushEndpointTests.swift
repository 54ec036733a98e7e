import Simulator
import Testing

/// The push services' words, the log and the control endpoints, without sockets.
struct WebPushEndpointTests {
    private let fixture = WebPushFixture()

    private func responder(_ service: PushService, script: String = "{}") throws -> Responder {
        var settings = SimulatorSettings()
        settings.webPush = [WebPushListener(name: "webpush-1", service: service, port: 8443)]
        settings.subscriptions = try fixture.subscriptions
        settings.script = try Script(parsing: Array(script.utf8))
        settings.now = { Fixture.now * 1000 }
        return Responder(settings: settings, log: PushLog())
    }

    private func answer(_ responder: Responder, _ request: ReceivedRequest) throws -> Answer {
        guard case .answer(let answer) = responder.respond(to: request).reply else { throw Unexpected() }
        return answer
    }

    private struct Unexpected: Error {}

    private func describe(_ answer: Answer) -> String {
        ["\(answer.status)", String(decoding: answer.body, as: UTF8.self)].filter { !$0.isEmpty }.joined(separator: " ")
    }

    @Test func `an accepted push is 201 with its place, and stands decrypted in the log`() throws {
        let responder = try responder(.mozilla)
        let answer = try answer(responder, try fixture.request())
        #expect(answer.status == 201)
        let location = try #require(answer.headers.first { $0.name == "location" }?.value)
        #expect(location.hasPrefix("https://localhost:8443/message/"))
        let record = try JSON(parsing: responder.log.lines(since: 0).dropLast())
        #expect(record["provider"] == "webpush")
        #expect(record["host"] == "localhost:8443")
        #expect(record["subscription"] == "sub-1")
        #expect(record["topic"] == "0123456789abcdef0123456789abcdef")
        #expect(record["ttl"] == 3600)
        #expect(record["urgency"] == "normal")
        #expect(record["payload"] == ["title": "Mot"])
        #expect(record["credential"]?.string?.utf8.count == 16)
    }

    @Test func `one VAPID token for many pushes counts once`() throws {
        let responder = try responder(.mozilla)
        let authorization = try fixture.authorization()
        for _ in 0..<3 { _ = try answer(responder, try fixture.request(["authorization": authorization])) }
        #expect(responder.log.counts.providers[.webpush]?.credentials.count == 1)
        _ = try answer(responder, try fixture.request())
        #expect(responder.log.counts.providers[.webpush]?.credentials.count == 2)
    }

    @Test(arguments: [
        (
            PushService.mozilla, "/wp/sub-gone",
            #"410 {"code":410,"errno":106,"error":"Gone","message":"push subscription has unsubscribed or expired."}"#
        ),
        (.fcm, "/wp/sub-gone", "410 push subscription has unsubscribed or expired."),
        (.apple, "/wp/sub-gone", #"410 {"reason":"Unregistered"}"#), (.wns, "/wp/sub-gone", "410"),
        (.unifiedpush, "/wp/sub-gone", "404"), (.unifiedpush, "/wp/never", "404"),
        (.apple, "/wp/never", #"404 {"reason":"BadPath"}"#),
    ])
    func `each service speaks of a dead subscription in its own way`(
        service: PushService,
        path: String,
        expected: String
    )
        throws
    {
        #expect(describe(try answer(try responder(service), try fixture.request(path: path))) == expected)
    }

    @Test(arguments: [(PushService.mozilla, 401), (.fcm, 403), (.apple, 403), (.wns, 401), (.unifiedpush, 401)])
    func `a wrong audience has each service's status`(service: PushService, status: Int) throws {
        let request = try fixture.request(["authorization": try fixture.authorization(audience: "https://elsewhere")])
        #expect(try answer(try responder(service), request).status == status)
    }

    @Test(arguments: WebPushFault.Kind.allCases) func `every defect is a word in every dialect`(
        kind: WebPushFault.Kind
    )
        throws
    {
        for service in PushService.allCases {
            let responder = try responder(service, script: #"{"webpush":{"sub-1":"\#(kind.rawValue)"}}"#)
            let status = try answer(responder, try fixture.request()).status
            #expect((400...599).contains(status))
        }
    }

    @Test(arguments: [
        (PushService.apple, #""VapidPkHashMismatch""#, #"403 {"reason":"VapidPkHashMismatch"}"#),
        (.apple, #""429""#, #"429 {"reason":"TooManyRequests"}"#), (.wns, #""throttled""#, "406"),
        (
            .mozilla, #"{"status":503,"reason":"202"}"#,
            #"503 {"code":503,"errno":202,"error":"Service Unavailable","message":"202"}"#
        ),
        (.mozilla, #""redirect""#, "302"),
        (.fcm, #""html-502""#, "502 <html><body><h1>502 Bad Gateway</h1></body></html>"),
        (.unifiedpush, #"{"status":202}"#, "202"),
        (.fcm, #"{"status":307,"headers":{"location":"https://10.0.0.1/"},"body":""}"#, "307"),
    ])
    func `a script speaks the listener's dialect`(service: PushService, step: String, expected: String) throws {
        let responder = try responder(service, script: #"{"webpush":{"*":\#(step)}}"#)
        #expect(describe(try answer(responder, try fixture.request())) == expected)
    }

    @Test func `without strictness a defect is taken and named in the log`() throws {
        var settings = SimulatorSettings()
        settings.webPush = [WebPushListener(name: "webpush-1", service: .apple, port: 8443)]
        settings.isStrict = false
        let responder = Responder(settings: settings, log: PushLog())
        #expect(try answer(responder, try fixture.request(["ttl": nil])).status == 201)
        #expect(
            String(decoding: responder.log.lines(since: 0), as: UTF8.self).contains(#""defect":"unknownSubscription""#)
        )
    }

    @Test func `subscriptions come and go over the control endpoint`() throws {
        let responder = try responder(.mozilla)
        func control(_ method: String, _ target: String, _ body: String = "") throws -> Answer {
            try answer(responder, ReceivedRequest(method: method, target: target, body: Array(body.utf8)))
        }
        let made = try control("POST", "/control/subscriptions")
        #expect(made.status == 201)
        let item = try #require(try JSON(parsing: made.body)["subscriptions"]?.array?.first)
        let id = try #require(item["id"]?.string)
        #expect(item["subscription"]?["endpoint"] == .string("https://localhost:8443/wp/\(id)"))
        let key = try #require(item["subscription"]?["keys"]?["p256dh"]?.string)
        #expect(Base64URL.decode(key.utf8)?.count == 65)
        #expect(try control("DELETE", "/control/subscriptions/\(id)").status == 204)
        #expect(try control("DELETE", "/control/subscriptions/\(id)").status == 404)
        #expect(try answer(responder, try fixture.request(path: "/wp/\(id)")).status == 410)
        #expect(try control("POST", "/control/subscriptions?listener=webpush-9").status == 404)
        let wrong = try control("POST", "/control/subscriptions", #"{"id":"x","d":"AA"}"#)
        #expect(describe(wrong) == #"400 {"error":"subscription x: d is no private key of P-256"}"#)
        #expect(describe(try control("GET", "/control/subscriptions")) == #"200 {"subscriptions":["sub-1"]}"#)
    }
}
