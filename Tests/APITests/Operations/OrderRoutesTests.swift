import API
import Domain
import Hummingbird
import HummingbirdTesting
import Logging
import Pipeline
import Providers
import Store
import Synchronization
import Testing

/// Bulk orders through the admin api, on a real store; the dispatcher is played.
@Suite(.timeLimit(.minutes(1)))
struct OrderRoutesTests {
    private final class Dispatching: Sendable {
        let stopped = Mutex<[DeliveryID]>([])
        let underWay: Set<DeliveryID>
        let onBar: @Sendable () async throws -> Void

        init(underWay: Set<DeliveryID>, onBar: @escaping @Sendable () async throws -> Void) {
            self.underWay = underWay
            self.onBar = onBar
        }

        var lanes: LaneStops {
            LaneStops(
                stop: { [self] deliveries, _ in
                    try await onBar()
                    let all = deliveries.values.flatMap(\.self)
                    stopped.withLock { $0 += all }
                    return underWay.intersection(all)
                },
                conclude: { _ in }
            )
        }
    }

    /// An event of `count` deliveries on one lane; `body` gets the api and the event.
    private func serving(
        count: Int,
        underWay: Set<DeliveryID> = [],
        onBar: @escaping @Sendable (OrderRunner, QueueReader) async throws -> Void = { _, _ in },
        _ body: @escaping @Sendable (APIClient, EventID, OrderRunner, QueueStore) async throws -> Void
    ) async throws {
        try await Gateway.run { gateway, _ async throws in
            let queue = gateway.services.queue
            let now = gateway.services.time.now()
            let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: now)
            let event = try await Self.fill(queue, lane.id, count: count, now: now)
            let place = Mutex<OrderRunner?>(nil)
            let dispatching = Dispatching(underWay: underWay) {
                if let runner = place.withLock({ $0 }) {
                    try await onBar(runner, try SQLiteStores(folder: gateway.folder).queueReader())
                }
            }
            let runner = try OrderRunner(
                queue: queue,
                stores: SQLiteStores(folder: gateway.folder),
                lanes: dispatching.lanes,
                time: gateway.services.time,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            place.withLock { $0 = runner }
            var services = gateway.services
            services.orders = runner
            let running = Task { await runner.run() }
            let result: Result<Void, any Error>
            do {
                try await Application(router: adminRouter(services)).test(.router) { client in
                    try await body(APIClient(client: client), event, runner, queue)
                }
                result = .success(())
            } catch { result = .failure(error) }
            runner.stop()
            await running.value
            try result.get()
        }
    }

    private static func fill(_ queue: QueueStore, _ lane: LaneID, count: Int, now: Instant) async throws -> EventID {
        let accepted = try await queue.accept(
            NewEvent(
                publisher: "one",
                publication: Publication(
                    app: "BLOG",
                    action: "POST",
                    school: nil,
                    audience: [],
                    title: "Titre",
                    body: "Texte"
                ),
                dataClass: .clear,
                acceptedAt: now,
                expiresAt: now + .seconds(3600),
                identity: Array(repeating: 1, count: 32),
                bodyHash: Array(repeating: 2, count: 32),
                identityWindow: .seconds(60),
                unresolved: []
            )
        )
        guard case .created(let event, _) = accepted else { throw StoreError.failed("not new") }
        let persons = (1...Int64(count)).map { PersonID(rawValue: $0) }
        let pages = stride(from: 0, to: count, by: Limits.deliveriesPerPage).map { start in
            let slots = persons[start..<min(start + Limits.deliveriesPerPage, count)].map {
                Plan.Slot(person: $0, device: DeviceID(rawValue: $0.rawValue))
            }
            return NewPage(lane: lane, tag: 0, plan: Plan(slots: slots), result: PageResult(count: slots.count))
        }
        let step = ExpansionStep(
            event: event,
            part: 0,
            pages: pages,
            concerned: ConcernedPersons(entries: persons.map { .init(person: $0, role: .other, through: []) }),
            cursor: Int64(count),
            isLast: true,
            expiresAt: now + .seconds(3600),
            pupils: 0,
            unknownUsers: []
        )
        _ = try await queue.append([step], now: now)[0].get()
        return event
    }

    private func order(_ api: APIClient, _ text: String) async throws -> Answer {
        try await api.send(.post, "/admin/orders", [:], Array(text.utf8))
    }

    @Test func `an expression counts, changes and is written down as it was given`() async throws {
        try await serving(count: 150) { api, event, _, queue async throws in
            let filter =
                #""verb":"expire","why":"x","filter":{"where":["event=\#(event) and state=pending and class!=low"],"#
                + #""not":["user=nobody","age>1h"]}"#
            let plan = try await order(api, "{\(filter),\"dryRun\":true}")
            #expect(try plan.json["eligible"]?.int64 == 150)
            let nothing = try await order(api, "{\(filter.replacing("class!=low", with: "class=low"))}")
            #expect(nothing.status == 404)
            let done = try await order(api, "{\(filter),\"yes\":true}")
            #expect(try done.json["changed"]?.int64 == 150)
            let said = "not user=nobody, not age>1h, where event=\(event) and state=pending and class!=low"
            let logged = try await api.send(.get, "/admin/operations/O-1").json
            #expect(logged["filter"]?.string == said && logged["changed"]?.int64 == 150)
        }
    }

    @Test(
        arguments: [
            (#"{"where":["lane=fcm/* and colour=red"]}"#, "where, character 16: expected one of state"),
            (#"{"not":["lane=a and lane=b"]}"#, "not, character 8: expected the end"),
            (#"{"class":["loud"]}"#, "class: expected one of low, normal, urgent."),
        ]
    )
    func `a wrong expression is pointed at and changes nothing`(filter: String, said: String) async throws {
        try await serving(count: 1) { api, _, _, _ async throws in
            let answer = try await order(api, #"{"verb":"retry","filter":\#(filter),"yes":true}"#)
            #expect(answer.status == 422)
            #expect(try answer.json["errors"]?.array?.first?["detail"]?.string?.hasPrefix(said) == true)
            #expect(try await api.send(.get, "/admin/operations").json["items"] == [])
        }
    }

    @Test func `an order is counted, refused, confirmed and carried out`() async throws {
        try await serving(count: 150) { api, event, _, _ async throws in
            let filter = #""verb":"hold","filter":{"event":["\#(event)"]},"why":"x","actor":"eva""#
            let plan = try await order(api, "{\(filter),\"dryRun\":true}")
            #expect(try plan.json["eligible"]?.int64 == 150 && plan.json["operation"]?.isNull == true)
            #expect(try await api.send(.get, "/admin/operations").json["items"] == [])

            let refused = try await order(api, "{\(filter)}")
            #expect(refused.status == 409 && refused.code == "orderRefused")
            #expect(try refused.json["refusal"] == "needsYes")
            let exceeded = try await order(api, "{\(filter),\"yes\":true,\"expect\":149}")
            #expect(try exceeded.json["refusal"] == "expectExceeded")
            let done = try await order(api, "{\(filter),\"yes\":true,\"expect\":150}")
            #expect(try done.status == 200 && done.json["state"] == "done" && done.json["changed"]?.int64 == 150)

            let name = try #require(try done.json["operation"]?.string)
            let shown = try await api.send(.get, "/admin/operations/\(name)")
            #expect(try shown.json["actor"] == "eva" && shown.json["why"] == "x" && shown.json["changed"]?.int64 == 150)
            let again = try await order(api, "{\(filter)}")
            #expect(again.status == 404 && again.code == "nothingMatched")
            #expect(try again.json["order"]?["notEligible"]?["held"]?.int64 == 150)
            let listed = try await api.send(.get, "/admin/operations").json["items"]?.array
            #expect(listed?.map { $0["operation"]?.string } == [name])
        }
    }

    @Test(arguments: [
        (#"{"verb":"burn","filter":{"state":["dead"]}}"#, 422, "invalidOrder"),
        (#"{"verb":"hold"}"#, 409, "orderRefused"),
        (#"{"verb":"hold","filter":{"lane":["fcm/*"]}}"#, 422, "invalidOrder"),
        (#"{"verb":"retry","filter":{"colour":["red"]}}"#, 422, "invalidOrder"),
        (#"{"verb":"retry","filter":{"older":["soon"]}}"#, 422, "invalidOrder"),
        (#"{"verb":"retry","filter":{"lane":["none/*"]}}"#, 404, "nothingMatched"),
        (#"{"verb":"retry","filter":{"lane":["fcm/*"]}}"#, 404, "nothingMatched"),
        (#"{"verb":"retry","ids":["D-1","x"]}"#, 422, "invalidOrder"),
        (#"{"verb":"retry","ids":["D-1"],"filter":{"lane":["fcm/*"]}}"#, 422, "invalidOrder"),
        (#"{"verb":"retry","ids":["D-1"],"expect":-1}"#, 422, "invalidOrder"), (#"{"verb":"#, 400, "notJSON"),
    ])
    func `what is no order says why`(body: String, status: Int, code: String) async throws {
        try await serving(count: 1) { api, _, _, _ async throws in
            let answer = try await order(api, body)
            #expect(answer.status == status && answer.code == code)
            #expect(try await api.send(.get, "/admin/operations").json["items"] == [])
        }
    }

    @Test func `what is under way is left to finish`() async throws {
        let underWay = Set((0..<7).map { DeliveryID(page: PageID(rawValue: 1), slot: $0) })
        try await serving(count: 20, underWay: underWay) { api, event, _, _ async throws in
            let text = #"{"verb":"drop","filter":{"event":["\#(event)"]},"why":"x","yes":true}"#
            let done = try await order(api, text).json
            #expect(done["changed"]?.int64 == 13 && done["skipped"]?["inFlight"]?.int64 == 7)
        }
    }

    @Test func `an order is cancelled between two slices`() async throws {
        let asked = Mutex(false)
        try await serving(count: 3000) { runner, reader async throws in
            guard
                asked.withLock({ asked in
                    defer { asked = true }
                    return !asked
                })
            else { return }
            Task { try await runner.cancel(1, actor: "lea", why: "wrong") }
            // The order's first slice waits here until it is written down that somebody has asked.
            while try reader.audit(of: 1).count < 2 { await Task.yield() }
        } _: { api, event, _, _ async throws in
            let text = #"{"verb":"hold","filter":{"event":["\#(event)"]},"why":"x","yes":true}"#
            let ended = try await order(api, text).json
            #expect(ended["state"] == "cancelled" && ended["changed"]?.int64 == 1000)
            let late = try await api.send(.post, "/admin/operations/O-1/cancel", [:], [])
            #expect(try late.status == 200 && late.json["state"] == "cancelled")
            #expect(try await api.send(.post, "/admin/operations/O-9/cancel", [:], []).code == "unknownOperation")
        }
    }

    @Test func `a store that fails in the middle leaves a failed order, and says so`() async throws {
        let calls = Mutex(0)
        try await serving(count: 3000) { _, _ async throws in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call == 2 { throw StoreError.failed("the lane does not answer") }
        } _: { api, event, _, _ async throws in
            let text = #"{"verb":"hold","filter":{"event":["\#(event)"]},"why":"x","yes":true}"#
            let ended = try await order(api, text).json
            #expect(ended["state"] == "failed" && ended["changed"]?.int64 == 1000)
        }
    }

    @Test func `a withdrawal a lane does not answer is neither given up nor cancelled`() async throws {
        let calls = Mutex(0)
        try await serving(count: 3000) { _, _ async throws in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call == 1 { throw StoreError.failed("the lane does not answer") }
        } _: { api, event, _, _ async throws in
            let text = #"{"verb":"withdraw","filter":{"event":["\#(event)"]},"why":"x","yes":true}"#
            let first = try await order(api, text).json
            #expect(first["state"] == "running" && first["changed"]?.int64 == 0)
            let kept = try await api.send(.post, "/admin/operations/O-1/cancel", [:], [])
            #expect(try kept.status == 200 && kept.json["state"] == "running")
            // Waits for the end of the first.
            let second = try await order(api, text).json
            #expect(second["state"] == "done" && second["changed"]?.int64 == 3000)
            #expect(second["operation"] == first["operation"])
        }
    }

    @Test func `a device is revoked until it registers again`() async throws {
        try await Gateway.run(api: { adminRouter($0) }) { gateway, api async throws in
            let device = Registration(
                installation: "phone 1",
                target: .fcmToken("token-token-abcd"),
                environment: .production,
                app: "onepocket",
                platform: .android
            )
            let now = gateway.services.time.now()
            let account = Account(userID: "u1", externalKey: nil)
            _ = try await gateway.services.registry.register(device, for: account, limits: Limits(), now: now)
            let path = "/admin/devices/phone%201/revoke"
            #expect(try await api.send(.post, path, [:], Array("{}".utf8)).code == "invalidOrder")
            let answer = try await api.send(.post, path, [:], Array(#"{"why":"stolen","actor":"eva"}"#.utf8))
            #expect(try answer.json["state"] == "disabled")
            let found = try await gateway.services.registryReader.read { try $0.device(installation: "phone 1") }
            #expect(found?.state == .disabled && found?.reason == "revoked")
            let log = try await api.send(.get, "/admin/operations").json["items"]?.array
            #expect(log?.first?["verb"] == "device.revoke" && log?.first?["why"] == "stolen")
            #expect(
                try await api.send(.post, "/admin/devices/x/revoke", [:], Array(#"{"why":"y"}"#.utf8)).status == 404
            )
        }
    }
}
