import Providers
import Synchronization

/// Answers what it was told to, in order, the last one for ever; can be made to wait for `open()`.
final class FakeTokenEndpoint: Sendable {
    struct Unreachable: Error {}

    private let answers: Mutex<[TokenEndpointAnswer?]>
    private let calls = Mutex(0)
    private let arrivals = AsyncStream<Void>.makeStream()
    private let gate: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)?

    /// `nil` is no answer at all.
    init(_ answers: [TokenEndpointAnswer?], waits: Bool = false) {
        self.answers = Mutex(answers)
        gate = waits ? AsyncStream<Void>.makeStream() : nil
    }

    var callCount: Int { calls.withLock { $0 } }

    /// Returns when a request has arrived.
    func arrival() async {
        for await _ in arrivals.stream { return }
    }

    /// Lets every request through from now on.
    func open() { gate?.continuation.finish() }

    var exchange: TokenExchange {
        { url, form in
            precondition(url == ServiceAccountFile.tokenURI && !form.isEmpty, "A request to the wrong place.")
            self.calls.withLock { $0 += 1 }
            self.arrivals.continuation.yield()
            if let gate = self.gate { for await _ in gate.stream {} }
            let answer = self.answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            guard let answer else { throw Unreachable() }
            return answer
        }
    }

    static func granted(_ value: String, seconds: Int = 3599) -> TokenEndpointAnswer {
        let body = #"{"access_token":"\#(value)","expires_in":\#(seconds),"token_type":"Bearer"}"#
        return TokenEndpointAnswer(status: 200, body: Array(body.utf8))
    }
}
