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
    private let posts: RateLimiter
    private let questions: RateLimiter

    init(services: APIServices) {
        self.services = services
        let limits = services.limits
        posts = RateLimiter("events", perMinute: limits.postsPerMinute, burst: limits.postsBurst)
        questions = RateLimiter("requests", perMinute: limits.requestsPerMinute, burst: limits.requestsBurst)
    }

    var routes: [Route] {
        [
            Route(.post, "/v1/events") { try await publish($0) },
            Route(.get, "/v1/events") { call in
                try await proven(call, questions) { publisher, _ in
                    try await EventListRoute(services: services.admin).response(call, for: publisher.name)
                }
            },
            Route(.get, "/v1/events/{id}") { call in
                try await proven(call, questions) { publisher, _ in
                    try await EventStatusRoute(services: services.admin).response(call, for: publisher.name)
                }
            },
            Route(.get, "/v1/events/{id}/reach") { call in
                try await proven(call, questions) { publisher, _ in
                    try await ReachRoute(services: services.admin).response(call, for: publisher.name)
                }
            },
            Route(.post, "/v1/events/{id}/withdraw") { call in
                try call.checkIsNotEncoded()
                return try await proven(call, posts) { publisher, body in
                    try await WithdrawRoute(services: services.admin).response(call, body, for: publisher)
                }
            },
            Route(.post, "/v1/events/{id}/resend") { call in
                try call.checkIsNotEncoded()
                return try await proven(call, posts) { publisher, body in
                    try await ResendRoute(services: services.admin).response(call, body, for: publisher)
                }
            },
        ]
    }

    /// The pipeline of an accept: what the head proves, body, signature, content, rights and commit, in this order.
    private func publish(_ call: Call) async throws -> Response {
        let claim = try services.publishers.claim(header: call.header, now: services.time.now())
        if let holder = claim.keyHolder { call.context.sender.isProven(holder.publisher.name) }
        let form: EventForm
        do throws(EventRefusal) {
            form = try EventForm.recognise(contentType: call.header("Content-Type"), header: call.header)
        } catch { throw Problem(error, accepts: EventForm.contentTypes) }
        if form == .binary, claim.keyHolder == nil { throw Self.unsignedAttributes }
        try call.checkIsNotEncoded()
        let isPreview = try call.flag("preview")
        let bytesMax = form == .batched ? services.limits.batchBytesMax : services.limits.eventBytesMax
        return try await proven(call, claim, bytesMax: bytesMax) { proof, body in
            let verdict = posts.take(proof.publisher.name, now: services.time.monotonic())
            var refusal: Problem?
            if !verdict.isAllowed { refusal = posts.problem(verdict) }
            if !proof.publisher.rights.contains(.events) { refusal = Self.missing(.events) }
            let publishing = Publishing(
                services: services,
                publisher: proof.publisher,
                refusal: refusal,
                trace: call.context.trace
            )
            var response = try await publishing.response(
                to: form,
                body,
                call,
                isSigned: proof.isSigned,
                isPreview: isPreview
            )
            response.headers.append(contentsOf: posts.headers(verdict))
            return response
        }
    }

    private static let unsignedAttributes: Problem = {
        var problem = Problem(
            .unsignedAttributes,
            "A signature covers the body only: send the event in structured mode, or a publisher key."
        )
        problem.headers[.wwwAuthenticate] = BearerToken.challenge(hasToken: false)
        return problem
    }()

    /// For requests whose body has little or no meaning; a signature covers it all the same.
    private func proven(
        _ call: Call,
        _ limiter: RateLimiter,
        _ answer: (Publisher, [UInt8]) async throws -> Response
    ) async throws -> Response {
        let claim = try services.publishers.claim(header: call.header, now: services.time.now())
        return try await proven(call, claim, bytesMax: services.limits.eventBytesMax) { proof, body in
            try await limiter.limited(proof.publisher.name, now: services.time.monotonic()) {
                guard proof.publisher.rights.contains(.events) else { throw Self.missing(.events) }
                return try await answer(proof.publisher, body)
            }
        }
    }

    /// Reads the body and ends the claim. What nobody is proven to have sent comes out of one bound over all connections.
    private func proven(
        _ call: Call,
        _ claim: PublisherDirectory.Claim,
        bytesMax: Int,
        _ answer: (PublisherDirectory.Proof, [UInt8]) async throws -> Response
    ) async throws -> Response {
        if let holder = claim.keyHolder { call.context.sender.isProven(holder.publisher.name) }
        let reader = BodyReader(bytesMax: bytesMax, timeout: services.bodyTimeout)
        func read() async throws(Problem) -> (PublisherDirectory.Proof, [UInt8]) {
            let body = try await reader.bytes(of: call.request)
            return (try services.publishers.prove(claim, body: body), body)
        }
        let (proof, body): (PublisherDirectory.Proof, [UInt8])
        if claim.keyHolder == nil {
            (proof, body) = try await services.http.unprovenBodies.holding(
                try reader.bytesExpected(of: call.request),
                retryAfter: services.limits.retryAfterSeconds
            ) { () throws(Problem) in try await read() }
        } else {
            (proof, body) = try await read()
        }
        call.context.sender.isProven(proof.publisher.name)
        return try await answer(proof, body)
    }

    static func missing(_ right: Publisher.Right) -> Problem {
        Problem(.missingRight, "This publisher has not the right \(right.rawValue).")
    }
}

extension Call {
    /// Nothing here unpacks a compressed body.
    func checkIsNotEncoded() throws(Problem) {
        guard let encoding = header("Content-Encoding"), encoding.lowercased() != "identity" else { return }
        var problem = Problem(.unsupportedContentType, "Send the body without Content-Encoding.")
        // What would be taken instead [RFC 9110 §15.5.16].
        problem.headers[.acceptEncoding] = "identity"
        throw problem
    }
}

extension Problem {
    /// A refusal; one of the content type says which are taken [RFC 9110 §12.5.1; W3C LDP §7.1 for Accept-Post].
    init(_ refusal: EventRefusal, accepts types: String) {
        self.init(refusal)
        guard refusal.status == 415 else { return }
        headers[.accept] = types
        headers[HeaderName.acceptPost] = types
    }
}
