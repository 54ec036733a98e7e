package import NATS
import Store

/// The real one, on a thread of its own: libnats blocks.
package actor NATSSource: MessageSource {
    private static let patienceMilliseconds: Int64 = 500
    private static let flushMilliseconds: Int64 = 2000

    private let executor = ThreadExecutor("broker")
    private let options: NATSOptions
    private var subscription: NATSSubscription?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(_ options: NATSOptions) { self.options = options }

    /// Connected and subscribed when this returns.
    package static func connect(_ options: NATSOptions) async throws(NATSError) -> NATSSource {
        let source = NATSSource(options)
        try await source.begin()
        return source
    }

    private func begin() throws(NATSError) { subscription = try NATSSubscription(options) }

    private func connected() throws(NATSError) -> NATSSubscription {
        guard let subscription else { throw NATSError(reason: "not connected") }
        return subscription
    }

    package func take() throws(NATSError) -> [NATSMessage] { try connected().take(within: Self.patienceMilliseconds) }

    package func answer(_ answers: [(NATSMessage.Kept, NATSAnswer)]) throws(NATSError) {
        guard !answers.isEmpty else { return }
        let subscription = try connected()
        for (message, answer) in answers { try subscription.answer(message, answer) }
        try subscription.flush(within: Self.flushMilliseconds)
    }

    package func drain() throws(NATSError) { try connected().drain() }

    package var dropped: Int { subscription?.dropped ?? 0 }
}
