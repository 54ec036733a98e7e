import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// `POST /v1/events/{id}/resend`: rings once more those whom the event did not reach. On the disk when it is answered.
struct ResendRoute {
    /// The answer does not wait for the end: the operation goes on by itself.
    private static let patience = Duration.zero

    let services: AdminServices

    /// 202 with the operation and how many deliveries it makes; 200 for `?dryRun=true`, which changes nothing. 404 for an event that is
    /// not of this publisher, 409 for one that was withdrawn or replaced.
    func response(_ call: Call, _ body: [UInt8], for publisher: Publisher) async throws -> Response {
        if let type = call.header("Content-Type"), ContentType(type)?.isJSON != true {
            throw Problem(.unsupportedContentType, "Send the order as application/json.")
        }
        try Self.check(body)
        let isDryRun = try call.flag("dryRun")
        let name = publisher.name
        guard let id = EventID(call.parameter("id")),
            try await services.queueReader.read({ try $0.event(id)?.publisher == name })
        else { throw Self.unknown }
        var scope = OrderScope()
        scope.words[.event] = [id.description]
        var order = Order(verb: .resend, scope: scope, why: "", actor: "publisher " + name)
        order.isConfirmed = true
        order.isDryRun = isDryRun
        var view = ResendView()
        do throws(OrderRefusal) {
            let report = try await services.orders.give(order, patience: Self.patience)
            view.operation = report.operation.map { OperationName.text($0) }
            view.deliveries = report.eligible
        } catch {
            // Everybody was reached, still waits, or cannot be rung.
            guard case .nothingMatched = error else { throw error }
        }
        return .json(isDryRun ? .ok : .accepted, view)
    }

    private static let unknown = Problem(.unknownEvent, "There is no such event here.")

    private static func check(_ body: [UInt8]) throws {
        let value = try JSONParser.parse(body)
        guard ResendOrderView(wire: value)?.to != "notReached" else { return }
        let name = ResendOrderView.name(of: \.to)
        let code = value[name] == nil ? "missing" : "malformed"
        let error = FieldError(JSONPointer.root.member(name), code, "Expected \"notReached\".")
        throw Problem(.invalidOrder, "The order is wrong.", errors: [error])
    }
}
