import API
import Contract
import Delivery
import Domain
import Hummingbird
import Pipeline
import Providers
import Store
import Synchronization

/// Two lanes nobody sends on; what is ordered is kept in words.
final class FakeLanes: LaneControl {
    private let given = Mutex<[String]>([])
    /// What is held, for each time it is asked.
    private let held: Mutex<[(held: Int, changed: Int)]>

    /// Of the lane of APNs.
    private let state: String

    init(held: [(held: Int, changed: Int)] = [], state: String = "active") {
        self.held = Mutex(held)
        self.state = state
    }

    var orders: [String] { given.withLock { $0 } }

    func statuses() async throws(StoreError) -> [LaneStatus] {
        [
            LaneStatus(id: LaneID(rawValue: 1), name: "fcm/onepocket", provider: .fcm, state: "active"),
            LaneStatus(
                id: LaneID(rawValue: 2),
                name: "apns/onepocket",
                provider: .apns,
                state: state,
                reason: state == "active" ? "" : "403",
                since: Instant(seconds: 60)
            ),
        ]
    }

    func pause(
        _ lane: LaneID,
        actor: String,
        why: String,
        until: Instant?,
        draining: Bool
    ) async throws(StoreError) {
        let end = until.map { " \($0.rfc3339)" } ?? ""
        given.withLock { $0.append("\(draining ? "drain" : "pause") \(lane.rawValue) \(actor) \(why)\(end)") }
    }

    func resume(_ lane: LaneID, actor: String, why: String) async throws(StoreError) {
        given.withLock { $0.append("resume \(lane.rawValue) \(actor)") }
    }

    func thaw(
        _ id: LaneID,
        applying: Bool,
        actor: String,
        why: String
    ) async throws(StoreError) -> (held: Int, changed: Int)? {
        given.withLock { $0.append("\(id.rawValue) \(applying) \(actor) \(why)") }
        return held.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// A gateway that runs: a clock that is set, and a phone that answers.
final class FakeLive: LiveControl {
    private let report: ClockReport
    private let known: Classification
    private let accepted = Mutex(false)

    var isClockAccepted: Bool { accepted.withLock { $0 } }

    /// `known`: what the provider says to a test of the installation of that name.
    init(
        clock: ClockReport = ClockReport(
            wall: Instant(seconds: 1),
            steady: Instant(seconds: 1),
            suspectSince: nil,
            highWater: Instant(seconds: 1)
        ),
        known: Classification = Classification(.tokenDead(since: nil), status: 410, reason: "tokenGone")
    ) {
        report = clock
        self.known = known
    }

    func probe(_ lane: LaneID, actor: String, why: String) async throws(StoreError) -> Bool { lane.rawValue == 1 }

    func test(_ account: Account, installation: String) async throws(StoreError) -> TestOutcomeView? {
        installation == "known" ? TestOutcomeView(known) : nil
    }

    func clock() -> ClockReport { report }

    func acceptClock() -> Bool {
        accepted.withLock { $0 = true }
        return report.suspectSince != nil
    }
}

struct FakeCondition: GatewayCondition {
    var reasonsNotReady: [String] = []
    var takesBulk = true
    var brokerAlarm: String?
    func add(to health: inout HealthView) { health.alarms = reasonsNotReady }
}

func adminRouter(_ services: APIServices) -> Router<APIContext> { API.adminRouter(services.admin) }
