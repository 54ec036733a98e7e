import Domain
import Pipeline
import Settings
import Store
import WebClient

/// Where an order goes: to the running service, or with `--offline` to the store itself.
protocol OrderDoor {
    /// - Returns: the report's object.
    /// - Throws: ``OperatorFailure`` with the exit code of the refusal.
    func give(_ order: Order) async throws -> JSONObject

    /// How far an order has come; nil when nobody answers.
    func operation(_ name: String) async -> JSONObject?
}

/// The admin socket of the running service.
struct ServiceDoor: OrderDoor {
    /// The service answers a long order after ten seconds.
    private static let timeout = Duration.seconds(60)

    let socket: String

    func give(_ order: Order) async throws -> JSONObject {
        let client = AdminClient(socket: socket)
        let result: Result<WebResponse, WebClientError>
        do throws(WebClientError) {
            result = .success(
                try await client.post(
                    "/admin/orders",
                    query: [],
                    contentType: "application/json",
                    body: .bytes(JSONWriter.bytes(.object(body(order)))),
                    timeout: Self.timeout
                )
            )
        } catch {
            result = .failure(error)
        }
        await client.stop()
        switch result {
        case .success(let response): return try report(response, order)
        case .failure(let error) where error.isUnreachable:
            throw OperatorFailure(
                .unreachable,
                "the service does not answer on \(socket); nothing was changed",
                why: error.sentence,
                next: "start the service, run as the user who owns the socket, or --offline while it is down"
            )
        case .failure(let error):
            throw OperatorFailure(
                .timedOut,
                "the order was sent, and no answer came",
                why: error.sentence,
                next: "carillon operation list"
            )
        }
    }

    func operation(_ name: String) async -> JSONObject? {
        let client = AdminClient(socket: socket)
        let object = await client.get("/admin/operations/\(name)")
        await client.stop()
        return object
    }

    private func body(_ order: Order) -> JSONObject {
        var body = JSONObject()
        body["verb"] = .string(order.verb.rawValue)
        // The scope's own form, which has the words or the deliveries.
        let scope = order.scope.json
        body["ids"] = scope["deliveries"]
        body["filter"] = scope["words"]
        body["dryRun"] = .bool(order.isDryRun)
        body["yes"] = .bool(order.isConfirmed)
        body["fresh"] = .bool(order.scope.isFresh)
        body["expect"] = order.expect.map { .number($0) }
        body["actor"] = .string(order.actor)
        body["why"] = .string(order.why)
        return body
    }

    private func report(_ response: WebResponse, _ order: Order) throws -> JSONObject {
        let object = AdminClient.object(response) ?? JSONObject()
        let problem = AdminClient.problem(response)
        switch response.status {
        case 200, 202: return object
        case 404: throw OperatorFailure(.nothing, "nothing matched: \(order.scope.description)", why: problem)
        case 409:
            let eligible = object["order"]?["eligible"]?.int64 ?? 0
            throw OrderText.refusal(object["refusal"]?.string, eligible: eligible, order)
                ?? OperatorFailure(.refused, problem)
        case 422:
            let details = object["errors"]?.array?.compactMap { $0["detail"]?.string } ?? []
            throw OperatorFailure(.usage, "the order is wrong", why: details.joined(separator: " "))
        case 503: throw OperatorFailure(.store, "the store cannot take the order now", why: problem)
        default: throw OperatorFailure(.failed, "the order was not taken", why: problem)
        }
    }
}
