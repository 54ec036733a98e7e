import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// `POST /v1/events/{id}/withdraw`: the publisher takes a publication back. On the disk when it is answered.
struct WithdrawRoute {
    private static let reasonBytesMax = 1000
    /// What is not over by then is answered 202; the mark is on the disk, and nothing new of the event is sent.
    private static let patience = Duration.seconds(10)

    let services: APIServices

    /// 404 for an event that is not of this publisher. A second withdrawal is answered as the first.
    func response(_ call: Call, _ body: [UInt8], for publisher: Publisher) async throws -> Response {
        guard let runner = services.orders else { throw Problem(.notBuilt, "Nothing here carries out orders.") }
        if let type = call.header("Content-Type"), ContentType(type)?.isJSON != true {
            throw Problem(.unsupportedContentType, "Send the reason as application/json.")
        }
        let reason = try Self.reason(body)
        guard let id = EventID(call.parameter("id")), try await isOwn(id, publisher) else { throw Self.unknown }
        var scope = OrderScope()
        scope.words[.event] = [id.description]
        var order = Order(verb: .withdraw, scope: scope, why: reason, actor: "publisher " + publisher.name)
        order.isConfirmed = true
        let report: OrderReport
        do throws(OrderRefusal) { report = try await runner.give(order, patience: Self.patience) } catch {
            throw problem(error)
        }
        return try await answer(id, isOver: report.state == "done")
    }

    private static let unknown = Problem(.unknownEvent, "There is no such event here.")

    private static func reason(_ body: [UInt8]) throws(Problem) -> String {
        let value: JSONValue
        do { value = try JSONParser.parse(body) } catch { throw Problem(.json(error)) }
        guard let reason = value["reason"]?.string, reason.contains(where: { !$0.isWhitespace }),
            reason.utf8.count <= reasonBytesMax
        else {
            let detail = "Expected a reason, a string of at most \(reasonBytesMax) bytes."
            let code = value["reason"] == nil ? "missing" : "malformed"
            throw Problem(.invalidOrder, "The order is wrong.", errors: [FieldError("/reason", code, detail)])
        }
        return reason
    }

    private func isOwn(_ id: EventID, _ publisher: Publisher) async throws(Problem) -> Bool {
        do throws(StoreError) {
            return try await services.queueReader.read { try $0.event(id)?.publisher == publisher.name }
        } catch { throw Problem(error, limits: services.limits) }
    }

    /// What is in it never changes: whoever asks again gets the same.
    private func answer(_ id: EventID, isOver: Bool) async throws(Problem) -> Response {
        let operation: StoredOperation?
        do throws(StoreError) {
            operation = try await services.queueReader.read { reader in
                try reader.event(id)?.withdrawal.flatMap { try reader.operation($0) }
            }
        } catch { throw Problem(error, limits: services.limits) }
        guard let operation else { throw Self.unknown }
        return .json(
            isOver ? .ok : .accepted,
            [
                "id": .string(id.description), "state": .string(EventState.withdrawn.word),
                "withdrawnAt": .string(operation.at.rfc3339), "reason": .string(operation.why),
            ]
        )
    }

    private func problem(_ refusal: OrderRefusal) -> Problem {
        switch refusal {
        case .eventEnded: Problem(.eventEnded, "Nothing of it waits, and what was accepted cannot be recalled.")
        case .store(let error): Problem(error, limits: services.limits)
        // Pruned since it was looked up; the others ask for what this order always has.
        case .nothingMatched, .noFilter, .needsWhy, .needsConfirmation, .expectExceeded, .tooManyDeliveries,
            .wholeEventOnly, .filter:
            Self.unknown
        }
    }
}
