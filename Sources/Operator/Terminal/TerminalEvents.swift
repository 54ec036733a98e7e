import Synchronization

/// What waits for the screen: every key in its order, for a pasted reason is one; of ticks only one, however long a frame takes.
final class TerminalEvents: Sendable {
    typealias Stream = AsyncMapSequence<AsyncStream<Terminal.Event>, Terminal.Event>

    private let waitsTick = Atomic<Bool>(false)
    private let source: AsyncStream<Terminal.Event>
    private let continuation: AsyncStream<Terminal.Event>.Continuation

    init() {
        // Unbounded: a person fills it, and keys that were dropped would make other words of what was typed.
        (source, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// For one reader.
    var stream: Stream {
        source.map { [self] event in
            if event == .tick { waitsTick.store(false, ordering: .sequentiallyConsistent) }
            return event
        }
    }

    func yield(_ event: Terminal.Event) {
        if event == .tick, waitsTick.exchange(true, ordering: .sequentiallyConsistent) { return }
        continuation.yield(event)
    }

    func finish() { continuation.finish() }
}
