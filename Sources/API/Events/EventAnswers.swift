import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

extension Submission {
    init(_ event: ParsedEvent) {
        self.init(publication: event.publication, identity: Identity(event.identity), body: event.hashedBytes)
    }
}

extension Submission.Identity {
    init(_ identity: EventIdentity) {
        switch identity {
        case .event(let source, let id): self = .event(source: source, id: id)
        case .idempotencyKey(let key): self = .idempotencyKey(key)
        case .webhookID(let id): self = .webhookID(id)
        case .bytes: self = .bytes
        }
    }
}

extension Receipt {
    var json: JSONValue {
        [
            "id": .string(id.description), "state": .string(state.word), "duplicate": .bool(isDuplicate),
            "unresolved": .array(unresolved.map(AudienceCoding.value)),
        ]
    }
}

extension Problem {
    init(_ error: IntakeError, limits: Limits) {
        switch error {
        case .unknownSchool:
            self.init(
                .unknownSchool,
                "The directory does not know the event's school.",
                errors: [FieldError("/data/school", "unknownValue", "No such school in the directory.")]
            )
        case .forbiddenSchool(let school):
            self.init(.forbiddenSchool, "This publisher may not speak for the school \(school).")
        case .forbiddenSource:
            self.init(
                .forbiddenSource,
                "This publisher may not speak for the event's source.",
                errors: [FieldError("/source", "forbidden", "Not a source of this publisher.")]
            )
        case .conflict(let id):
            self.init(.identityConflict, "An event with this identity and another body was accepted before.")
            members["id"] = .string(id.description)
        case .staleRevision(let id):
            self.init(
                .staleRevision,
                "An event of the same or a newer revision of this subject was accepted before.",
                errors: [FieldError("/data/revision", "stale", "Expected a higher revision.")]
            )
            members["id"] = .string(id.description)
        case .unavailable(let error): self.init(error, limits: limits)
        }
    }
}

/// The answer to a batch: 202 when something is new, 200 when all that counts was known, 422 when nothing was accepted.
struct BatchAnswer {
    let items: [Result<Receipt, Problem>]

    func response() throws(Problem) -> Response {
        let receipts = items.compactMap { item in if case .success(let receipt) = item { receipt } else { nil } }
        let results = JSONValue.array(items.enumerated().map { result($1, at: $0) })
        guard !receipts.isEmpty else {
            var problem = Problem(.batchRejected, "Every event of the batch is wrong; nothing was stored.")
            problem.members["results"] = results
            throw problem
        }
        return .json(receipts.allSatisfy(\.isDuplicate) ? .ok : .accepted, ["results": results])
    }

    private func result(_ item: Result<Receipt, Problem>, at index: Int) -> JSONValue {
        switch item {
        case .success(let receipt):
            [
                "index": .number(index), "status": .number(receipt.isDuplicate ? 200 : 202),
                "id": .string(receipt.id.description), "state": .string(receipt.state.word),
                "duplicate": .bool(receipt.isDuplicate),
                "unresolved": .array(receipt.unresolved.map(AudienceCoding.value)),
            ]
        case .failure(let problem):
            [
                "index": .number(index), "status": .number(problem.code.status), "problem": .object(problem.object()),
            ]
        }
    }
}
