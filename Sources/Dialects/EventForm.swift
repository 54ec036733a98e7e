import Domain

/// How the body of a request to publish is read, from its headers alone.
package enum EventForm: Hashable, Sendable {
    case structured
    case batched
    /// Attributes in `ce-` headers: not covered by a body signature, so not for publishers that only sign.
    case binary
    /// The ENT's own messages, told apart by their shape.
    case dialect

    /// What is taken, as `Accept` lists it.
    package static let contentTypes =
        "application/cloudevents+json, application/cloudevents-batch+json, application/json"

    /// The form of a body that comes without headers, by its shape; what is no JSON is left to the parser to refuse.
    package static func recognise(body: [UInt8], depthMax: Int) -> EventForm {
        let value: JSONValue
        do { value = try JSONParser.parse(body, depthMax: depthMax) } catch { return .structured }
        if value.array != nil { return .batched }
        return value["specversion"] == nil ? .dialect : .structured
    }

    /// - Throws: 415 for any other content.
    package static func recognise(contentType: String?, header: (String) -> String?) throws(EventRefusal) -> EventForm {
        let unsupported = EventRefusal(
            415,
            "unsupportedContentType",
            "Publish application/cloudevents+json, application/cloudevents-batch+json or application/json, in UTF-8."
        )
        guard let contentType else {
            // A CloudEvent's data is JSON when nothing else is said.
            if header("ce-specversion") != nil { return .binary }
            throw unsupported
        }
        guard let type = ContentType(contentType), type.isUTF8 else { throw unsupported }
        switch type.name {
        case "application/cloudevents+json": return .structured
        case "application/cloudevents-batch+json": return .batched
        default: break
        }
        guard !type.name.hasPrefix("application/cloudevents"), type.isJSON else { throw unsupported }
        if header("ce-specversion") != nil { return .binary }
        guard type.name == "application/json" else { throw unsupported }
        return .dialect
    }
}
