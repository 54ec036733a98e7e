import API
import Dialects
import Domain
import Providers
import TestSupport
import Testing

/// What publishers and phones send.
@Suite(.serialized)
struct EventFuzzTests {
    private static let limits = Limits()
    private static let receivedAt = Instant(seconds: 1_795_000_000)

    @Test func `JSON is a value that is written and read again as itself, or refused`() throws {
        let corpus = try Corpus.files("saint-etienne/events") + Corpus.found("json")
        try FuzzRun(name: "json", corpus: corpus).feed(JSONError.self) { text in
            let value = try JSONParser.parse(text)
            let again = try JSONParser.parse(JSONWriter.bytes(value))
            #expect(again == value)
            return JSONWriter.text(value)
        }
    }

    @Test(arguments: ["application/cloudevents+json", "application/json", "application/cloudevents-batch+json"])
    func `an event of any dialect is within its limits, or refused`(type: String) throws {
        let corpus = try Corpus.files("saint-etienne/events") + Corpus.found("event")
        try FuzzRun(name: "event " + type, corpus: corpus).feed(EventRefusal.self) { text in
            let submission = try EventParser(limits: Self.limits).parse(
                contentType: type,
                header: { _ in nil },
                body: text,
                receivedAt: Self.receivedAt
            )
            let events: [ParsedEvent] =
                switch submission {
                case .one(let event): [event]
                case .batch(let results): results.compactMap { try? $0.get() }
                }
            for event in events { check(event.publication) }
            return "\(events.map(\.identity))"
        }
    }

    private func check(_ publication: Publication) {
        #expect((publication.title ?? "").count <= Self.limits.titleCharactersMax)
        #expect(publication.body.count <= Self.limits.bodyCharactersMax)
        #expect(!publication.app.utf8.isEmpty && !publication.action.utf8.isEmpty)
    }

    @Test func `attributes in headers are an event, or refused`() throws {
        let corpus = [
            "1.0", "id-1", "https://ent.example.org/one", "fr.ent.publication", "2026-11-28T12:00:00Z",
            "%C3%A9l%C3%A8ve",
        ].map { Array($0.utf8) }
        let names = ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "ce-subject", "idempotency-key"]
        let body = Array(
            #"{"app":"BLOG","action":"POST","school":"0420001A","audience":[{"user":"u1"}],"title":"t"}"#.utf8
        )
        try FuzzRun(name: "binary", corpus: corpus + Corpus.found("binary")).feed(EventRefusal.self) { text in
            // One damaged field, the others as they should be.
            let damaged = names[text.count % names.count]
            let right = [
                "ce-specversion": "1.0", "ce-id": "1", "ce-source": "https://ent.example.org/one",
                "ce-type": "fr.ent.publication",
            ]
            let submission = try EventParser(limits: Self.limits).parse(
                contentType: "application/json",
                header: { name in
                    name.lowercased() == damaged ? String(decoding: text, as: UTF8.self) : right[name.lowercased()]
                },
                body: body,
                receivedAt: Self.receivedAt
            )
            return "\(submission)"
        }
    }

    @Test func `a registration is a device, or refused`() throws {
        var corpus = Array(try Corpus.lines("saint-etienne/devices/registrations.ndjson")[..<200])
        corpus += try Corpus.lines("saint-etienne/devices/invalid.ndjson")
        corpus += try Corpus.files("field/04-registration-hints") + Corpus.files("field/15-no-tokens")
        corpus += try Corpus.found("registration")
        let forms: [any TargetForm] = [
            FCM.targetForm([]), APNs.targetForm([]),
            WebPush.targetForm(allowing: EndpointRules(["push.example.org"].compactMap(EndpointRules.Entry.init))),
        ]
        try FuzzRun(name: "registration", corpus: corpus).feed(DeviceFault.self) { text in
            do {
                let registration = try Registration.parse(
                    try JSONParser.parse(text),
                    installation: "i-1",
                    limits: Self.limits,
                    forms: forms,
                    isKnownZone: { $0 == "Europe/Paris" }
                )
                #expect(registration.target.bytes.count <= 4_096)
                return "\(registration.target.bytes)"
            } catch is JSONError { throw DeviceFault() } catch is RegistrationError { throw DeviceFault() }
        }
    }

    private struct DeviceFault: Error {}

    @Test func `the headers of a signature are proven or not`() throws {
        let secret = [UInt8](repeating: 5, count: 32)
        let signature = StandardWebhooks.sign(secret: secret, id: "msg_1", timestamp: Self.receivedAt.seconds, body: [])
        let corpus = [signature, "msg_1", "\(Self.receivedAt.seconds)", "v1,AAAA v1a,AAAA \(signature)", "v2,AAAA"]
        try FuzzRun(name: "signature", corpus: corpus.map { Array($0.utf8) } + Corpus.found("signature"))
            .feed(StandardWebhooks.Fault.self) { text in
                let word = String(decoding: text, as: UTF8.self)
                let place = text.count % 3
                try StandardWebhooks.verify(
                    secrets: [secret],
                    id: place == 0 ? word : "msg_1",
                    timestamp: place == 1 ? word : "\(Self.receivedAt.seconds)",
                    signatures: place == 2 ? word : signature,
                    body: [],
                    now: Self.receivedAt
                )
                // Nothing damaged is taken for genuine.
                #expect(word.contains(place == 2 ? signature : place == 0 ? "msg_1" : "\(Self.receivedAt.seconds)"))
                return "genuine"
            }
    }
}
