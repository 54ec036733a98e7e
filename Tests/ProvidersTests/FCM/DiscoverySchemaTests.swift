import Domain
import FoundationEssentials
import Providers
import Testing

/// Every body we make against the request of FCM's discovery document; an unknown field is answered with 400.
struct DiscoverySchemaTests {
    private let schemas: JSONValue

    init() throws {
        let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let data = try Data(contentsOf: URL(filePath: folder + "/SampleData/fcm/fcm.v1.json"))
        schemas = try #require(try JSONParser.parse(Array(data))["schemas"])
    }

    @Test(arguments: [Urgency.low, .normal, .urgent], [FCMMessage.TargetKind.token, .installation])
    func `a body has known fields of the right types and one target`(
        urgency: Urgency,
        kind: FCMMessage.TargetKind
    ) throws {
        let texts = ["", "Kermesse : « appel aux bénévoles »", String(repeating: "é\n\"", count: 3000)]
        for text in texts {
            for expiry in [
                Expiry.at(Samples.now + .seconds(90)), .at(Samples.now), .at(Samples.now + .seconds(60 * 86_400)),
            ] {
                let message = try FCMMessage(Samples.message(title: text, body: text, urgency: urgency))
                let body = try JSONParser.parse(message.bytes(kind: kind, expiry: expiry))

                #expect(mistakes(body, ["$ref": "SendMessageRequest"], at: "") == [])
                let targets = ["token", "fid", "topic", "condition"].filter { body["message"]?[$0] != nil }
                #expect(targets == [kind == .token ? "token" : "fid"])
            }
        }
    }

    @Test(arguments: [
        (#"{"message":{"token":"a","data":{"n":5}}}"#, "/message/data/n"),
        (#"{"message":{"token":"a","sound":"x"}}"#, "/message/sound"),
        (#"{"message":{"token":"a","android":{"ttl":3600}}}"#, "/message/android/ttl"),
        (#"{"message":{"token":"a","android":{"ttl":"3600"}}}"#, "/message/android/ttl"),
        (#"{"message":{"token":"a","android":{"priority":"high"}}}"#, "/message/android/priority"),
    ])
    func `the check sees what Firebase refuses`(body: String, place: String) throws {
        #expect(mistakes(try JSONParser.parse(Array(body.utf8)), ["$ref": "SendMessageRequest"], at: "") == [place])
    }

    /// The places that do not fit, in the order of the body.
    private func mistakes(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        if let name = schema["$ref"]?.string {
            return schemas[name].map { mistakes(value, $0, at: place) } ?? [place]
        }
        switch schema["type"]?.string {
        case "any": return []
        case "boolean": return value.bool == nil ? [place] : []
        case "integer": return value.int64 == nil ? [place] : []
        case "array":
            guard let items = value.array, let item = schema["items"] else { return [place] }
            return items.enumerated().flatMap { mistakes($1, item, at: "\(place)/\($0)") }
        case "string":
            guard let text = value.string else { return [place] }
            if let words = schema["enum"]?.array { return words.contains(.string(text)) ? [] : [place] }
            return schema["format"]?.string == "google-duration" && !isDuration(text) ? [place] : []
        case "object":
            guard let object = value.object else { return [place] }
            return object.flatMap { member in
                let known = schema["properties"]?[member.name] ?? schema["additionalProperties"]
                return known.map { mistakes(member.value, $0, at: "\(place)/\(member.name)") }
                    ?? ["\(place)/\(member.name)"]
            }
        default: return [place]
        }
    }

    /// `3.5s` [proto3 JSON mapping of Duration].
    private func isDuration(_ text: String) -> Bool {
        text.hasSuffix("s") && Double(text.dropLast()).map { $0 >= 0 } ?? false
    }
}
