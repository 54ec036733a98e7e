import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store
import Telemetry

/// A proven request to publish, from its body to the receipt.
///
/// Whatever would refuse an event, its identity is looked up first: a repetition of what was accepted is answered as such, also after
/// the directory, the publisher's rights or a limit changed and while the disk is short of room. In the ordinary course the commit looks
/// it up itself, so the question is asked only for what is about to be refused.
struct Publishing {
    let services: APIServices
    let publisher: Publisher
    /// Why nothing new is taken from the publisher.
    let refusal: Problem?
    /// Since when a stream keeps it, which may send it again; nil: nobody does.
    var keptSince: Instant?
    /// Where the request stands in its sender's trace.
    var trace: TraceParent?

    func response(
        to form: EventForm,
        _ body: [UInt8],
        _ call: Call,
        isSigned: Bool,
        isPreview: Bool
    ) async throws -> Response {
        let submission: EventSubmission
        do throws(EventRefusal) {
            submission = try EventParser(limits: services.limits).parse(
                form,
                header: call.header,
                body: body,
                receivedAt: services.time.now(),
                isSigned: isSigned
            )
        } catch {
            let problem = Problem(error, accepts: EventForm.contentTypes)
            guard !isPreview, let refused = error.refused else { throw problem }
            return answer(try await repeated(refused, or: problem))
        }
        if isPreview {
            if let refusal { throw refusal }
            return try await PreviewRoute(services: services).response(submission, from: publisher)
        }
        switch submission {
        case .one(let event): return answer(try await accept(event))
        case .batch(let events): return try await accept(events, call.context.sender)
        }
    }

    private func answer(_ receipt: Receipt) -> Response {
        .json(
            receipt.isDuplicate ? .ok : .accepted,
            ReceiptView(receipt),
            headers: [.location: "/v1/events/\(receipt.id)"]
        )
    }

    private func submission(_ event: ParsedEvent) -> Submission {
        var submission = Submission(event, keptSince: keptSince)
        submission.trace = trace
        return submission
    }

    // MARK: - One event

    func accept(_ event: ParsedEvent) async throws(Problem) -> Receipt {
        let problem: Problem
        do throws(Problem) {
            if let refusal { throw refusal }
            try await checkSchedule([event])
            do throws(IntakeError) {
                return try await services.intake.accept(submission(event), from: publisher)
            } catch { throw error.problem(services.limits) }
        } catch { problem = error }
        return try await repeated(.init(event), or: problem)
    }

    /// The receipt of an event that was accepted before, or why this one is not.
    func repeated(_ refused: EventRefusal.Identified, or problem: Problem) async throws(Problem) -> Receipt {
        let known: Result<Receipt, IntakeError>?
        do throws(StoreError) {
            known = try await services.intake.repeated(
                Submission.Identity(refused.identity),
                body: refused.hashedBytes,
                keptSince: keptSince,
                from: publisher,
                in: services.queueReader
            )
        } catch {
            // The store cannot say: the request fares as it would have without the question.
            throw problem
        }
        switch known {
        case .success(let receipt): return receipt
        case .failure(let error): throw error.problem(services.limits)
        case nil: throw problem
        }
    }

    // MARK: - A batch

    private func accept(_ events: [Result<ParsedEvent, EventRefusal>], _ sender: RequestSender) async throws -> Response
    {
        var submissions: [ParsedEvent] = []
        for case .success(let event) in events { submissions.append(event) }
        var accepted: [Result<Receipt, Problem>] = []
        do throws(Problem) {
            if let refusal { throw refusal }
            try await checkSchedule(submissions)
            accepted = try await take(submissions)
        } catch {
            // Taken as a whole or not at all: when any of it is new, the batch comes again.
            for event in submissions { accepted.append(.success(try await repeated(.init(event), or: error))) }
            if submissions.isEmpty { throw error }
        }
        var answers = accepted[...]
        var items: [Result<Receipt, Problem>] = []
        for event in events {
            switch event {
            case .failure(let refusal): items.append(await looked(.failure(Problem(refusal)), refusal.refused))
            case .success(let event): items.append(await looked(answers.removeFirst(), .init(event)))
            }
        }
        for case .failure(let problem) in items { sender.refused(problem.code) }
        return try BatchAnswer(items: items).response()
    }

    private func take(_ events: [ParsedEvent]) async throws(Problem) -> [Result<Receipt, Problem>] {
        guard !events.isEmpty else { return [] }
        do throws(StoreError) {
            let accepted = try await services.intake.accept(events.map(submission), from: publisher)
            precondition(accepted.count == events.count, "The intake answers each submission.")
            return accepted.map { $0.mapError { $0.problem(services.limits) } }
        } catch { throw error.problem(services.limits) }
    }

    private func looked(
        _ item: Result<Receipt, Problem>,
        _ refused: EventRefusal.Identified?
    ) async -> Result<Receipt, Problem> {
        guard case .failure(let problem) = item, let refused else { return item }
        do throws(Problem) { return .success(try await repeated(refused, or: problem)) } catch {
            return .failure(error)
        }
    }

    // MARK: - Bounds

    /// What waits for its time is kept for up to a year: its sum is bounded for each publisher.
    private func checkSchedule(_ events: [ParsedEvent]) async throws(Problem) {
        let now = services.time.now()
        let later = events.count { $0.publication.notBefore.map { $0 > now } ?? false }
        guard later > 0 else { return }
        let limit = services.limits.scheduledEventsMax
        let isTaken = try await services.scheduleBound.takes(later, of: publisher.name, limit: limit) {
            () throws(Problem) in
            do throws(StoreError) {
                return try await services.queueReader.read { [publisher] reader in
                    try reader.scheduledEvents(of: publisher.name, now: now, limit: limit)
                }
            } catch { throw error.problem(services.limits) }
        }
        guard !isTaken else { return }
        var problem = Problem(.tooManyScheduled, "At most \(limit) events of a publisher wait for their time.")
        problem.headers[.retryAfter] = "3600"
        throw problem
    }
}

extension EventRefusal.Identified {
    init(_ event: ParsedEvent) { self.init(identity: event.identity, hashedBytes: event.hashedBytes) }
}
