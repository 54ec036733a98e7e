import Domain
import Pipeline
import Settings
import Store
import WebClient

/// What `queue status` and `queue top` show: service, store, lanes, events, rates. Read once; the service and the store are asked for
/// little, so that looking every second costs nothing.
struct StatusReport {
    var object: JSONObject
    var facts: LaneFacts
    /// For the rates of the next report.
    var sample: MetricsSample?

    /// Between the two looks at the counters of a report that has no earlier one.
    private static let rateMilliseconds: Int64 = 300

    /// `earlier`: counters of the report before; without it the rates are those of a third of a second.
    static func read(
        _ inspection: Inspection,
        context: OperatorContext,
        earlier: MetricsSample? = nil
    ) async throws -> StatusReport {
        let now = context.time.now()
        let service = await AdminClient.ask(inspection.adminSocket, "/admin/status")
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
        let live = service?["lanes"]?.array.map { LaneFacts(source: "live", items: $0.compactMap(\.object)) }
        let report: Result<(LaneFacts, [EventState: Int], (count: Int, opensAt: Instant?), Instant?), any Error> =
            Result {
                (
                    try live ?? LaneFacts.stored(inspection, now: now),
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
        let (facts, counts, quiet, newestDead) = try report.get()
        let rates = before.flatMap { before in sample?.rates(since: before) }
        let object = json(
            facts,
            counts,
            quiet: quiet,
            newestDead: newestDead,
            service: service,
            rates: rates,
            files: StoreFiles(folder: inspection.settings.data),
            now
        )
        return StatusReport(object: object, facts: facts, sample: sample)
    }

    private static func json(
        _ facts: LaneFacts,
        _ counts: [EventState: Int],
        quiet: (count: Int, opensAt: Instant?),
        newestDead: Instant?,
        service: JSONObject?,
        rates: JSONObject?,
        files: StoreFiles,
        _ now: Instant
    ) -> JSONObject {
        var object = JSONObject()
        object["at"] = .string(now.rfc3339)
        object["source"] = .string(facts.source)
        var about = JSONObject()
        about["isAnswering"] = .bool(service != nil)
        for name in ["version", "pid", "startedAt", "uptimeSeconds", "epoch", "notReady", "waitingCommits"] {
            about[name] = service?[name] ?? .null
        }
        if let broker = service?["broker"] { about["broker"] = broker }
        object["service"] = .object(about)
        object["store"] = files.json
        object["lanes"] = .array(facts.items.map { .object($0) })
        var events = JSONObject()
        for state in EventState.allCases where state != .withdrawn {
            events[state == .done ? "doneToday" : state.word] = .number(counts[state] ?? 0)
        }
        object["events"] = .object(events)
        for name in ["pending", "deferred", "dead", "held"] {
            object[name] = .number(facts.items.reduce(0) { $0 + ($1[name]?.int64 ?? 0) })
        }
        object["deadNewestAt"] = newestDead.map { .string($0.rfc3339) } ?? .null
        var waiting = JSONObject()
        waiting["quietHours"] = .number(quiet.count)
        waiting["opensAt"] = quiet.opensAt.map { .string($0.rfc3339) } ?? .null
        object["waiting"] = .object(waiting)
        let oldest = facts.items.compactMap { $0["oldestSeconds"]?.int64 }.max()
        object["oldestSeconds"] = oldest.map { .number($0) } ?? .null
        object["rates"] = rates.map { .object($0) } ?? .null
        object["attention"] = .array(Attention.sentences(object, now: now).map { .string($0) })
        return object
    }
}
