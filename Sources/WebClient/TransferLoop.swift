internal import CCurl

/// The transfer thread: moves bytes, starts what waits, answers what is done. Owned by that thread alone.
final class TransferLoop {
    private let multi: UnsafeMutableRawPointer
    private let inbox: TransferInbox
    private let options: WebClient.Options
    private var waiting: [TransferSubmission] = []
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]

    init(multi: UnsafeMutableRawPointer, inbox: TransferInbox, options: WebClient.Options) {
        self.multi = multi
        self.inbox = inbox
        self.options = options
        carillon_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.transfersMax)
        carillon_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.transfersMax)
    }

    func run() {
        while true {
            readLetters()
            startWaiting()
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            let hasFinishedSome = finishDone()
            if inbox.end() { break }
            if hasFinishedSome, !waiting.isEmpty { continue }
            curl_multi_poll(multi, nil, 0, pollMilliseconds, nil)
        }
        curl_multi_cleanup(multi)
    }

    private func readLetters() {
        let letters = inbox.takeLetters()
        waiting += letters.submissions
        for id in letters.cancellations { cancel(id) }
        let now = ContinuousClock.now
        for late in waiting where late.deadline <= now { answer(late, .failure(.timedOut)) }
        waiting.removeAll { $0.deadline <= now }
    }

    private func startWaiting() {
        var started = 0
        while started < waiting.count, active.count < options.transfersMax {
            let submission = waiting[started]
            started += 1
            do throws(WebClientError) {
                let transfer = try Transfer(submission, options: options)
                let code = curl_multi_add_handle(multi, transfer.easy)
                precondition(code == CURLM_OK, "A new handle can always be added.")
                active[transfer.easy] = transfer
            } catch {
                answer(submission, .failure(error))
            }
        }
        waiting.removeFirst(started)
    }

    private func finishDone() -> Bool {
        var hasFinishedSome = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // Read before the handle is removed: removing it ends the message's life.
            let code = message.pointee.data.result
            guard let transfer = active.removeValue(forKey: easy) else { continue }
            curl_multi_remove_handle(multi, easy)
            answer(transfer.submission, transfer.result(code))
            hasFinishedSome = true
        }
        return hasFinishedSome
    }

    private func cancel(_ id: Int) {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            answer(waiting.remove(at: index), .failure(.cancelled))
        } else if let (easy, transfer) = active.first(where: { $0.value.submission.id == id }) {
            active[easy] = nil
            curl_multi_remove_handle(multi, easy)
            answer(transfer.submission, .failure(.cancelled))
        }
    }

    private func answer(_ submission: TransferSubmission, _ result: Result<WebResponse, WebClientError>) {
        inbox.answered()
        submission.answer(result)
    }

    /// libcurl shortens it to its own timers; a letter ends it.
    private var pollMilliseconds: Int32 {
        let next = waiting.map(\.deadline).min().map { ContinuousClock.now.duration(to: $0).milliseconds + 1 }
        return Int32(clamping: max(0, min(next ?? 60_000, 60_000)))
    }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
