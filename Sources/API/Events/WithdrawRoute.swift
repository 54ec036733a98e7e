import Contract
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

    let services: AdminServices

    /// 404 for an event that is not of this publisher. A second withdrawal is answered as the first.
    func response(_ call: Call, _ body: [UInt8], for publisher: Publisher) async throws -> Response {
        if let type = call.header("Content-Type"), ContentType(type)?.isJSON != true {
            throw Problem(.unsupportedContentType, "Send the reason as application/json.")
        }
        let reason = try Self.reason(body)
        let name = publisher.name
        guard let id = EventID(call.parameter("id")),
            try await services.queueReader.read({ try $0.event(id)?.publisher == name })
        else { throw Self.unknown }
        var scope = OrderScope()
        scope.words[.event] = [id.description]
        var order = Order(verb: .withdraw, scope: scope, why: reason, actor: "publisher " + name)
        order.isConfirmed = true
        let report: OrderReport
        do throws(OrderRefusal) { report = try await services.orders.give(order, patience: Self.patience) } catch {
            switch error {
            case .eventEnded, .store: throw error
            // Pruned since it was looked up; the others ask for what this order always has.
            default: throw Self.unknown
            }
        }
        return try await answer(id, isOver: report.state == "done")
    }

    private static let unknown = Problem(.unknownEvent, "There is no such event here.")

    private static func reason(_ body: [UInt8]) throws -> String {
        let value = try JSONParser.parse(body)
        guard let reason = WithdrawalOrderView(wire: value)?.reason, reason.contains(where: { !$0.isWhitespace }),
            reason.utf8.count <= reasonBytesMax
        else {
            let name = WithdrawalOrderView.name(of: \.reason)
            let detail = "Expected a reason, a string of at most \(reasonBytesMax) bytes."
            let code = value[name] == nil ? "missing" : "malformed"
            let error = FieldError(JSONPointer.root.member(name), code, detail)
            throw Problem(.invalidOrder, "The order is wrong.", errors: [error])
        }
        return reason
    }

    /// What is in it never changes: whoever asks again gets the same.
    private func answer(_ id: EventID, isOver: Bool) async throws -> Response {
        let operation = try await services.queueReader.read { reader in
            try reader.event(id)?.withdrawal.flatMap { try reader.operation($0) }
        }
        guard let operation else { throw Self.unknown }
        var view = WithdrawalView()
        view.id = id.description
        view.state = EventState.withdrawn.word
        view.withdrawnAt = operation.at
        view.reason = operation.why
        return .json(isOver ? .ok : .accepted, view)
    }
}
