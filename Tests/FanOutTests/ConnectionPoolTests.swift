import FanOut
import Testing

/// The rules, without sockets and without a clock.
struct ConnectionPoolTests {
    /// Seconds after an arbitrary start.
    private func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000 + Int64(seconds * 1e9))
    }

    private func makePool(_ change: (inout PoolRules) -> Void = { _ in }) -> ConnectionPool {
        var rules = PoolRules()
        change(&rules)
        return ConnectionPool(rules: rules, seed: 1)
    }

    private let first = ConnectionID(1)
    private let second = ConnectionID(2)

    /// A pool with one ready connection and no work.
    private func makeReady(peerStreamsMax: Int? = 1000, _ change: (inout PoolRules) -> Void = { _ in })
        -> ConnectionPool
    {
        var pool = makePool(change)
        _ = pool.filled(feedIsEmpty: false, at(0))
        pool.connectionReady(first, peerStreamsMax: peerStreamsMax, at(0))
        _ = pool.filled(feedIsEmpty: true, at(0))
        return pool
    }

    @Test func `nothing is opened before there is work, and one connection at a time`() {
        var pool = makePool()
        #expect(pool.filled(feedIsEmpty: true, at(0)) == [])
        #expect(pool.nextTimer() == nil)
        #expect(pool.filled(feedIsEmpty: false, at(1)) == [.connect(first)])
        #expect(pool.filled(feedIsEmpty: false, at(2)) == [])
    }

    @Test(
        arguments: [
            // peer, cap, expected
            (1000, 500, 500), (100, 500, 100), (nil, 500, 100), (0, 500, nil), (Int.max, 1000, 1000), (1000, 100, 100),
        ] as [(Int?, Int, Int?)]
    )
    func `the stream budget is the smallest of the limits`(peer: Int?, cap: Int, expected: Int?) {
        let pool = makeReady(peerStreamsMax: peer) { $0.streamsPerConnectionMax = cap }
        #expect(pool.roomiest()?.free == expected)
    }

    @Test func `one stream until the first success, rejections do not count`() {
        var pool = makeReady { $0.streamsBeforeFirstSuccess = 1 }
        pool.streamOpened(first, at(1))
        #expect(pool.roomiest() == nil)
        _ = pool.streamEnded(first, .answered, at(1))
        #expect(pool.roomiest()?.free == 1)
        pool.streamOpened(first, at(1))
        _ = pool.streamEnded(first, .succeeded, at(1))
        #expect(pool.roomiest()?.free == 1000)
    }

    @Test func `a limit below what is in flight stops opening and nothing else`() {
        var pool = makeReady(peerStreamsMax: 10)
        for _ in 0..<5 { pool.streamOpened(first, at(1)) }
        pool.peerStreamsMaxChanged(first, 1)
        #expect(pool.roomiest() == nil)
        for _ in 0..<5 { _ = pool.streamEnded(first, .succeeded, at(1)) }
        #expect(pool.roomiest()?.free == 1)
    }

    @Test func `a second connection opens when the first stays full, up to the maximum`() {
        var pool = makeReady()
        #expect(pool.filled(feedIsEmpty: false, at(1)) == [])
        #expect(pool.nextTimer() == at(1.1))
        #expect(pool.timer(at(1.1)) == [.connect(second)])
        pool.connectionReady(second, peerStreamsMax: 1000, at(1.2))
        #expect(pool.filled(feedIsEmpty: false, at(2)) == [])
        #expect(pool.timer(at(9)) == [])
    }

    @Test func `a connection without proof, or told to take less, is no reason for a second`() {
        var unproven = makeReady { $0.streamsBeforeFirstSuccess = 1 }
        _ = unproven.filled(feedIsEmpty: false, at(1))
        #expect(unproven.timer(at(2)) == [])
        var shrunk = makeReady()
        shrunk.peerStreamsMaxChanged(first, 1)
        _ = shrunk.filled(feedIsEmpty: false, at(1))
        #expect(shrunk.timer(at(2)) == [])
    }

    @Test func `failed connects wait from one second to sixty, with jitter`() {
        var pool = makePool()
        var now = at(0)
        var waits: [Duration] = []
        for number in 1...10 {
            #expect(pool.filled(feedIsEmpty: false, now) == [.connect(ConnectionID(UInt64(number)))])
            let wait = pool.connectFailed(ConnectionID(UInt64(number)), now)
            #expect(pool.filled(feedIsEmpty: false, now) == [], "not before the wait is over")
            waits.append(wait)
            now = now + wait
        }
        for (index, wait) in waits.enumerated() {
            let full = min(Duration.seconds(60), .seconds(1 << index))
            #expect(wait >= full / 2 && wait <= full)
        }
    }

    @Test func `GOAWAY lets the rest finish and closes after the last`() {
        var pool = makeReady()
        pool.streamOpened(first, at(100))
        pool.streamOpened(first, at(100))
        #expect(pool.goAway(first, at(100)) == [])
        #expect(pool.goAway(first, at(100)) == [], "the second of two")
        #expect(pool.roomiest() == nil)
        #expect(pool.filled(feedIsEmpty: false, at(100)) == [.connect(second)], "an old one is replaced at once")
        #expect(pool.streamEnded(first, .succeeded, at(101)) == [])
        #expect(pool.streamEnded(first, .succeeded, at(101)) == [.close(first, .drained)])
    }

    @Test func `a GOAWAY on a young connection delays the replacement`() {
        var pool = makeReady()
        #expect(pool.goAway(first, at(5)) == [.close(first, .drained)])
        #expect(pool.filled(feedIsEmpty: false, at(5)) == [])
        #expect(pool.timer(at(6.1)) == [.connect(second)])
    }

    @Test(arguments: [true, false])
    func `a server that ends each connection in order after some answers costs no wait`(saysGoAway: Bool) {
        var pool = makePool()
        var id = first
        for round in 0..<50 {
            let now = at(Double(round))
            #expect(pool.filled(feedIsEmpty: false, now) == [.connect(id)], "the replacement of round \(round) waits")
            pool.connectionReady(id, peerStreamsMax: 100, now)
            pool.streamOpened(id, now)
            _ = pool.streamEnded(id, .succeeded, now)
            if saysGoAway {
                #expect(pool.goAway(id, now) == [.close(id, .drained)])
            } else {
                pool.connectionLost(id, now)
            }
            id = ConnectionID(id.number + 1)
        }
    }

    @Test func `a young connection that is lost with a request under way delays the replacement, answers or not`() {
        var pool = makeReady()
        pool.streamOpened(first, at(1))
        pool.streamOpened(first, at(1))
        _ = pool.streamEnded(first, .succeeded, at(1))
        pool.connectionLost(first, at(1))
        #expect(pool.filled(feedIsEmpty: false, at(1)) == [])
    }

    @Test func `a peer that ends each connection in order after answers is met again at once`() {
        var pool = makeReady()
        pool.streamOpened(first, at(1))
        _ = pool.streamEnded(first, .answered, at(1))
        #expect(pool.goAway(first, at(1)) == [.close(first, .drained)])
        #expect(pool.reconnectWait(at(1)) == nil)
        #expect(pool.filled(feedIsEmpty: false, at(1)) == [.connect(second)])
    }

    @Test
    func `a connection that is lost with a request under way after answers waits the shortest time, however often`()
        throws
    {
        var pool = makePool()
        var now = 0.0
        for number in 1...6 {
            let id = ConnectionID(UInt64(number))
            _ = pool.filled(feedIsEmpty: false, at(now))
            _ = pool.timer(at(now))
            pool.connectionReady(id, peerStreamsMax: 100, at(now))
            for _ in 0..<2 { pool.streamOpened(id, at(now)) }
            _ = pool.streamEnded(id, .answered, at(now))
            pool.connectionLost(id, at(now))
            let wait = try #require(pool.reconnectWait(at(now)))
            #expect(wait <= .seconds(1))
            now += 1
        }
    }

    @Test func `a changed credential replaces every connection, at once and without losing what is in flight`() {
        var pool = makeReady()
        pool.streamOpened(first, at(1))
        _ = pool.filled(feedIsEmpty: false, at(1))
        #expect(pool.timer(at(1.1)) == [.connect(second)])

        #expect(pool.retireAll() == [.close(second, .ordered)], "it may have been opened for the old credential")
        #expect(pool.roomiest() == nil)
        #expect(
            pool.filled(feedIsEmpty: false, at(2)) == [.connect(ConnectionID(3))],
            "however young the old ones were"
        )
        #expect(pool.streamEnded(first, .succeeded, at(3)) == [.close(first, .drained)])
    }

    @Test func `a late answer is asked after with a PING, and no PONG means dead`() {
        var pool = makeReady()
        pool.streamOpened(first, at(50))
        #expect(pool.timer(at(59.9)) == [])
        #expect(pool.timer(at(60)) == [.ping(first)])
        #expect(pool.timer(at(69.9)) == [])
        #expect(pool.timer(at(70)) == [.close(first, .pingUnanswered)])
        #expect(pool.isEmpty)
    }

    @Test func `answered PINGs keep their distance`() {
        var pool = makeReady()
        pool.streamOpened(first, at(50))
        _ = pool.timer(at(60))
        pool.received(first, at(61))
        pool.pingAnswered(first)
        #expect(pool.nextTimer() == at(90))
        #expect(pool.timer(at(90)) == [.ping(first)])
    }

    @Test func `an idle connection is pinged after ten minutes`() {
        let pool = makeReady()
        #expect(pool.nextTimer() == at(600))
    }

    @Test func `a request that times out without any answer since retires the connection`() {
        var pool = makeReady()
        pool.streamOpened(first, at(1))
        pool.streamOpened(first, at(2))
        #expect(pool.streamEnded(first, .timedOut(sentAt: at(1)), at(31)) == [])
        #expect(pool.roomiest() == nil)
        #expect(pool.streamEnded(first, .timedOut(sentAt: at(2)), at(32)) == [.close(first, .drained)])
    }

    @Test func `age, stream ids and idleness retire a connection`() {
        var old = makeReady { $0.ageMax = .seconds(300) }
        #expect(old.timer(at(300)) == [.close(first, .drained)])
        var idle = makeReady { $0.idleCloseAfter = .seconds(60) }
        #expect(idle.timer(at(60)) == [.close(first, .drained)])
        var used = makeReady { $0.requestsPerConnectionMax = 1 }
        used.streamOpened(first, at(1))
        #expect(used.roomiest() == nil)
        #expect(used.streamEnded(first, .succeeded, at(1)) == [.close(first, .drained)])
    }

    @Test func `a connect that takes too long is given up`() {
        var pool = makePool()
        _ = pool.filled(feedIsEmpty: false, at(0))
        #expect(pool.nextTimer() == at(10))
        #expect(pool.timer(at(10)) == [.close(first, .connectTimedOut)])
    }

    @Test func `shutdown opens nothing and is done when the last stream has ended`() {
        var pool = makeReady()
        pool.streamOpened(first, at(1))
        #expect(pool.shutDown() == [])
        #expect(pool.filled(feedIsEmpty: false, at(2)) == [])
        #expect(pool.streamEnded(first, .succeeded, at(3)) == [.close(first, .drained)])
        #expect(pool.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `random walks never exceed a limit`(seed: UInt64) {
        var random = Walk(state: seed)
        var pool = makePool { $0.connectionsMax = 3 }
        var now = at(0)
        var known: [ConnectionID: (peer: Int?, inFlight: Int)] = [:]
        for _ in 0..<3000 {
            now = now + .milliseconds(Int.random(in: 0...400, using: &random))
            var actions: [ConnectionPool.Action] = []
            let id = known.keys.sorted().randomElement(using: &random) ?? first
            switch Int.random(in: 0..<9, using: &random) {
            case 0:
                // Ready once; a second call is ignored.
                if let connection = known[id], connection.peer == nil { known[id]?.peer = 5 }
                pool.connectionReady(id, peerStreamsMax: 5, now)
            case 1:
                let limit = Int.random(in: 0...8, using: &random)
                guard let connection = known[id], connection.peer != nil else { break }
                known[id]?.peer = limit
                pool.peerStreamsMaxChanged(id, limit)
            case 2...4:
                guard let (id, free) = pool.roomiest(), let connection = known[id] else { break }
                #expect(free + connection.inFlight <= connection.peer ?? 0, "seed \(seed)")
                known[id]?.inFlight += 1
                pool.streamOpened(id, now)
            case 5:
                guard let connection = known[id], connection.inFlight > 0 else { break }
                known[id]?.inFlight -= 1
                actions = pool.streamEnded(id, .succeeded, now)
            case 6: actions = pool.goAway(id, now)
            case 7: actions = pool.filled(feedIsEmpty: Bool.random(using: &random), now)
            default: actions = pool.timer(now)
            }
            for action in actions {
                switch action {
                case .connect(let id): known[id] = (nil, 0)
                case .ping(let id): pool.pingAnswered(id)
                case .close(let id, let reason):
                    known[id] = nil
                    if reason == .connectTimedOut { _ = pool.connectFailed(id, now) }
                }
            }
            #expect(known.count <= 6, "seed \(seed)")
        }
    }

    private struct Walk: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }
}

struct AddressRaceTests {
    @Test func `the second address starts after 250 ms or at the first failure`() {
        let start = MonotonicTime(nanoseconds: 0)
        var race = AddressRace(addressCount: 3, start)
        #expect(race.startDue(start) == 0)
        #expect(race.startDue(start) == nil)
        #expect(race.nextTimer == start + .milliseconds(250))
        #expect(race.startDue(start + .milliseconds(250)) == 1)
        race.failed(start + .milliseconds(260))
        #expect(race.startDue(start + .milliseconds(260)) == 2)
        race.failed(start + .milliseconds(300))
        #expect(!race.isLost)
        race.failed(start + .milliseconds(310))
        #expect(race.isLost)
    }
}
