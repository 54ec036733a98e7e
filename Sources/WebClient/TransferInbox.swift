internal import CCurl
internal import Synchronization

/// A request on its way to the thread, with its answer.
struct TransferSubmission: Sendable {
    let id: Int
    let request: WebRequest
    let deadline: ContinuousClock.Instant
    /// Called exactly once.
    let answer: @Sendable (Result<WebResponse, WebClientError>) -> Void
}

/// What any thread tells the transfer thread, and the count that bounds it.
///
/// `@unchecked Sendable`: `multi` is given from here only to `curl_multi_wakeup`, which may be called from any thread
/// [curl.se/libcurl/c/curl_multi_wakeup.html], inside the mutex and never after `end()`.
final class TransferInbox: @unchecked Sendable {
    struct Letters {
        var submissions: [TransferSubmission] = []
        var cancellations: [Int] = []
        var isStopping = false
    }

    private struct State {
        var letters = Letters()
        var lastID = 0
        /// Submitted and not yet answered.
        var open = 0
        var isOver = false
        var waiters: [@Sendable () -> Void] = []
    }

    private let multi: UnsafeMutableRawPointer
    private let openMax: Int
    private let state = Mutex(State())

    init(multi: UnsafeMutableRawPointer, transfersMax: Int, waitingMax: Int) {
        self.multi = multi
        openMax = transfersMax + waitingMax
    }

    func nextID() -> Int {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    func submit(_ submission: TransferSubmission) {
        let refusal: WebClientError? = state.withLock { state in
            if state.letters.isStopping || state.isOver { return .stopped }
            if state.open >= openMax { return .overloaded }
            state.open += 1
            state.letters.submissions.append(submission)
            wake(state)
            return nil
        }
        if let refusal { submission.answer(.failure(refusal)) }
    }

    func cancel(_ id: Int) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.letters.cancellations.append(id)
            wake(state)
        }
    }

    func stop(_ waiter: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            guard !state.isOver else { return true }
            state.letters.isStopping = true
            state.waiters.append(waiter)
            wake(state)
            return false
        }
        if isOver { waiter() }
    }

    /// What came since the last call. Only the transfer thread calls it and the two below.
    func takeLetters() -> Letters {
        state.withLock { state in
            defer { state.letters = Letters(isStopping: state.letters.isStopping) }
            return state.letters
        }
    }

    func answered() {
        state.withLock { $0.open -= 1 }
    }

    /// True when stopped with nothing open: the thread ends, and nobody touches `multi` afterwards.
    func end() -> Bool {
        let waiters: [@Sendable () -> Void]? = state.withLock { state in
            guard state.letters.isStopping, state.open == 0 else { return nil }
            state.isOver = true
            defer { state.waiters = [] }
            return state.waiters
        }
        guard let waiters else { return false }
        for waiter in waiters { waiter() }
        return true
    }

    private func wake(_ state: borrowing State) {
        curl_multi_wakeup(multi)
    }
}
