import Contract
import Domain
import Settings
import Store
import WebClient

/// What `queue status` and `queue top` show: service, store, lanes, events, rates. Read once; the service and the store are asked for
/// little, so that looking every second costs nothing.
struct StatusReport {
    let at: Instant
    let facts: LaneFacts
    /// nil: it does not answer.
    let service: StatusView?
    let files: StoreFiles
    /// Events that are open, and those of the last day that are done.
    let counts: [EventState: Int]
    /// Deliveries that wait for quiet hours to end, and when the first rings.
    let quiet: (count: Int, opensAt: Instant?)
    let newestDead: Instant?
    let rates: JSONObject?
    /// For the rates of the next report.
    let sample: MetricsSample?

    /// Between the two looks at the counters of a report that has no earlier one.
    private static let rateMilliseconds: Int64 = 300

    /// `earlier`: counters of the report before; without it the rates are those of a third of a second.
    static func read(
        _ inspection: Inspection,
        context: OperatorContext,
        earlier: MetricsSample? = nil
    ) async throws -> StatusReport {
        let now = context.time.now()
        let answer = await AdminClient.ask(inspection.adminSocket, "/admin/status")
        var unread = 0
        let service = answer.map { StatusView(shown: $0, unread: &unread) }
        var before = earlier
        var web: WebClient?
        let address = inspection.settings.listen.metricsAddress.description
        if service != nil {
            let client = WebClient(options: .init(transfersMax: 1, proxy: ""))
            web = client
            if before == nil {
                before = await MetricsSample.read(address, client: client, monotonic: context.time.monotonic())
            }
        }
        let stored = Result {
            (
                try service.map { LaneFacts(source: "live", items: $0.lanes, unread: unread) }
                    ?? LaneFacts.stored(inspection, now: now),
                try inspection.ask { try $0.eventCounts(doneSince: now + .seconds(-86_400)) },
                try inspection.ask { try $0.waitingForQuietHours() }, try inspection.ask { try $0.newestDead() }
            )
        }
        var sample: MetricsSample?
        if let web {
            if let before {
                if earlier == nil {
                    let left = Self.rateMilliseconds - (context.time.monotonic() - before.monotonic)
                    do { try await Task.sleep(for: .milliseconds(max(0, left))) } catch {
                        // Cancelled: the rates are left out.
                    }
                }
                sample = await MetricsSample.read(address, client: web, monotonic: context.time.monotonic())
            }
            await web.stop()
        }
        let (facts, counts, quiet, newestDead) = try stored.get()
        return StatusReport(
            at: now,
            facts: facts,
            service: service,
            files: StoreFiles(folder: inspection.settings.data),
            counts: counts,
            quiet: quiet,
            newestDead: newestDead,
            rates: before.flatMap { before in sample?.rates(since: before) },
            sample: sample
        )
    }

    var object: JSONObject {
        var object = JSONObject()
        object["at"] = .string(at.rfc3339)
        object["source"] = .string(facts.source)
        var about = JSONObject()
        about["isAnswering"] = .bool(service != nil)
        let known = service?.object ?? JSONObject()
        for name in ["version", "pid", "startedAt", "uptimeSeconds", "epoch", "notReady", "waitingCommits"] {
            about[name] = known[name] ?? .null
        }
        if let broker = service?.broker { about["broker"] = .string(broker) }
        object["service"] = .object(about)
        object["store"] = files.json
        object["lanes"] = .array(facts.items.map(\.wire))
        object["events"] = .object(events)
        object["pending"] = .number(facts.sum(\.pending))
        object["deferred"] = .number(facts.sum(\.deferred))
        object["dead"] = .number(facts.sum(\.dead))
        object["held"] = .number(facts.sum(\.held))
        object["deadNewestAt"] = newestDead.wire
        object["waiting"] = ["quietHours": .number(quiet.count), "opensAt": quiet.opensAt.wire]
        object["oldestSeconds"] = facts.oldestSeconds.wire
        object["rates"] = rates.wire
        object["attention"] = Attention.sentences(self).wire
        return object
    }

    /// By their words.
    var events: JSONObject {
        var events = JSONObject()
        for state in EventState.allCases where state != .withdrawn {
            events[state == .done ? "doneToday" : state.word] = .number(counts[state] ?? 0)
        }
        return events
    }
}
