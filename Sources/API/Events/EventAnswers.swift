import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

extension Submission {
    init(_ event: ParsedEvent, keptSince: Instant? = nil) {
        self.init(
            publication: event.publication,
            identity: Identity(event.identity),
            body: event.hashedBytes,
            warnings: event.warnings,
            keptSince: keptSince
        )
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

extension ReceiptView {
    init(_ receipt: Receipt) {
        self.init()
        id = receipt.id.description
        state = receipt.state.word
        isDuplicate = receipt.isDuplicate
        unresolved = receipt.unresolved.map(AudienceCoding.value)
        warnings = receipt.warnings.map { ReceiptWarningView($0) }
        opensAt = receipt.opensAt
    }
}

/// The answer to a batch: 202 when something is new, 200 when all that counts was known, 422 when nothing was accepted.
struct BatchAnswer {
    let items: [Result<Receipt, Problem>]

    func response() throws(Problem) -> Response {
        let receipts = items.compactMap { item in if case .success(let receipt) = item { receipt } else { nil } }
        let results = items.enumerated().map { BatchResultView($1, index: $0) }
        guard !receipts.isEmpty else {
            var problem = Problem(.batchRejected, "Every event of the batch is wrong; nothing was stored.")
            problem.more.results = results
            throw problem
        }
        var view = BatchView()
        view.results = results
        return .json(receipts.allSatisfy(\.isDuplicate) ? .ok : .accepted, view)
    }
}

extension BatchResultView {
    fileprivate init(_ item: Result<Receipt, Problem>, index: Int) {
        self.init()
        self.index = index
        switch item {
        case .success(let receipt):
            let view = ReceiptView(receipt)
            status = receipt.isDuplicate ? 200 : 202
            (id, state, isDuplicate, unresolved) = (view.id, view.state, view.isDuplicate, view.unresolved)
            warnings = view.warnings
            opensAt = view.opensAt
        case .failure(let refused):
            status = refused.code.status
            problem = refused.object()
        }
    }
}
