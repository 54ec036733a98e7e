package import Domain

/// Turns a request to publish into publications: CloudEvents in three modes, and the ENT's timeline and broker messages.
///
/// Pure: no directory, no rights, no store. Everything wrong in one event is reported at once.
package struct EventParser: Sendable {
    package var limits: Limits

    package init(limits: Limits) {
        self.limits = limits
    }

    /// - Parameters:
    ///   - form: what the headers say of the body.
    ///   - header: a header's value by its name, letter case ignored by the lookup.
    ///   - body: the body as received.
    ///   - receivedAt: what "in the future" means in a timeline or broker message.
    /// - Returns: one event, or one result per element of a batch.
    /// - Throws: 400 not JSON or not UTF-8, 413 beyond a limit, 415 another content, 422 understood but wrong.
    package func parse(
        _ form: EventForm,
        header: (String) -> String?,
        body: [UInt8],
        receivedAt: Instant
    ) throws(Refusal) -> EventSubmission {
        let bytesMax = form == .batched ? limits.batchBytesMax : limits.eventBytesMax
        guard body.count <= bytesMax else { throw .tooLarge(bytesMax) }
        switch form {
        case .structured: return .one(try event(json(body), hashedBytes: body))
        case .batched: return .batch(try batch(body))
        case .binary:
            let (attributes, hashedBytes) = try BinaryMode.attributes(header: header, body: body, limits: limits)
            return .one(try event(.object(attributes), hashedBytes: hashedBytes))
        case .dialect:
            return .one(try message(json(body), header: header, body: body, receivedAt: receivedAt))
        }
    }

    private func json(_ body: [UInt8]) throws(Refusal) -> JSONValue {
        do { return try JSONParser.parse(body, depthMax: limits.jsonDepthMax) } catch { throw .json(error) }
    }

    private func event(
        _ value: JSONValue,
        hashedBytes: [UInt8]
    ) throws(Refusal) -> ParsedEvent {
        let publication = try CloudEventReader(limits: limits).publication(value)
        guard let source = publication.source, let id = publication.id else {
            preconditionFailure("A CloudEvent that passed its checks has a source and an id.")
        }
        return ParsedEvent(
            publication: publication,
            identity: .event(source: source, id: id),
            hashedBytes: hashedBytes
        )
    }

    private func batch(_ body: [UInt8]) throws(Refusal) -> [Result<ParsedEvent, Refusal>] {
        let elements: [JSONParser.Element]?
        // The array around the events is one level more.
        do { elements = try JSONParser.parseElements(body, depthMax: limits.jsonDepthMax + 1) } catch {
            throw .json(error)
        }
        guard let elements else { throw Refusal(422, "notABatch", "A batch is a JSON array of events.") }
        guard !elements.isEmpty else { throw Refusal(422, "emptyBatch", "The batch holds no event.") }
        guard elements.count <= limits.batchEventsMax else {
            throw Refusal(413, "tooManyEvents", "A batch holds at most \(limits.batchEventsMax) events.")
        }
        return elements.map { element in
            guard element.range.count <= limits.eventBytesMax else { return .failure(.tooLarge(limits.eventBytesMax)) }
            return Result { () throws(Refusal) in
                try event(element.value, hashedBytes: Array(body[element.range]))
            }
        }
    }

    private func message(
        _ value: JSONValue,
        header: (String) -> String?,
        body: [UInt8],
        receivedAt: Instant
    ) throws(Refusal) -> ParsedEvent {
        let identity = try EventIdentity.ofRequest(header, bytesMax: limits.identifierBytesMax)
        guard let object = value.object else {
            throw Refusal(422, "unknownDialect", "The body is no JSON object; a batch has its own content type.")
        }
        if TimelineReader.recognises(object) {
            let publication = try TimelineReader(limits: limits, receivedAt: receivedAt).publication(object)
            return ParsedEvent(publication: publication, identity: identity, hashedBytes: body)
        }
        if BrokerReader.recognises(object) {
            let publication = try BrokerReader(limits: limits, receivedAt: receivedAt).publication(object)
            return ParsedEvent(publication: publication, identity: identity, hashedBytes: body)
        }
        throw Refusal(422, "unknownDialect", "The body is neither a timeline message nor a broker message.")
    }
}
