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
    ///   - receivedAt: what "in the future" means.
    ///   - isSigned: `webhook-id` and body are proven by a signature, other headers are not: they give no identity.
    /// - Returns: one event, or one result per element of a batch.
    /// - Throws: 400 not JSON or not UTF-8, 413 beyond a limit, 415 another content, 422 understood but wrong.
    package func parse(
        _ form: EventForm,
        header: (String) -> String?,
        body: [UInt8],
        receivedAt: Instant,
        isSigned: Bool = false
    ) throws(EventRefusal) -> EventSubmission {
        let bytesMax = form == .batched ? limits.batchBytesMax : limits.eventBytesMax
        guard body.count <= bytesMax else { throw .tooLarge(bytesMax) }
        switch form {
        case .structured: return .one(try event(json(body), hashedBytes: body, receivedAt))
        case .batched: return .batch(try batch(body, receivedAt))
        case .binary:
            let (attributes, hashedBytes) = try BinaryMode.attributes(header: header, body: body, limits: limits)
            return .one(try event(.object(attributes), hashedBytes: hashedBytes, receivedAt))
        case .dialect:
            let value = try json(body)
            // Nothing else says specversion: a CloudEvent whose sender did not name its content type.
            if value["specversion"] != nil {
                return .one(try event(value, hashedBytes: body, receivedAt))
            }
            let identity = try EventIdentity.ofRequest(header, isSigned: isSigned, bytesMax: limits.identifierBytesMax)
            do throws(EventRefusal) {
                return .one(try message(ExtendedJSON.plain(value), identity, body: body, receivedAt: receivedAt))
            } catch { throw error.of(identity, body) }
        }
    }

    private func json(_ body: [UInt8]) throws(EventRefusal) -> JSONValue {
        do { return try JSONParser.parse(body, depthMax: limits.jsonDepthMax) } catch { throw .json(error) }
    }

    private func event(
        _ value: JSONValue,
        hashedBytes: [UInt8],
        _ receivedAt: Instant
    ) throws(EventRefusal) -> ParsedEvent {
        let (publication, warnings): (Publication, [ReceiptWarning])
        do throws(EventRefusal) {
            (publication, warnings) = try CloudEventReader(limits: limits, receivedAt: receivedAt).publication(value)
        } catch {
            guard let source = value["source"]?.string, let id = value["id"]?.string else { throw error }
            throw error.of(.event(source: source, id: id), hashedBytes)
        }
        guard let source = publication.source, let id = publication.id else {
            preconditionFailure("A CloudEvent that passed its checks has a source and an id.")
        }
        return ParsedEvent(
            publication: publication,
            identity: .event(source: source, id: id),
            hashedBytes: hashedBytes,
            warnings: warnings
        )
    }

    private func batch(_ body: [UInt8], _ receivedAt: Instant) throws(EventRefusal) -> [Result<
        ParsedEvent, EventRefusal
    >] {
        let elements: [JSONParser.Element]?
        // The array around the events is one level more.
        do { elements = try JSONParser.parseElements(body, depthMax: limits.jsonDepthMax + 1) } catch {
            throw .json(error)
        }
        guard let elements else { throw EventRefusal(422, "notABatch", "A batch is a JSON array of events.") }
        guard !elements.isEmpty else { throw EventRefusal(422, "emptyBatch", "The batch holds no event.") }
        guard elements.count <= limits.batchEventsMax else {
            throw EventRefusal(413, "tooManyEvents", "A batch holds at most \(limits.batchEventsMax) events.")
        }
        return elements.map { element in
            guard element.range.count <= limits.eventBytesMax else { return .failure(.tooLarge(limits.eventBytesMax)) }
            return Result { () throws(EventRefusal) in
                try event(element.value, hashedBytes: Array(body[element.range]), receivedAt)
            }
        }
    }

    private func message(
        _ value: JSONValue,
        _ identity: EventIdentity,
        body: [UInt8],
        receivedAt: Instant
    ) throws(EventRefusal) -> ParsedEvent {
        guard let object = value.object else {
            throw EventRefusal(422, "unknownDialect", "The body is no JSON object; a batch has its own content type.")
        }
        if TimelineReader.recognises(object) {
            let (publication, warnings) = try TimelineReader(limits: limits, receivedAt: receivedAt).publication(object)
            return ParsedEvent(
                publication: publication,
                identity: identity,
                hashedBytes: body,
                warnings: warnings
            )
        }
        if BrokerReader.recognises(object) {
            let (publication, warnings) = try BrokerReader(limits: limits, receivedAt: receivedAt).publication(object)
            return ParsedEvent(
                publication: publication,
                identity: identity,
                hashedBytes: body,
                warnings: warnings
            )
        }
        throw EventRefusal(422, "unknownDialect", "The body is neither a timeline message nor a broker message.")
    }
}
