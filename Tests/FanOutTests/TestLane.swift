import FanOut
import Glibc
import Synchronization
import Testing

/// What a test remembers of a finished ticket.
enum Outcome: Equatable, Sendable {
    case answered(Int, body: String, connection: String?, peak: Int)
    case notProcessed(NotProcessed)
    case ambiguous(Ambiguity)

    var status: Int? {
        guard case .answered(let status, _, _, _) = self else { return nil }
        return status
    }

    var peak: Int {
        guard case .answered(_, _, _, let peak) = self else { return 0 }
        return peak
    }
}

/// Sends the paths it is given, with ticket 1, 2, 3..., and keeps what became of them.
final class TestFeed: RequestFeed {
    private struct State {
        var waiting: [(ticket: UInt64, path: String)] = []
        var lastTicket: UInt64 = 0
        var outcomes: [UInt64: Outcome] = [:]
        var reports: [UInt64: Int] = [:]
        var events: [LaneEvent] = []
        var fields: [UInt64: [String: String]] = [:]
        var isTruncated = false
        var limit = Int.max
        var inFlight = 0
        var inFlightMax = 0
        var questions = 0
    }

    private let state = Mutex(State())
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    let after: AfterAnswer
    let bodyBytes: Int
    /// Answer fields that are kept for `field`.
    private static let kept: [StaticString] = ["retry-after", "content-type", "x-early", "x-address", "x-trailer"]

    /// `limit`: more are not sent at once, however much the connections would take.
    init(after: AfterAnswer = .keep, bodyBytes: Int = 300, limit: Int = .max) {
        state.withLock { $0.limit = limit }
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.after = after
        self.bodyBytes = bodyBytes
    }

    func add(_ paths: [String]) {
        state.withLock { state in
            for path in paths {
                state.lastTicket += 1
                state.waiting.append((state.lastTicket, path))
            }
        }
    }

    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64? {
        let next: (UInt64, String)? = state.withLock { state in
            state.questions += 1
            guard !state.waiting.isEmpty, state.inFlight < state.limit else { return nil }
            state.inFlight += 1
            state.inFlightMax = max(state.inFlightMax, state.inFlight)
            return state.waiting.removeFirst()
        }
        guard let (ticket, path) = next else {
            changed.yield()
            return nil
        }
        request.setPath(path)
        request.addHeader("apns-expiration", -120)
        request.appendBody([UInt8](repeating: 0x62, count: bodyBytes))
        return ticket
    }

    func finished(_ ticket: UInt64, _ result: RequestResult, on connection: ConnectionInfo) -> AfterAnswer {
        let outcome: Outcome
        switch result {
        case .answered(let answer):
            outcome = .answered(
                answer.status,
                body: String(decoding: answer.body, as: UTF8.self),
                connection: answer.header("x-connection"),
                peak: Int(answer.header("x-peak") ?? "") ?? 0
            )
            var fields: [String: String] = [:]
            for name in Self.kept { fields["\(name)"] = answer.header(name) }
            state.withLock { state in
                state.fields[ticket] = fields
                state.isTruncated = answer.isTruncated
            }
        case .notProcessed(let reason): outcome = .notProcessed(reason)
        case .ambiguous(let reason): outcome = .ambiguous(reason)
        }
        state.withLock { state in
            state.inFlight -= 1
            state.outcomes[ticket] = outcome
            state.reports[ticket, default: 0] += 1
        }
        return after
    }

    func laneEvent(_ event: LaneEvent) {
        state.withLock { $0.events.append(event) }
        changed.yield()
    }

    func turnEnded() {
        changed.yield()
    }

    var outcomes: [UInt64: Outcome] { state.withLock { $0.outcomes } }
    var events: [LaneEvent] { state.withLock { $0.events } }
    var inFlightMax: Int { state.withLock { $0.inFlightMax } }
    var questions: Int { state.withLock { $0.questions } }
    var isTruncated: Bool { state.withLock { $0.isTruncated } }
    func field(_ name: String, of ticket: UInt64) -> String? { state.withLock { $0.fields[ticket]?[name] } }
    func setLimit(_ limit: Int) { state.withLock { $0.limit = limit } }
    var everyTicketReportedOnce: Bool { state.withLock { $0.reports.values.allSatisfy { $0 == 1 } } }

    /// Returns when the condition holds; the time limit of the suite is the deadline.
    func wait(until isMet: (TestFeed) -> Bool) async {
        if isMet(self) { return }
        for await _ in changes where isMet(self) { return }
    }
}

/// A running engine with one lane to a server.
///
/// Suites that use it are serialized: starting a Python blocks a thread of the pool, and a hundred at once would hold up every
/// test beyond its deadlines.
struct TestLane {
    let engine = FanOutEngine(seed: 7)
    let feed: TestFeed
    let lane = EngineLane(1)
    private let server: Child?

    /// Starts the hostile server with these options and a certificate of certificates.py. `configure` gets the finished
    /// configuration.
    init(
        _ options: [String] = [],
        certificate: String = "good",
        feed: TestFeed = TestFeed(),
        rules: PoolRules = .forTests,
        deadline: Duration = .seconds(20),
        host: String = "localhost",
        isTrusted: Bool = true,
        configure: (inout LaneConfiguration) throws -> Void = { _ in }
    ) throws {
        let pair = [
            try TestCertificates.file("\(certificate).pem"), try TestCertificates.file("\(certificate).key"),
        ]
        let (server, port) = try Child.script("hostile-server.py", pair + options)
        try self.init(
            port: port,
            server: server,
            feed: feed,
            rules: rules,
            deadline: deadline,
            host: host,
            isTrusted: isTrusted,
            configure: configure
        )
    }

    init(
        port: UInt16,
        server: Child?,
        feed: TestFeed,
        rules: PoolRules,
        deadline: Duration = .seconds(20),
        host: String = "localhost",
        isTrusted: Bool = true,
        configure: (inout LaneConfiguration) throws -> Void = { _ in }
    ) throws {
        self.feed = feed
        self.server = server
        var configuration = LaneConfiguration(host: host, port: port, rules: rules)
        configuration.requestDeadline = deadline
        if isTrusted { configuration.extraCAFile = try TestCertificates.file("ca.pem") }
        try configure(&configuration)
        try engine.start()
        try engine.add(lane, configuration, feed: feed)
    }

    func send(_ paths: [String]) {
        feed.add(paths)
        engine.wake(lane)
    }

    /// Waits for the first failure to connect and removes the lane.
    func connectFailure() async -> ConnectError? {
        send(["/ok"])
        await feed.wait { !$0.events.isEmpty }
        engine.remove(lane)
        guard case .connectFailed(let failure, _) = feed.events.first else { return nil }
        return failure
    }

    /// Sends and waits until this many tickets have finished in all.
    func send(_ paths: [String], untilFinished count: Int) async {
        send(paths)
        await feed.wait { $0.outcomes.count >= count }
    }

    /// Ends the engine; by then every ticket has been reported exactly once.
    func end() async {
        await engine.shutDown(within: .seconds(5))
        #expect(feed.everyTicketReportedOnce)
    }
}

extension PoolRules {
    /// One connection, and no wait worth noticing between tries.
    static var forTests: PoolRules {
        var rules = PoolRules()
        rules.connectionsMax = 1
        rules.backOffMin = .milliseconds(1)
        rules.backOffMax = .milliseconds(2)
        return rules
    }
}
