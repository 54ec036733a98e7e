import Contract
import Synchronization

/// Who a request turned out to come from, and which of its events were refused; a handler says so, the middleware counts and logs it.
final class RequestSender: Sendable {
    private let state = Mutex((publisher: String?.none, refused: [ProblemCode]()))

    var publisher: String? { state.withLock(\.publisher) }

    /// Codes of the events of a batch that were refused.
    var refused: [ProblemCode] { state.withLock(\.refused) }

    func isProven(_ publisher: String) { state.withLock { $0.publisher = publisher } }

    func refused(_ code: ProblemCode) { state.withLock { $0.refused.append(code) } }
}
