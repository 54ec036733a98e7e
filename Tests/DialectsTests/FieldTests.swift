import Dialects
import Domain
import FoundationEssentials
import TestSupport
import Testing

/// Inputs whose writers are known from the field, with their right values (Tests/SampleData/field).
struct FieldTests {
    private static let receivedAt = Instant(seconds: 1_795_000_000)

    private func parse(_ file: String, type: String = "application/json") throws -> ParsedEvent {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "SampleData/field/" + file)
        let text = String(decoding: try Data(contentsOf: path), as: UTF8.self).replacing("@USER@", with: "u1")
        let submission = try EventParser(limits: Limits()).parse(
            contentType: type,
            header: { _ in nil },
            body: Array(text.utf8),
            receivedAt: Self.receivedAt
        )
        guard case .one(let event) = submission else { throw EventRefusal(500, "unexpected", "A batch.") }
        return event
    }

    @Test func `Gson's whole numbers are whole numbers`() throws {
        #expect(
            try parse("06-gson-numbers/revision.json", type: "application/cloudevents+json").publication.revision == 1
        )
        let publication = try parse("06-gson-numbers/publish-date.json").publication
        #expect(publication.time == Instant(milliseconds: 1_756_713_600_000))
        #expect(publication.notBefore == nil)
    }

    @Test func `MongoDB's dates are dates in both forms`() throws {
        let publication = try parse("06-gson-numbers/mongo-date.json").publication
        #expect(publication.notBefore == Instant(milliseconds: 1_795_849_200_000))
    }

    @Test(arguments: [
        (#"{"$numberLong":"12"}"#, "12"), (#"{"$numberInt":"12"}"#, "12"), (#"{"$numberDouble":"12.0"}"#, "12"),
        (#"{"$numberDecimal":"12.5"}"#, "12.5"), (#"{"$oid":"5f00"}"#, "5f00"), ("12.0", "12"), ("1.5", "1.5"),
        (#"{"$numberDouble":"NaN"}"#, "NaN"),
    ])
    func `MongoDB's types are what they stand for`(value: String, text: String) throws {
        let message = """
            {"action":"add","type":"BLOG","event-type":"X","recipientsIds":[{"$oid":"aa"}],"params":{"n":\(value)}}
            """
        let submission = try EventParser(limits: Limits()).parse(
            contentType: "application/json",
            header: { _ in nil },
            body: Array(message.utf8),
            receivedAt: Self.receivedAt
        )
        guard case .one(let event) = submission else { return }
        #expect(event.publication.params["n"]?.string == text)
        #expect(event.publication.audience == [.user("aa")])
    }

    @Test func `a byte order mark is skipped`() throws {
        #expect(
            try parse("07-byte-order-mark/event.json", type: "application/cloudevents+json").publication.id == "bom-1"
        )
    }

    @Test func `a CloudEvent sent as plain JSON is one`() throws {
        let event = try parse("14-structured-as-json.json")
        #expect(event.identity == .event(source: "https://ent.example.org/one", id: "asjson-1"))
    }

    @Test func `an event waits for at most a year and a day`() throws {
        func event(_ days: Int) -> [UInt8] {
            let time = (Self.receivedAt + .seconds(days * 86_400)).rfc3339
            return EventParserTests.changed([:], ["notBefore": .string(time)])
        }
        func parse(_ body: [UInt8]) throws {
            _ = try EventParser(limits: Limits()).parse(
                .structured,
                header: { _ in nil },
                body: body,
                receivedAt: Self.receivedAt
            )
        }
        try parse(event(366))
        let refusal = #expect(throws: EventRefusal.self) { try parse(event(367)) }
        #expect(refusal?.errors.map(\.pointer.description) == ["/data/notBefore"])
        #expect(refusal?.refused?.identity == .event(source: "https://ent.example.org/one", id: "1"))
    }
}
