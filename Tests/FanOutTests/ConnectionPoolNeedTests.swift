import FanOut
import Testing

/// Connections that are too many, refuse, stall or come back too fast; without sockets and without a clock.
struct ConnectionPoolNeedTests {
    private func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000 + Int64(seconds * 1e9))
    }

    private let first = ConnectionID(1)
    private let second = ConnectionID(2)

    /// A pool with this many ready connections of ten streams and no work.
    private func makePool(_ count: Int = 1, streams: Int = 10, _ change: (inout PoolRules) -> Void = { _ in })
        -> ConnectionPool
    {
        var rules = PoolRules()
        rules.connectionsMax = count
        rules.growAfter = .zero
        change(&rules)
        var pool = ConnectionPool(rules: rules, seed: 1)
        for number in 1...UInt64(count) {
            _ = pool.filled(feedIsEmpty: false, at(0))
            pool.connectionReady(ConnectionID(number), peerStreamsMax: streams, at(0))
        }
        _ = pool.filled(feedIsEmpty: true, at(0))
        return pool
    }

    // MARK: - Surplus

    @Test func `a second connection nobody needed for five minutes is closed`() {
        var pool = makePool(2)
        #expect(pool.nextTimer() == at(300))
        #expect(pool.timer(at(299)) == [])
        // Equally idle and equally old: the later one of the list stays.
        #expect(pool.timer(at(300)) == [.close(first, .drained)])
        #expect(pool.timer(at(599)) == [], "the last one is kept")
    }

    @Test func `a load that one connection could not carry at half keeps both`() {
        var pool = makePool(2)
        for _ in 0..<6 { pool.streamOpened(first, at(200)) }
        _ = pool.filled(feedIsEmpty: true, at(200))
        for _ in 0..<6 { _ = pool.streamEnded(first, .succeeded, at(200)) }
        #expect(pool.timer(at(300)) == [])
        #expect(pool.timer(at(500)) == [.close(first, .drained)])
    }

    @Test func `work that waits keeps both`() {
        var pool = makePool(2)
        _ = pool.filled(feedIsEmpty: false, at(299))
        #expect(pool.timer(at(300)) == [])
    }

    @Test func `a surplus connection finishes what is in flight`() {
        var pool = makePool(2)
        for id in [first, first, second] { pool.streamOpened(id, at(1)) }
        _ = pool.filled(feedIsEmpty: true, at(1))
        pool.received(first, at(295))
        pool.received(second, at(295))
        #expect(pool.timer(at(300)) == [])
        #expect(pool.roomiest()?.id == first, "the one with less in flight goes")
        #expect(pool.streamEnded(second, .succeeded, at(301)) == [.close(second, .drained)])
    }

    @Test func `surplus connections go one at a time`() {
        var pool = makePool(3) { $0.pingAfterIdle = .seconds(3600) }
        #expect(pool.timer(at(300)).count == 1)
        #expect(pool.timer(at(301)) == [])
        #expect(pool.timer(at(600)).count == 1)
        #expect(pool.timer(at(900)) == [])
    }

    @Test func `without the rule surplus connections stay`() {
        var pool = makePool(2) { $0.surplusCloseAfter = nil }
        #expect(pool.timer(at(599)) == [])
    }

    // MARK: - Stalls

    @Test func `a connection that takes no stream for a minute while work waits is given up`() {
        var pool = makePool()
        pool.peerStreamsMaxChanged(first, 0)
        _ = pool.filled(feedIsEmpty: false, at(100))
        #expect(pool.nextTimer() == at(160))
        #expect(pool.timer(at(160)) == [.close(first, .stalled), .connect(second)])
    }

    @Test func `a limit that rises in time, or work that ends, is no stall`() {
        var pool = makePool()
        pool.setBlocked(first, true)
        _ = pool.filled(feedIsEmpty: false, at(100))
        _ = pool.filled(feedIsEmpty: true, at(130))
        _ = pool.filled(feedIsEmpty: false, at(131))
        pool.setBlocked(first, false)
        pool.streamOpened(first, at(140))
        _ = pool.filled(feedIsEmpty: false, at(140))
        pool.received(first, at(190))
        #expect(pool.timer(at(195)) == [])
    }

    @Test func `a young connection that stalls counts as a failure`() {
        var pool = makePool { $0.stallMax = .seconds(5) }
        pool.peerStreamsMaxChanged(first, 0)
        _ = pool.filled(feedIsEmpty: false, at(0))
        #expect(pool.timer(at(5)) == [.close(first, .stalled)])
        #expect(pool.filled(feedIsEmpty: false, at(5)) == [])
    }

    // MARK: - Refusals

    @Test func `refused streams pause the connection, longer each time, until it is given up`() {
        var pool = makePool()
        var now = at(100)
        var pauses: [Duration] = []
        while let (id, _) = pool.roomiest() {
            for _ in 0..<3 { pool.streamOpened(id, now) }
            for _ in 0..<3 { _ = pool.streamEnded(id, .refused, now) }
            #expect(pool.roomiest() == nil, "not at once")
            guard let due = pool.nextTimer(), !pool.isEmpty else { break }
            pauses.append(due - now)
            now = due
            _ = pool.timer(now)
        }
        let doubled = (0..<8).map { Duration.milliseconds(20) * (1 << $0) }
        #expect(pauses == doubled + [.seconds(5), .seconds(5)])
        #expect(pool.isEmpty)
    }

    @Test func `an answer ends the pause`() {
        var pool = makePool()
        for _ in 0..<3 { pool.streamOpened(first, at(1)) }
        _ = pool.streamEnded(first, .refused, at(1))
        #expect(pool.roomiest() == nil)
        _ = pool.streamEnded(first, .answered, at(1))
        #expect(pool.roomiest()?.free == 9)
    }

    @Test func `a peer that refuses is no reason for a second connection`() {
        var pool = makePool(2) { $0.surplusCloseAfter = nil }
        _ = pool.retire(second, at(1))
        pool.streamOpened(first, at(100))
        _ = pool.streamEnded(first, .refused, at(100))
        #expect(pool.filled(feedIsEmpty: false, at(100)) == [])
        #expect(pool.timer(at(100.01)) == [])
    }

    // MARK: - Ends

    @Test func `a GOAWAY for a mistake delays the replacement of an old connection too`() {
        var pool = makePool()
        #expect(pool.goAway(first, isError: true, at(500)) == [.close(first, .drained)])
        #expect(pool.filled(feedIsEmpty: false, at(500)) == [])
        #expect(pool.timer(at(501)) == [.connect(second)])
    }

    @Test func `a connection is given no more requests than its stream ids last for`() {
        var pool = makePool { $0.requestsPerConnectionMax = 4 }
        pool.streamOpened(first, at(1))
        #expect(pool.roomiest()?.free == 3)
    }

    // MARK: - Storms

    enum Storm: CaseIterable {
        case refused, closedAtOnce, goAwayAtOnce, refusesStreams
    }

    @Test(arguments: Storm.allCases)
    func `an hour of a server that is of no use costs some sixty connections and not thousands`(storm: Storm) {
        var pool = ConnectionPool(rules: PoolRules(), seed: 3)
        var now = at(0)
        var connects = 0
        var actions = pool.filled(feedIsEmpty: false, now)
        while now < at(3600) {
            while !actions.isEmpty {
                guard case .connect(let id) = actions.removeFirst() else { continue }
                connects += 1
                if storm == .refused {
                    _ = pool.connectFailed(id, now)
                    continue
                }
                pool.connectionReady(id, peerStreamsMax: 100, now)
                if storm == .closedAtOnce { pool.connectionLost(id, now) }
                if storm == .goAwayAtOnce { actions += pool.goAway(id, now) }
            }
            while storm == .refusesStreams, let (id, _) = pool.roomiest() {
                pool.streamOpened(id, now)
                actions += pool.streamEnded(id, .refused, now)
            }
            actions += pool.filled(feedIsEmpty: false, now)
            guard actions.isEmpty, let next = pool.nextTimer() else { continue }
            #expect(next > now, "a timer in the past would make the loop spin")
            now = max(next, now + .milliseconds(1))
            actions += pool.timer(now)
        }
        #expect(connects > 20)
        #expect(connects < 130)
    }
}
