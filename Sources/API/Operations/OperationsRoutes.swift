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
            Route(.get, "/livez") { _ in .json(.ok, ["status": "ok"]) },
            Route(.get, "/readyz") { _ in try await readiness() },
            Route(.get, "/version") { _ in .json(.ok, ["version": .string(services.build.version)]) },
        ]
    }

    var document: [Route] {
        [Route(.get, "/openapi.json") { _ in .bytes(.ok, Array(OpenAPIDocument.text.utf8), type: "application/json") }]
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

    private func readiness() async throws(Problem) -> Response {
        let reasons = await services.hooks.readiness()
        guard reasons.isEmpty else {
            var problem = Problem(.notReady, "The gateway cannot promise now.")
            problem.members["reasons"] = .array(reasons.map { .string($0) })
            problem.headers[.retryAfter] = "\(services.limits.retryAfterSeconds)"
            throw problem
        }
        return .json(.ok, ["status": "ready"])
    }

    private func health() async throws(Problem) -> Response {
        let reasons = await services.hooks.readiness()
        let lanes = try await LaneList(services: services).rows()
        var object = JSONObject()
        object["status"] = reasons.isEmpty ? "ok" : "failing"
        object["reasons"] = .array(reasons.map { .string($0) })
        object["version"] = .string(services.build.version)
        object["uptimeSeconds"] = .number((services.time.now() - services.build.startedAt).components.seconds)
        object["waitingCommits"] = .number(services.queue.waitingCommits)
        object["oldestSeconds"] = lanes.compactMap(\.oldestSeconds).max().map { .number($0) } ?? .null
        object["lanes"] = .array(lanes.map(\.json))
        for member in await services.hooks.health() where object[member.name] == nil {
            object[member.name] = member.value
        }
        return .json(reasons.isEmpty ? .ok : .serviceUnavailable, .object(object))
    }
}
