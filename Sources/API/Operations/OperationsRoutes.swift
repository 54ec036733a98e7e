import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store
import Telemetry

/// What monitoring asks: is it alive, can it promise, how is it.
struct OperationsRoutes {
    let services: APIServices

    /// On the public and on the metrics listener.
    var common: [Route] {
        [
            Route(.get, "/livez") { _ in .json(.ok, ReadyView("ok")) },
            Route(.get, "/readyz") { _ in try readiness() },
            Route(.get, "/version") { _ in
                var view = VersionView()
                view.version = services.build.version
                return .json(.ok, view)
            },
        ]
    }

    static var document: [Route] {
        [Route(.get, "/openapi.json") { _ in .bytes(.ok, OpenAPI.bytes, type: "application/json") }]
            + ProblemRoutes.routes
    }

    /// On the metrics listener only.
    var deep: [Route] {
        [
            Route(.get, "/metrics") { _ in
                .bytes(.ok, Array(services.metrics.render().utf8), type: MetricRegistry.contentType)
            },
            Route(.get, "/healthz") { _ in try await health() },
        ]
    }

    private func readiness() throws(Problem) -> Response {
        let reasons = services.condition.reasonsNotReady
        guard reasons.isEmpty else {
            var problem = Problem(.notReady, "The gateway cannot promise now.")
            problem.more.reasons = reasons
            problem.headers[.retryAfter] = "\(services.limits.retryAfterSeconds)"
            throw problem
        }
        return .json(.ok, ReadyView("ready"))
    }

    private func health() async throws -> Response {
        var view = HealthView()
        view.reasons = services.condition.reasonsNotReady
        view.status = view.reasons.isEmpty ? "ok" : "failing"
        view.version = services.build.version
        view.uptimeSeconds = Int((services.time.now() - services.build.startedAt).components.seconds)
        view.waitingCommits = services.queue.waitingCommits
        view.lanes = try await LaneList(services: services.admin).views()
        view.oldestSeconds = view.lanes.compactMap(\.oldestSeconds).max()
        services.condition.add(to: &view)
        view.alarms = (view.alarms ?? []) + view.lanes.compactMap(\.credentialAlarm)
        if view.status == "ok", view.alarms?.isEmpty == false { view.status = "degraded" }
        return .json(view.reasons.isEmpty ? .ok : .serviceUnavailable, view)
    }
}

extension LaneView {
    /// A person has to renew it; everything else ends by itself.
    fileprivate var credentialAlarm: String? {
        guard state == "credentialFault" else { return nil }
        let begin = since.map { " since \($0.rfc3339)" } ?? ""
        return "\(lane): the provider refuses the credential\(begin)" + (reason.map { " (\($0))" } ?? "")
    }
}

extension ReadyView {
    init(_ status: String) {
        self.init()
        self.status = status
    }
}
