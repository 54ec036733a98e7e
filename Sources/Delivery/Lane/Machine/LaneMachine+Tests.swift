import Domain

/// A person who tries the bell: one message outside the queue, before everything else, never put off and never kept.
extension LaneMachine {
    mutating func nextTest(_ now: Moment, _ host: inout HostHealth) -> UInt64? {
        while let test = tests.popLast() {
            if let verdict = refusal(of: test, now) {
                endTest(test.number, verdict, .laneClosed)
                continue
            }
            return takeOff(
                Flight(delivery: test.delivery, sentAt: now.wall, test: test.number, testUntil: test.until),
                &host
            )
        }
        return nil
    }

    /// Whoever asked has an answer by now, or gets it: nothing of a test is left behind.
    mutating func endTests(_ now: Moment) {
        let waiting = tests
        tests.removeAll(keepingCapacity: true)
        for test in waiting {
            if let verdict = refusal(of: test, now) {
                endTest(test.number, verdict, .laneClosed)
            } else {
                tests.append(test)
            }
        }
    }

    /// A closed lane answers for a test, and so does one without a connection; one whose device has changed is asked for again.
    private func refusal(of test: Test, _ now: Moment) -> Verdict? {
        let mayGo =
            lane.isActive && now.monotonic >= disconnection?.retryAt ?? .min && now.monotonic < test.until
            && !freshness.isStale(test.delivery, now: now.monotonic)
        return mayGo ? nil : .deferred(retryAfter: nil)
    }

    mutating func endTest(_ number: Int, _ verdict: Verdict, _ reason: Reason) {
        actions.append(.testEnded(number, Classification(verdict, status: 0, reason: reason.word)))
    }
}
