import API
import NATS
import Synchronization

/// A broker that has what a test gives it, and remembers its answers. Each take returns one of the batches; behind the last the connection ends.
final class FakeSource: MessageSource {
    private struct State {
        var batches: [[NATSMessage]]
        var dropped: [Int]
        var answers: [UInt64: [NATSAnswer]] = [:]
    }

    private let state: Mutex<State>

    /// `dropped`: of each take, so far.
    init(_ batches: [[NATSMessage]], dropped: [Int] = []) { state = Mutex(State(batches: batches, dropped: dropped)) }

    func take() async throws(NATSError) -> [NATSMessage] {
        let batch = state.withLock { $0.batches.isEmpty ? nil : $0.batches.removeFirst() }
        guard let batch else { throw NATSError(reason: "that was all") }
        return batch
    }

    func answer(_ answers: [(NATSMessage.Kept, NATSAnswer)]) async throws(NATSError) {
        state.withLock { state in
            for (message, answer) in answers { state.answers[message.sequence, default: []].append(answer) }
        }
    }

    func drain() async throws(NATSError) {}

    var dropped: Int {
        get async { state.withLock { $0.dropped.count > 1 ? $0.dropped.removeFirst() : $0.dropped.first ?? 0 } }
    }

    var answers: [UInt64: [NATSAnswer]] { state.withLock(\.answers) }
}
