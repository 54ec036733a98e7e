import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Publishing, and asking what became of it.
struct EventRoutes {
    let services: APIServices

    var routes: [Route] {
        [
            Route(.post, "/v1/events") { try await publish($0) },
            Route(.get, "/v1/events/{id}") { call in
                let publisher = try await publisher(of: call)
                return try await EventStatusRoute(services: services.admin).response(call, for: publisher.name)
            },
            Route(.get, "/v1/events/{id}/reach") { call in
                let publisher = try await publisher(of: call)
                return try await ReachRoute(services: services.admin).response(call, for: publisher.name)
            },
            Route(.post, "/v1/events/{id}/withdraw") { call in
                try call.checkIsNotEncoded()
                let (publisher, body) = try await proven(call)
                return try await WithdrawRoute(services: services.admin).response(call, body, for: publisher)
            },
        ]
    }

    /// The pipeline of an accept: size, sender, body, signature, content, rights and commit, in this order.
    private func publish(_ call: Call) async throws -> Response {
        let claim = try services.publishers.claim(header: call.header)
        let form = Result { () throws(Refusal) in
            try EventForm.recognise(contentType: call.header("Content-Type"), header: call.header)
        }
        let bytesMax =
            if case .success(.batched) = form { services.limits.batchBytesMax } else { services.limits.eventBytesMax }
        let body = try await BodyReader(bytesMax: bytesMax, timeout: services.bodyTimeout).bytes(of: call.request)
        let now = services.time.now()
        let proof = try services.publishers.prove(claim, body: body, now: now)
        if proof.isSignatureOnly, case .success(.binary) = form {
            var problem = Problem(
                .unsignedAttributes,
                "A signature covers the body only: send the event in structured mode, or a publisher key."
            )
            problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: false)
            throw problem
        }
        try require(.events, of: proof.publisher)
        try call.checkIsNotEncoded()
        let isPreview = try call.flag("preview")
        let submission = try EventParser(limits: services.limits).parse(
            try form.get(),
            header: call.header,
            body: body,
            receivedAt: now
        )
        if isPreview {
            return try await PreviewRoute(services: services).response(submission, from: proof.publisher)
        }
        switch submission {
        case .one(let event): return try await accept(event, from: proof.publisher)
        case .batch(let events): return try await accept(events, from: proof.publisher)
        }
    }

    private func accept(_ event: ParsedEvent, from publisher: Publisher) async throws -> Response {
        let receipt = try await services.intake.accept(Submission(event), from: publisher)
        return .json(
            receipt.isDuplicate ? .ok : .accepted,
            ReceiptView(receipt),
            headers: [.location: "/v1/events/\(receipt.id)"]
        )
    }

    private func accept(_ events: [Result<ParsedEvent, Refusal>], from publisher: Publisher) async throws -> Response {
        var submissions: [Submission] = []
        for case .success(let event) in events { submissions.append(Submission(event)) }
        var accepted: [Result<Receipt, IntakeError>] = []
        if !submissions.isEmpty { accepted = try await services.intake.accept(submissions, from: publisher) }
        precondition(accepted.count == submissions.count, "The intake answers each submission.")
        var answers = accepted[...]
        return try BatchAnswer(
            items: events.map { event in
                switch event {
                case .failure(let refusal): .failure(Problem(refusal))
                case .success: answers.removeFirst().mapError { $0.problem(services.limits) }
                }
            }
        ).response()
    }

    /// For requests whose body has no meaning; a signature covers it all the same.
    private func publisher(of call: Call) async throws(Problem) -> Publisher { try await proven(call).publisher }

    private func proven(_ call: Call) async throws(Problem) -> (publisher: Publisher, body: [UInt8]) {
        let claim = try services.publishers.claim(header: call.header)
        let body = try await BodyReader(bytesMax: services.limits.eventBytesMax, timeout: services.bodyTimeout)
            .bytes(of: call.request)
        let publisher = try services.publishers.prove(claim, body: body, now: services.time.now()).publisher
        try require(.events, of: publisher)
        return (publisher, body)
    }

    private func require(_ right: Publisher.Right, of publisher: Publisher) throws(Problem) {
        guard publisher.rights.contains(right) else {
            throw Problem(.missingRight, "This publisher has not the right \(right.rawValue).")
        }
    }
}

extension Call {
    /// Nothing here unpacks a compressed body.
    func checkIsNotEncoded() throws(Problem) {
        guard let encoding = header("Content-Encoding"), encoding.lowercased() != "identity" else { return }
        throw Problem(.unsupportedContentType, "Send the body without Content-Encoding.")
    }
}
