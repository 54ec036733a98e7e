internal import Glibc

/// The loop thread: sockets, timers and orders of all lanes.
///
/// A turn: wait; let the sockets that are ready read; take orders; run due timers; then let each touched lane fill its free
/// streams, write once per connection, and hand over its outcomes.
final class EventLoop: IOHandler {
    let poller = Poller()
    let mailbox: Mailbox
    /// Of the present turn.
    private(set) var now = MonotonicTime.now()
    /// One for all connections: what it holds is consumed before the next read.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
    private var lanes: [EngineLane: LaneRunner] = [:]
    /// Removed lanes that still finish what is in flight.
    private var leaving: [LaneRunner] = []
    private var touched: [LaneRunner] = []
    private var serial: UInt64 = 0
    private let seed: UInt64
    private var stopAt: MonotonicTime?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(mailbox: Mailbox, seed: UInt64) {
        self.mailbox = mailbox
        self.seed = seed
    }

    deinit {
        readBuffer.deallocate()
    }

    /// Returns after `shutDown`, when nothing is left open.
    func run() {
        let mailKey = poller.add(mailbox.descriptor, self, wantsWrite: false)
        while !isFinished {
            let count = poller.wait(milliseconds: touched.isEmpty ? waitMilliseconds() : 0)
            now = MonotonicTime.now()
            poller.dispatch(count)
            runTimers()
            endTurn()
        }
        poller.remove(mailbox.descriptor, mailKey)
        for waiter in waiters { waiter.resume() }
    }

    /// Adds the lane to those that fill and write at the end of this turn, or of the next when this one is ending.
    func touch(_ lane: LaneRunner) {
        guard !lane.isTouched else { return }
        lane.isTouched = true
        touched.append(lane)
    }

    // MARK: - A turn

    /// The mailbox has orders.
    func ready(canRead: Bool, canWrite: Bool) {
        let (commands, woken) = mailbox.empty()
        for command in commands { obey(command) }
        for lane in woken { lanes[lane]?.wake() }
    }

    private func endTurn() {
        let lanes = touched
        touched.removeAll(keepingCapacity: true)
        for lane in lanes {
            lane.isTouched = false
            lane.endTurn()
        }
        leaving.removeAll { $0.isEmpty }
    }

    private func runTimers() {
        for lane in lanes.values { lane.runTimers(now) }
        for lane in leaving { lane.runTimers(now) }
        guard let stopAt, now >= stopAt else { return }
        for lane in lanes.values { lane.abandon() }
        for lane in leaving { lane.abandon() }
    }

    private func waitMilliseconds() -> Int32 {
        var next = stopAt
        for lane in lanes.values { next = earlier(next, lane.nextTimer()) }
        for lane in leaving { next = earlier(next, lane.nextTimer()) }
        guard let next else { return -1 }
        // Rounded up: a turn too early would find nothing due and spin.
        let left = next.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        if left.overflow { return next > now ? 60_000 : 0 }
        return Int32(clamping: max(0, min(60_000, (left.partialValue + 999_999) / 1_000_000)))
    }

    private func earlier(_ left: MonotonicTime?, _ right: MonotonicTime?) -> MonotonicTime? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    // MARK: - Orders

    private func obey(_ command: LoopCommand) {
        switch command {
        case .add(let setup):
            precondition(lanes[setup.lane] == nil, "the engine adds a lane once")
            serial += 1
            // Ids of different lanes never meet: 2^40 connections per lane.
            let pool = ConnectionPool(rules: setup.configuration.rules, firstID: serial << 40 + 1, seed: seed &+ serial)
            lanes[setup.lane] = LaneRunner(setup, pool: pool, loop: self)
        case .remove(let lane):
            guard let runner = lanes.removeValue(forKey: lane) else { return }
            leaving.append(runner)
            runner.shutDown()
        case .retireConnections(let lane): lanes[lane]?.retireConnections()
        case .resolved(let lane, let id, let result):
            if let runner = lanes[lane], runner.resolved(id, result) { return }
            for runner in leaving where runner.lane == lane { _ = runner.resolved(id, result) }
        case .shutDown(let within, let stopped):
            waiters.append(stopped)
            stopAt = min(stopAt ?? MonotonicTime(nanoseconds: .max), now + within)
            for lane in lanes.values { lane.shutDown() }
        }
    }

    private var isFinished: Bool {
        stopAt != nil && touched.isEmpty && leaving.isEmpty && lanes.values.allSatisfy { $0.isEmpty }
    }
}
